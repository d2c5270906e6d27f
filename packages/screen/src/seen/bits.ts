/** Writes numbers of a few bits each, the lowest bit first, into bytes that grow. */
export class BitWriter {
  bytes = new Uint8Array(4096);
  #at = 0;
  #held = 0;
  #heldBits = 0;

  /** `value`, unsigned, in `bits` bits: 0 to 24. */
  put(value: number, bits: number): void {
    this.#held |= value << this.#heldBits;
    this.#heldBits += bits;
    while (this.#heldBits >= 8) {
      if (this.#at === this.bytes.length) this.#grow();
      this.bytes[this.#at++] = this.#held;
      this.#held >>>= 8;
      this.#heldBits -= 8;
    }
  }

  /** As many zeros as `value`, then a one. */
  putUnary(value: number): void {
    let zeros = value;
    for (; zeros >= 16; zeros -= 16) this.put(0, 16);
    this.put(1 << zeros, zeros + 1);
  }

  /** A number from 1 up to 2^24 by Elias's gamma code: 1 takes one bit. */
  putGamma(value: number): void {
    const bits = 31 - Math.clz32(value);
    this.putUnary(bits);
    this.put(value & ((1 << bits) - 1), bits);
  }

  /** The bytes written, the last one filled with zeros; they hold until the next write. Begins anew. */
  take(): Uint8Array {
    if (this.#heldBits > 0) this.put(0, 8 - this.#heldBits);
    const written = this.bytes.subarray(0, this.#at);
    this.#at = 0;
    this.#held = 0;
    this.#heldBits = 0;
    return written;
  }

  #grow(): void {
    const larger = new Uint8Array(this.bytes.length * 2);
    larger.set(this.bytes);
    this.bytes = larger;
  }
}

/** Reads what {@link BitWriter} wrote; behind the end there are zeros, and unary numbers end. */
export class BitReader {
  #bytes: Uint8Array = new Uint8Array(0);
  #at = 0;
  #held = 0;
  #heldBits = 0;

  open(bytes: Uint8Array): void {
    this.#bytes = bytes;
    this.#at = 0;
    this.#held = 0;
    this.#heldBits = 0;
  }

  /** Bytes begun so far. */
  get bytesRead(): number {
    return this.#at - (this.#heldBits >> 3);
  }

  /** The next `bits` bits: 0 to 24. */
  get(bits: number): number {
    while (this.#heldBits < bits) {
      this.#held |= (this.#bytes[this.#at++] ?? 0) << this.#heldBits;
      this.#heldBits += 8;
    }
    const value = this.#held & ((1 << bits) - 1);
    this.#held >>>= bits;
    this.#heldBits -= bits;
    return value;
  }

  getUnary(): number {
    let zeros = 0;
    while (this.get(1) === 0) {
      zeros++;
      if (this.#at > this.#bytes.length + 4) return zeros;
    }
    return zeros;
  }

  getGamma(): number {
    const bits = Math.min(24, this.getUnary());
    return (1 << bits) | this.get(bits);
  }
}
