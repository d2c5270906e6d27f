/** How the bytes of a field are to be taken. */
export const fieldForms = {
  /** Bytes of the line itself. */
  inLine: 0,
  /** Bytes of the scratch space: the field was written with escapes. */
  inScratch: 1,
  /** A number, true, false or null: never a value to screen, perhaps a port. */
  scalar: 2,
} as const;

/**
 * The fields of one record as positions, in arrays that are used again for every record: splitting a record makes no
 * object and no string. What `key` means is up to the reader that filled the list.
 */
export class FieldList {
  line: Uint8Array = new Uint8Array(0);
  scratch: Uint8Array = new Uint8Array(4096);
  scratchUsed = 0;
  count = 0;
  starts = new Uint32Array(64);
  ends = new Uint32Array(64);
  keys = new Int32Array(64);
  forms = new Uint8Array(64);

  reset(line: Uint8Array): void {
    this.line = line;
    this.count = 0;
    this.scratchUsed = 0;
  }

  add(key: number, start: number, end: number, form: number = fieldForms.inLine): void {
    if (this.count === this.starts.length) this.grow();
    const at = this.count++;
    this.starts[at] = start;
    this.ends[at] = end;
    this.keys[at] = key;
    this.forms[at] = form;
  }

  /** The array the field's positions count in. */
  bytesOf(index: number): Uint8Array {
    return this.forms[index] === fieldForms.inScratch ? this.scratch : this.line;
  }

  /** The field as text, one character a byte; for names and ports of a record that has a candidate. */
  latin1(index: number): string {
    return latin1(this.bytesOf(index), this.starts[index]!, this.ends[index]!);
  }

  /** The field as a port number, 1 to 65535. */
  port(index: number): number | undefined {
    const start = this.starts[index]!;
    const end = this.ends[index]!;
    if (end - start < 1 || end - start > 5) return undefined;
    const bytes = this.bytesOf(index);
    let port = 0;
    for (let at = start; at < end; at++) {
      const digit = bytes[at]! - 0x30;
      if (digit < 0 || digit > 9) return undefined;
      port = port * 10 + digit;
    }
    return port >= 1 && port <= 65_535 ? port : undefined;
  }

  /** Room for `bytes` more bytes of scratch. */
  reserveScratch(bytes: number): void {
    const needed = this.scratchUsed + bytes;
    if (needed <= this.scratch.length) return;
    const larger = new Uint8Array(Math.max(needed, this.scratch.length * 2));
    larger.set(this.scratch.subarray(0, this.scratchUsed));
    this.scratch = larger;
  }

  private grow(): void {
    const size = this.starts.length * 2;
    const larger = <T extends Uint32Array | Int32Array | Uint8Array>(from: T, to: T): T => {
      to.set(from);
      return to;
    };
    this.starts = larger(this.starts, new Uint32Array(size));
    this.ends = larger(this.ends, new Uint32Array(size));
    this.keys = larger(this.keys, new Int32Array(size));
    this.forms = larger(this.forms, new Uint8Array(size));
  }
}

/** Bytes as text, one character a byte. */
export function latin1(bytes: Uint8Array, start: number, end: number): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString('latin1');
}

/** Bytes as UTF-8 text; what is not UTF-8 becomes U+FFFD. */
export function utf8(bytes: Uint8Array, start: number, end: number): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString('utf8');
}
