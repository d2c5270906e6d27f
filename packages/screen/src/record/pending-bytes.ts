/** Bytes of a record that is not complete yet. Chunks are copied once when they come and once when they are taken together. */
export class PendingBytes {
  private parts: Uint8Array[] = [];
  length = 0;

  /** Copies `[start, end)`, since whoever pushed the chunk may use it again. */
  append(bytes: Uint8Array, start: number, end: number): void {
    if (start === end) return;
    // `Buffer.slice` would be a view.
    this.parts.push(Uint8Array.prototype.slice.call(bytes, start, end));
    this.length += end - start;
  }

  /** All bytes as one array; nothing is pending afterwards. */
  take(): Uint8Array {
    const [first] = this.parts;
    const taken = this.parts.length === 1 && first !== undefined ? first : Buffer.concat(this.parts, this.length);
    this.parts = [];
    this.length = 0;
    return taken;
  }
}
