import type { MatchedRecord } from '../record/index.ts';
import { weightOf } from './thread-messages.ts';
import type { ToldRecord } from './thread-messages.ts';

/** Records with matches on their way to another thread: their bytes in one piece, which is handed over and not copied. */
export class ToldRecords {
  #bytes = new Uint8Array(4096);
  #length = 0;
  #records: ToldRecord[] = [];
  weight = 0;

  /** @param place - line and offset, as they are told. */
  add(found: MatchedRecord, place: { readonly line: number; readonly offset: number }): void {
    const start = this.#length;
    const end = start + found.record.length;
    if (end > this.#bytes.length) {
      const larger = new Uint8Array(Math.max(end, this.#bytes.length * 2));
      larger.set(this.#bytes.subarray(0, start));
      this.#bytes = larger;
    }
    this.#bytes.set(found.record, start);
    this.#length = end;
    this.#records.push({ ...place, start, end, matches: found.matches });
    this.weight += weightOf(found.record.length, found.matches.length);
  }

  /** All that came since, to be sent with its bytes transferred. */
  take(): {
    readonly bytes: Uint8Array<ArrayBuffer>;
    readonly records: readonly ToldRecord[];
    readonly weight: number;
  } {
    const taken = { bytes: this.#bytes.subarray(0, this.#length), records: this.#records, weight: this.weight };
    this.#bytes = new Uint8Array(4096);
    this.#length = 0;
    this.#records = [];
    this.weight = 0;
    return taken;
  }
}
