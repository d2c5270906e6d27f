import type { Clock } from '@comity/protocol/base';

/** Seconds a rate is taken over. */
const windowSeconds = 10;

/** How much came in each second of late. */
export class RateMeter {
  readonly #clock: Clock;
  readonly #bytes = new Map<number, { bytes: number; records: number }>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  add(bytes: number, records: number): void {
    const second = Math.floor(this.#clock() / 1000);
    const slot = this.#bytes.get(second) ?? { bytes: 0, records: 0 };
    slot.bytes += bytes;
    slot.records += records;
    this.#bytes.set(second, slot);
    this.#forget(second);
  }

  /** Mean over the last ten seconds. */
  rates(): { bytesPerSecond: number; recordsPerSecond: number } {
    this.#forget(Math.floor(this.#clock() / 1000));
    let bytes = 0;
    let records = 0;
    for (const slot of this.#bytes.values()) {
      bytes += slot.bytes;
      records += slot.records;
    }
    return { bytesPerSecond: bytes / windowSeconds, recordsPerSecond: records / windowSeconds };
  }

  #forget(second: number): void {
    for (const at of this.#bytes.keys()) if (at <= second - windowSeconds) this.#bytes.delete(at);
  }
}
