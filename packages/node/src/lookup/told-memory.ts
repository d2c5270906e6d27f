import type { StoredObject } from '../intel/index.ts';

/**
 * Which versions of which objects each recipient was told of: a decision is recorded when something is first offered, not each time
 * the same is offered again. Begins anew with the process, so that a restart records once more.
 */
export class ToldMemory {
  /** A number for each version, so that a recipient costs one bit of it. */
  readonly #numbers = new Map<string, number>();
  readonly #told = new Map<string, Uint8Array>();

  /** Whether it was told before; from now on it was. */
  note(recipient: string, { id, modifiedUs }: Pick<StoredObject, 'id' | 'modifiedUs'>): boolean {
    const key = `${id} ${modifiedUs ?? ''}`;
    let number = this.#numbers.get(key);
    if (number === undefined) this.#numbers.set(key, (number = this.#numbers.size));
    const byte = number >> 3;
    const bit = 1 << (number & 7);
    let bits = this.#told.get(recipient) ?? new Uint8Array(64);
    if (byte >= bits.length) {
      const longer = new Uint8Array(Math.max(bits.length * 2, byte + 1));
      longer.set(bits);
      bits = longer;
    }
    const before = bits[byte] ?? 0;
    bits[byte] = before | bit;
    this.#told.set(recipient, bits);
    return (before & bit) !== 0;
  }

  /** Forgets all: with a new epoch all is offered anew. */
  clear(): void {
    this.#numbers.clear();
    this.#told.clear();
  }
}
