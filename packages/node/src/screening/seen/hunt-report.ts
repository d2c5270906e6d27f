import type { HuntAnswer } from '@comity/screen';
import type { Value } from '@comity/protocol/values';
import type { Connection } from '../../store/index.ts';
import { findSource, listStreams, sourceIdOf } from '../source-rows.ts';
import type { MatchDraft } from '../worker-messages.ts';
import type { Rescanned, RescanSource } from './seen-jobs.ts';

/** Records one hunt hands back. */
const recordsMax = 200;

/** An hour of a source in which a value was seen. */
interface HuntPlace {
  readonly sourceId: string;
  /** As it is called now; empty when it is no longer known. */
  readonly sourceName: string;
  readonly firstMs: number;
  readonly lastMs: number;
  readonly times: number;
  readonly basis: 'value' | 'part';
}

/** A record in which a value was found again. */
interface HuntRecord extends Pick<MatchDraft, 'file' | 'line' | 'offset' | 'record' | 'value' | 'field'> {
  readonly sourceId: string;
}

/** What a hunt for some values found. */
export interface HuntReport {
  /** In the order asked. */
  readonly values: readonly {
    readonly value: Value;
    /** False for what is never noted: only the records can tell. */
    readonly isNoted: boolean;
    readonly places: readonly HuntPlace[];
    readonly records: readonly HuntRecord[];
  }[];
  /** Places, and records, beyond what one hunt hands back. */
  readonly left: number;
  readonly knownSinceMs: number | undefined;
  readonly damaged: HuntAnswer['damaged'];
}

/** The first records of a hunt by the value they are of, and how many there were beyond. */
export class RecordCollector {
  readonly records: HuntRecord[][];
  left = 0;
  #count = 0;

  constructor(values: number) {
    this.records = Array.from({ length: values }, () => []);
  }

  /** Takes matches whose `ref` is the place of their value. */
  take(source: number, { found }: Rescanned): void {
    for (const { ref, file, line, offset, record, value, field } of found.flatMap(({ matches }) => matches)) {
      this.#count += 1;
      if (this.#count > recordsMax) this.left += 1;
      else this.records[ref]?.push({ sourceId: sourceIdOf(source), file, line, offset, record, value, field });
    }
  }
}

/** The sources an answer names whose bytes may still be there. */
export function rescannable(db: Connection, answer: HuntAnswer): RescanSource[] {
  return [...new Set(answer.places.map(({ source }) => source))].flatMap((id) => {
    const row = findSource(db, id);
    if (row === undefined || (row.kind !== 'file' && row.kind !== 'folder')) return [];
    return [{ source: id, format: row.format, streams: listStreams(db, id) }];
  });
}

export function huntReport(
  db: Connection,
  values: readonly Value[],
  answer: HuntAnswer,
  collected: RecordCollector,
): HuntReport {
  const places = values.map((): HuntPlace[] => []);
  const names = new Map<number, string>();
  for (const { index, source, firstMs, lastMs, times, basis } of answer.places) {
    if (!names.has(source)) names.set(source, findSource(db, source)?.name ?? '');
    const sourceName = names.get(source) ?? '';
    places[index]?.push({ sourceId: sourceIdOf(source), sourceName, firstMs, lastMs, times, basis });
  }
  const isNoted = values.map(() => true);
  for (const index of answer.notNoted) isNoted[index] = false;
  return {
    values: values.map((value, index) => ({
      value,
      isNoted: isNoted[index] ?? true,
      places: places[index] ?? [],
      records: collected.records[index] ?? [],
    })),
    left: answer.left + collected.left,
    knownSinceMs: answer.knownSinceHour === undefined ? undefined : answer.knownSinceHour * 3_600_000,
    damaged: answer.damaged,
  };
}
