/** A message of one peer, ready to be judged: its bytes and one line end. */
export type Frame = Uint8Array;

/** Longest octet count: seven digits, so at most 9,999,999 bytes are asked for. */
const countDigitsMax = 7;
const lineFeed = 0x0a;
const space = 0x20;

/**
 * Cuts a TCP stream of syslog into messages: octet counting where a message begins with a count, else one a line.
 *
 * Spec: RFC 6587 §3.4.1 and §3.4.2; senders that mix both are read. A message longer than `messageBytesMax` is cut there
 * and counted in `cut`. Input is untrusted: nothing throws, and the memory is bounded by `messageBytesMax`.
 */
export class SyslogFrames {
  readonly #messageBytesMax: number;
  /** Parts of an unfinished message. */
  #parts: Uint8Array[] = [];
  #partBytes = 0;
  /** Bytes still missing of a counted message; undefined between messages and inside a line. */
  #missing: number | undefined;
  #isLine = false;
  #count = '';
  /** Messages cut for their length. */
  cut = 0;

  constructor(messageBytesMax: number) {
    this.#messageBytesMax = messageBytesMax;
  }

  /** Takes the next bytes and returns the messages they complete, each as one line. */
  push(chunk: Uint8Array): Frame[] {
    const frames: Frame[] = [];
    let at = 0;
    while (at < chunk.length) {
      if (this.#missing !== undefined) at = this.#takeCounted(chunk, at, frames);
      else if (this.#isLine) at = this.#takeLine(chunk, at, frames);
      else at = this.#takeStart(chunk, at);
    }
    return frames;
  }

  /** What is left when the peer hangs up. */
  end(): Frame[] {
    const frames: Frame[] = [];
    if (this.#count !== '') this.#beginLine();
    if (this.#partBytes > 0) this.#complete(frames);
    return frames;
  }

  #takeStart(chunk: Uint8Array, at: number): number {
    const byte = chunk[at]!;
    const isDigit = byte >= 0x30 && byte <= 0x39 && !(this.#count === '' && byte === 0x30);
    if (isDigit && this.#count.length < countDigitsMax) {
      this.#count += String.fromCharCode(byte);
      return at + 1;
    }
    if (byte === space && this.#count !== '') {
      this.#missing = Number(this.#count);
      this.#count = '';
      return at + 1;
    }
    if (this.#count === '' && (byte === lineFeed || byte === 0x0d || byte === 0)) return at + 1;
    this.#beginLine();
    return at;
  }

  /** What looked like a count was the beginning of a line. */
  #beginLine(): void {
    this.#isLine = true;
    if (this.#count !== '') this.#add(Buffer.from(this.#count, 'latin1'));
    this.#count = '';
  }

  #takeCounted(chunk: Uint8Array, at: number, frames: Frame[]): number {
    const end = Math.min(chunk.length, at + this.#missing!);
    this.#add(chunk.subarray(at, end));
    this.#missing! -= end - at;
    if (this.#missing === 0) {
      this.#missing = undefined;
      this.#complete(frames);
    }
    return end;
  }

  #takeLine(chunk: Uint8Array, at: number, frames: Frame[]): number {
    const end = chunk.indexOf(lineFeed, at);
    this.#add(chunk.subarray(at, end < 0 ? chunk.length : end));
    if (end < 0) return chunk.length;
    this.#isLine = false;
    this.#complete(frames);
    return end + 1;
  }

  #add(bytes: Uint8Array): void {
    const room = this.#messageBytesMax - this.#partBytes;
    if (bytes.length > room && room > 0) this.cut += 1;
    const taken = bytes.subarray(0, Math.max(0, room));
    if (taken.length === 0) return;
    this.#parts.push(Buffer.from(taken));
    this.#partBytes += taken.length;
  }

  #complete(frames: Frame[]): void {
    if (this.#partBytes > 0) frames.push(lineOf(Buffer.concat(this.#parts)));
    this.#parts = [];
    this.#partBytes = 0;
  }
}

/**
 * A message as one line: line ends inside become spaces, so that one message stays one record, those at its end and the
 * NUL some senders add are dropped.
 */
export function lineOf(message: Uint8Array): Frame {
  let end = message.length;
  while (end > 0 && (message[end - 1] === lineFeed || message[end - 1] === 0x0d || message[end - 1] === 0)) end--;
  const line = new Uint8Array(end + 1);
  line.set(message.subarray(0, end));
  for (let at = line.indexOf(lineFeed); at >= 0 && at < end; at = line.indexOf(lineFeed, at + 1)) line[at] = space;
  line[end] = lineFeed;
  return line;
}
