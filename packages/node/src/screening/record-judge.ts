import { createScreen } from '@comity/screen';
import type { FormatName, MatchedRecord, RecordMatch, ResumeState, Screen, Table } from '@comity/screen';
import { recordText } from './record-text.ts';
import { recordTimeUs } from './record-time.ts';
import type { SeenNotes } from './seen/seen-notes.ts';
import type { MatchDraft } from './worker-messages.ts';

export interface JudgeStart {
  /** Name of a format, or `auto`. */
  readonly format: string;
  /** Shown as the place of a match. */
  readonly file: string;
  /** Bytes judged before. */
  readonly offset: number;
  /** Lines judged before; undefined when they were not counted. */
  readonly lines: number | undefined;
  /** What an earlier judge of the same stream said of itself; empty when there was none. */
  readonly resume: string;
}

/** Judges the records of one stream and collects what matched. */
export class RecordJudge {
  /** Shown as the place of the next matches: of a socket, the peer the next bytes came from. */
  file: string;
  readonly #screen: Screen;
  readonly #startOffset: number;
  readonly #countsLines: boolean;
  readonly #notes: SeenNotes | undefined;
  #drafts: MatchDraft[] = [];
  #recordsTaken = 0;

  /** @param notes - notes every value, listed or not; left out where the same bytes are judged by another too. */
  constructor(start: JudgeStart, table: Table, notes?: SeenNotes) {
    this.file = start.file;
    this.#notes = notes;
    this.#startOffset = start.offset;
    this.#countsLines = start.lines !== undefined;
    this.#screen = createScreen(
      table,
      {
        format: start.format as FormatName | 'auto',
        ...(notes === undefined ? {} : { seen: notes.keys }),
        ...(start.resume === '' ? {} : { resume: JSON.parse(start.resume) as ResumeState }),
      },
      { match: (found) => this.#collect(found) },
    );
  }

  push(bytes: Uint8Array): void {
    this.#notes?.begin();
    this.#screen.push(bytes);
  }

  /** Judges a last record that has no line end. */
  end(): void {
    this.#notes?.begin();
    this.#screen.end();
  }

  /** Goes on with a table that was loaded anew. */
  useTable(table: Table): void {
    this.#screen.useTable(table);
  }

  /** Bytes of the stream judged: the end of the last whole record. */
  get offset(): number {
    return this.#startOffset + this.#screen.offset;
  }

  get lines(): number | undefined {
    return this.#countsLines ? this.#screen.lines : undefined;
  }

  /** What a judge that reads on at `offset` must be given. */
  get resume(): string {
    return this.#screen.state === undefined ? '' : JSON.stringify(this.#screen.state);
  }

  /** The same for one that judges again from where this one began. */
  resumeFrom(lines: number | undefined): string {
    if (this.#screen.state === undefined) return '';
    const { inside: _elsewhere, ...state } = this.#screen.state;
    return JSON.stringify({ ...state, lines: lines ?? 0 });
  }

  get draftCount(): number {
    return this.#drafts.length;
  }

  /** The matches since the last call, and how many records were judged since. */
  take(): { matches: MatchDraft[]; records: number } {
    const matches = this.#drafts;
    const records = this.#screen.records - this.#recordsTaken;
    this.#drafts = [];
    this.#recordsTaken = this.#screen.records;
    return { matches, records };
  }

  #collect(found: MatchedRecord): void {
    let recordedUs: number | undefined;
    for (const [index, match] of found.matches.entries()) {
      const record = recordText(found.record, match.start ?? 0, match.end ?? 0, index);
      if (index === 0) recordedUs = recordTimeUs(record);
      this.#drafts.push({
        offset: this.#startOffset + found.offset,
        line: this.#countsLines ? found.line : 0,
        file: this.file,
        recordedUs,
        record,
        kind: match.kind,
        value: match.value,
        listed: match.indicator,
        relation: match.relation,
        port: match.port,
        field: match.field ?? '',
        ref: refOf(match),
      });
    }
  }
}

/** The row that stands for a match: one that names no port says most, then the oldest. */
function refOf(match: RecordMatch): number {
  let best = match.rows[0];
  for (const row of match.rows) {
    if (best === undefined || (best.port !== undefined && row.port === undefined)) best = row;
    else if ((best.port === undefined) === (row.port === undefined) && row.ref < best.ref) best = row;
  }
  if (best === undefined) throw new Error('Assertion failed: a match is of a listed value');
  return best.ref;
}
