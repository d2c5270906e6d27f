import { limits } from '@comity/protocol/base';

/** A message of one peer, ready to be judged: its bytes and one line end. */
export type Frame = Uint8Array;

/** Longest octet count: seven digits, so at most 9,999,999 bytes are asked for. */
const countDigitsMax = 7;
/** Room for an ordinary message; a longer one has its own, given back after it. */
const ordinaryBytes = 4096;
const lineFeed = 0x0a;
const space = 0x20;

/**
 * Cuts a TCP stream of syslog into messages: octet counting where a message begins with a count, else one a line.
 *
 * Spec: RFC 6587 §3.4.1 and §3.4.2; senders that mix both are read. A message longer than `messageBytesMax` comes in
 * pieces, parted at a space where there is one. Input is untrusted: nothing throws, and the memory is bounded by twice
 * `messageBytesMax`, however small the chunks are.
 */
export class SyslogFrames {
  readonly #messageBytesMax: number;
  /** The unfinished message is its first `#heldBytes` bytes. */
  #held: Uint8Array;
  #heldBytes = 0;
  /** Bytes still missing of a counted message; undefined between messages and inside a line. */
  #missing: number | undefined;
  #isLine = false;
  #count = '';

  constructor(messageBytesMax: number) {
    this.#messageBytesMax = messageBytesMax;
    this.#held = new Uint8Array(Math.min(ordinaryBytes, messageBytesMax));
  }

  /** Takes the next bytes and returns the messages they complete, each as one line. */
  push(chunk: Uint8Array): Frame[] {
    const frames: Frame[] = [];
    let at = 0;
    while (at < chunk.length) {
      if (this.#missing !== undefined) at = this.#takeCounted(chunk, at, frames);
      else if (this.#isLine) at = this.#takeLine(chunk, at, frames);
      else at = this.#takeStart(chunk, at, frames);
    }
    return frames;
  }

  /** What is left when the peer hangs up. */
  end(): Frame[] {
    const frames: Frame[] = [];
    if (this.#count !== '') this.#beginLine(frames);
    this.#complete(frames);
    return frames;
  }

  #takeStart(chunk: Uint8Array, at: number, frames: Frame[]): number {
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
    this.#beginLine(frames);
    return at;
  }

  /** What looked like a count was the beginning of a line. */
  #beginLine(frames: Frame[]): void {
    this.#isLine = true;
    this.#add(Buffer.from(this.#count, 'latin1'), frames);
    this.#count = '';
  }

  #takeCounted(chunk: Uint8Array, at: number, frames: Frame[]): number {
    const end = Math.min(chunk.length, at + this.#missing!);
    this.#add(chunk.subarray(at, end), frames);
    this.#missing! -= end - at;
    if (this.#missing === 0) {
      this.#missing = undefined;
      this.#complete(frames);
    }
    return end;
  }

  #takeLine(chunk: Uint8Array, at: number, frames: Frame[]): number {
    const end = chunk.indexOf(lineFeed, at);
    this.#add(chunk.subarray(at, end < 0 ? chunk.length : end), frames);
    if (end < 0) return chunk.length;
    this.#isLine = false;
    this.#complete(frames);
    return end + 1;
  }

  #add(bytes: Uint8Array, frames: Frame[]): void {
    for (let at = 0; at < bytes.length;) {
      const part = bytes.subarray(at, at + this.#messageBytesMax - this.#heldBytes);
      this.#makeRoom(this.#heldBytes + part.length);
      this.#held.set(part, this.#heldBytes);
      this.#heldBytes += part.length;
      at += part.length;
      if (this.#heldBytes === this.#messageBytesMax) this.#part(frames);
    }
  }

  #makeRoom(bytes: number): void {
    if (bytes <= this.#held.length) return;
    const larger = new Uint8Array(Math.min(this.#messageBytesMax, Math.max(bytes, this.#held.length * 2)));
    larger.set(this.#held.subarray(0, this.#heldBytes));
    this.#held = larger;
  }

  /** Lets a full piece go, up to its last space so that no value is cut in two; what follows begins the next. */
  #part(frames: Frame[]): void {
    const lastSpace = this.#held.lastIndexOf(space, this.#heldBytes - 1);
    const isNear = lastSpace > 0 && this.#heldBytes - lastSpace <= limits.valueCharsMax;
    const end = isNear ? lastSpace + 1 : this.#heldBytes;
    frames.push(lineOf(this.#held.subarray(0, end)));
    this.#held.copyWithin(0, end, this.#heldBytes);
    this.#heldBytes -= end;
  }

  #complete(frames: Frame[]): void {
    if (this.#heldBytes > 0) frames.push(lineOf(this.#held.subarray(0, this.#heldBytes)));
    this.#heldBytes = 0;
    if (this.#held.length > ordinaryBytes) this.#held = new Uint8Array(ordinaryBytes);
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
