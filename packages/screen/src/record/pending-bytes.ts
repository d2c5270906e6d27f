/** Bytes of a record that is not complete yet. However small the pieces are, each byte is copied about twice. */
export class PendingBytes {
  private room = new Uint8Array(0);
  length = 0;

  /** Copies `[start, end)`, since whoever pushed the chunk may use it again. */
  append(bytes: Uint8Array, start: number, end: number): void {
    const length = this.length + end - start;
    if (length > this.room.length) {
      const larger = new Uint8Array(Math.max(length, this.room.length * 2));
      larger.set(this.view());
      this.room = larger;
    }
    this.room.set(bytes.subarray(start, end), this.length);
    this.length = length;
  }

  /** All bytes, in place: valid until the next call. */
  view(): Uint8Array {
    return this.room.subarray(0, this.length);
  }

  /** All bytes as one array; nothing is pending afterwards. */
  take(): Uint8Array {
    const taken = this.view();
    this.room = new Uint8Array(0);
    this.length = 0;
    return taken;
  }
}
