import { createRecordFeed, createScreen } from '@comity/screen';
import type {
  FedRecord,
  FormatName,
  MatchedRecord,
  RecordFeed,
  RecordMatch,
  ResumeState,
  Screen,
  Table,
} from '@comity/screen';
import type { PatternFollower } from './pattern-follower.ts';
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

/** What records are held against. */
export interface JudgeDeps {
  readonly table: () => Table;
  /** Undefined: records are not asked of patterns. */
  readonly patterns?: PatternFollower | undefined;
}

/** Judges the records of one stream and collects what matched. */
export class RecordJudge {
  /** Shown as the place of the next matches: of a socket, the peer the next bytes came from. */
  file: string;
  readonly #screen: Screen;
  readonly #startOffset: number;
  readonly #countsLines: boolean;
  readonly #notes: SeenNotes | undefined;
  readonly #patterns: PatternFollower | undefined;
  /** Cuts the stream into records for the patterns, while there are any. */
  #feed: RecordFeed | undefined;
  /** Offset of the first byte pushed to it. */
  #feedOffset = 0;
  #pushedBytes = 0;
  #drafts: MatchDraft[] = [];
  #recordsTaken = 0;

  /** @param notes - notes every value, listed or not; left out where the same bytes are judged by another too. */
  constructor(start: JudgeStart, { table, patterns }: JudgeDeps, notes?: SeenNotes) {
    this.file = start.file;
    this.#notes = notes;
    this.#startOffset = start.offset;
    this.#countsLines = start.lines !== undefined;
    const resume = start.resume === '' ? undefined : (JSON.parse(start.resume) as ResumeState);
    this.#screen = createScreen(
      table(),
      {
        format: start.format as FormatName | 'auto',
        ...(notes !== undefined && { seen: notes.keys }),
        ...(resume !== undefined && { resume }),
      },
      { match: (found) => this.#collect(found) },
    );
    this.#patterns = patterns;
    if (patterns !== undefined && patterns.count > 0) this.#feed = this.#newFeed(0, resume);
  }

  push(bytes: Uint8Array): void {
    this.#notes?.begin();
    const asks = this.#patterns !== undefined && this.#patterns.count > 0;
    if (!asks) this.#feed = undefined;
    else this.#feed ??= this.#feedFrom(this.#pushedBytes);
    this.#screen.push(bytes);
    if (this.#feed !== undefined) this.#feed.push(bytes);
    else if (asks) {
      // The record under way began before the first pattern came: the one after it is the first to be asked.
      const { offset } = this.#screen;
      this.#feed = this.#feedFrom(offset);
      this.#feed?.push(bytes.subarray(offset - this.#pushedBytes));
    }
    this.#pushedBytes += bytes.length;
  }

  /** Judges a last record that has no line end. */
  end(): void {
    this.#notes?.begin();
    this.#screen.end();
    this.#feed?.end();
  }

  /** Asks patterns from a byte on, if it is the first of those not judged and in the piece at hand. */
  #feedFrom(offset: number): RecordFeed | undefined {
    const { state, offset: judged } = this.#screen;
    if (offset !== judged || offset < this.#pushedBytes || state === undefined) return undefined;
    return this.#newFeed(offset, state);
  }

  #newFeed(offset: number, resume: ResumeState | undefined): RecordFeed {
    this.#feedOffset = this.#startOffset + offset;
    return createRecordFeed(
      () => this.#screen.state,
      (fed) => this.#askPatterns(fed),
      resume,
    );
  }

  #askPatterns(fed: FedRecord): void {
    const hits = this.#patterns?.judge(fed) ?? [];
    for (const [index, { ref, indicator, title, field }] of hits.entries()) {
      const record = recordText(fed.bytes, 0, 0, index);
      this.#drafts.push({
        offset: this.#feedOffset + fed.offset,
        line: this.#countsLines ? fed.line : 0,
        file: this.file,
        recordedUs: recordTimeUs(record),
        record,
        kind: 'other',
        value: title,
        listed: indicator,
        relation: 'pattern',
        port: undefined,
        field,
        ref,
      });
    }
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
