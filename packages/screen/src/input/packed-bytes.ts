import type { Bytes } from './decompress.ts';

/**
 * Compressed bytes handed on in small pieces and only as they are wanted, so that it is known how many made what came out.
 */
export class PackedBytes {
  readonly #source: Bytes;
  #chunk: Uint8Array = new Uint8Array(0);
  #at = 0;
  #usedBytes = 0;

  constructor(source: Bytes) {
    this.#source = source;
  }

  /** Bytes taken and not given back: the offset at which a fault lies. */
  get usedBytes(): number {
    return this.#usedBytes;
  }

  /** Up to `bytesMax` bytes, at least one; undefined at the end. */
  async take(bytesMax: number): Promise<Uint8Array | undefined> {
    while (this.#at === this.#chunk.length) {
      const next = await this.#source.next();
      if (next.done === true) return undefined;
      this.#chunk = next.value;
      this.#at = 0;
    }
    const piece = this.#chunk.subarray(this.#at, this.#at + bytesMax);
    this.#at += piece.length;
    this.#usedBytes += piece.length;
    return piece;
  }

  /** Exactly `count` bytes, or undefined when fewer are left. For the few bytes of a header. */
  async takeWhole(count: number): Promise<Uint8Array | undefined> {
    const whole = new Uint8Array(count);
    let filled = 0;
    while (filled < count) {
      const piece = await this.take(count - filled);
      if (piece === undefined) return undefined;
      whole.set(piece, filled);
      filled += piece.length;
    }
    return whole;
  }

  /** Puts back the last `count` bytes of what the last {@link take} gave. */
  giveBack(count: number): void {
    this.#at -= count;
    this.#usedBytes -= count;
  }

  /** Lets go of what lies behind. */
  async close(): Promise<void> {
    await this.#source.return();
  }
}
