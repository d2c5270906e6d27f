import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip, createZstdDecompress } from 'node:zlib';
import { ComityError, quote, utf8Bytes } from '@comity/protocol/base';

export type Bytes = AsyncGenerator<Uint8Array, void, undefined>;

/** What one input may grow to. */
export interface DecompressLimits {
  /** Decompressed bytes for each compressed byte, judged once more than 1 MiB came out. */
  readonly ratioMax: number;
  /** Decompressed bytes in all. */
  readonly bytesMax: number;
  /** Compressed bytes the source stands for, when it is already decompressed itself (a zip member). */
  readonly packedBytes?: number;
}

export type Decompressed =
  | { readonly kind: 'bytes'; readonly chunks: Bytes }
  /** The bytes are a zip archive; `wrapped`: it came out of another compression. */
  | { readonly kind: 'zip'; readonly chunks: Bytes; readonly wrapped: boolean };

/** Compressions inside each other that are looked through: `x.gz` inside a `.zst` is two. */
const layersMax = 2;
const ratioAfterBytes = 1024 * 1024;
/** A Zstandard frame costs as much as decompressing some kilobytes, so beyond a few they must hold something. */
const framesMin = 2_000;
const frameBytesMin = 1024;

/**
 * Looks through gzip and Zstandard by their first bytes, turns UTF-16 with a byte-order mark into UTF-8, and recognises a
 * zip.
 *
 * The ratio is taken over all layers together, so that two modest ones cannot hide a bomb.
 *
 * @param source - untrusted; errors of reading pass through unchanged, also those of the very first read, which are
 *   thrown when the chunks are iterated.
 */
export async function decompressed(
  name: string,
  source: AsyncIterable<Uint8Array>,
  limits: DecompressLimits,
): Promise<Decompressed> {
  const growth = { inBytes: limits.packedBytes ?? 0, isPacked: limits.packedBytes !== undefined };
  async function* counted(): Bytes {
    for await (const chunk of source) {
      if (limits.packedBytes === undefined) growth.inBytes += chunk.length;
      yield chunk;
    }
  }
  let { head, chunks } = await peeked(counted());
  let layers = 0;
  for (; layers < layersMax; layers++) {
    const kind = compressionOf(head);
    if (kind !== 'gzip' && kind !== 'zstd') break;
    growth.isPacked = true;
    const inner = kind === 'gzip' ? gunzipped(name, chunks) : unzstd(name, chunks);
    ({ head, chunks } = await peeked(inner));
  }
  const encoding = utf16Of(head);
  const bounded = bound(name, encoding === undefined ? chunks : utf8Of(chunks, encoding), limits, growth);
  if (compressionOf(head) === 'zip') return { kind: 'zip', chunks: bounded, wrapped: layers > 0 };
  return { kind: 'bytes', chunks: bounded };
}

/** By magic number: RFC 1952 §2.3.1, RFC 8878 §3.1.1 (and skippable frames, §3.1.2), PKWARE APPNOTE §4.3.7 and §4.3.16. */
function compressionOf(head: Uint8Array): 'gzip' | 'zstd' | 'zip' | undefined {
  const [a, b, c, d] = head;
  if (a === 0x1f && b === 0x8b && c === 8) return 'gzip';
  if (a === 0x28 && b === 0xb5 && c === 0x2f && d === 0xfd) return 'zstd';
  if (a !== undefined && a >= 0x50 && a <= 0x5f && b === 0x2a && c === 0x4d && d === 0x18) return 'zstd';
  if (a === 0x50 && b === 0x4b && ((c === 3 && d === 4) || (c === 5 && d === 6))) return 'zip';
  return undefined;
}

/** The first bytes (4, or all there are) and the whole sequence again. */
async function peeked(source: Bytes): Promise<{ head: Uint8Array; chunks: Bytes }> {
  const read: Uint8Array[] = [];
  let head: Uint8Array = new Uint8Array(0);
  let failure: { readonly error: unknown } | undefined;
  try {
    while (head.length < 4) {
      const next = await source.next();
      if (next.done === true) break;
      read.push(next.value);
      head = read.length === 1 ? next.value : Buffer.concat(read);
    }
  } catch (caught) {
    failure = { error: caught };
  }
  async function* chunks(): Bytes {
    try {
      yield* read;
      // oxlint-disable-next-line only-throw-error -- what reading threw passes through unchanged
      if (failure !== undefined) throw failure.error;
      yield* source;
    } finally {
      // Left early by the consumer: what lies behind (a file handle) is let go as well.
      await source.return();
    }
  }
  return { head: head.subarray(0, 4), chunks: chunks() };
}

async function* bound(
  name: string,
  source: Bytes,
  limits: DecompressLimits,
  growth: { readonly inBytes: number; readonly isPacked: boolean },
): Bytes {
  let outBytes = 0;
  for await (const chunk of source) {
    outBytes += chunk.length;
    if (growth.isPacked && outBytes > ratioAfterBytes && outBytes > growth.inBytes * limits.ratioMax) {
      throw new ComityError(
        'ARCHIVE_BOMB',
        `Cannot read ${quote(name)}: it grows to more than ${limits.ratioMax} times its compressed size`,
      );
    }
    if (outBytes > limits.bytesMax) {
      throw new ComityError(
        'INPUT_TOO_LARGE',
        `Cannot read ${quote(name)}: it holds more than ${limits.bytesMax} bytes`,
      );
    }
    yield chunk;
  }
}

/** UTF-16 by its byte-order mark: what PowerShell's `>` and the Windows event viewer write. */
function utf16Of(head: Uint8Array): 'utf-16le' | 'utf-16be' | undefined {
  if (head[0] === 0xff && head[1] === 0xfe) return 'utf-16le';
  return head[0] === 0xfe && head[1] === 0xff ? 'utf-16be' : undefined;
}

/** The same text in UTF-8; what is no UTF-16 becomes U+FFFD. */
async function* utf8Of(source: Bytes, encoding: 'utf-16le' | 'utf-16be'): Bytes {
  const decoder = new TextDecoder(encoding);
  for await (const chunk of source) {
    const text = decoder.decode(chunk, { stream: true });
    if (text !== '') yield utf8Bytes(text);
  }
  const rest = decoder.decode();
  if (rest !== '') yield utf8Bytes(rest);
}

/** All members of a gzip file, one after another (RFC 1952 §2.2); zero bytes after the last are padding. */
async function* gunzipped(name: string, source: Bytes): Bytes {
  const gunzip = createGunzip({ chunkSize: 128 * 1024 });
  // The failure of either side reaches the loop below through the destroyed stream.
  const piped = pipeline(Readable.from(source), gunzip).catch((error: unknown) => error);
  try {
    for await (const chunk of gunzip) yield chunk as Uint8Array;
  } catch (cause) {
    throw damaged(name, cause);
  } finally {
    gunzip.destroy();
    await piped;
  }
}

/**
 * All frames of a Zstandard file, one after another (RFC 8878 §3.1).
 *
 * The decompressor of the runtime stops after the first frame and says how far it read, so each frame gets its own.
 */
async function* unzstd(name: string, source: Bytes): Bytes {
  let rest: Uint8Array | undefined = await nextOf(source);
  let readBytes = 0;
  for (let frames = 1; rest !== undefined; frames++) {
    if (frames > framesMin + readBytes / frameBytesMin) {
      throw new ComityError(
        'ARCHIVE_BOMB',
        `Cannot decompress ${quote(name)}: ${frames} frames in ${readBytes} bytes, each at a cost of its own`,
      );
    }
    const frame = createZstdDecompress({ chunkSize: 128 * 1024 });
    let failure: unknown;
    let left: Uint8Array | undefined;
    const fed = (async () => {
      const readBefore = readBytes;
      let fedBytes = 0;
      let chunk: Uint8Array | undefined = rest;
      try {
        while (chunk !== undefined) {
          fedBytes += chunk.length;
          await written(frame, chunk);
          readBytes = readBefore + frame.bytesWritten;
          const unread = fedBytes - frame.bytesWritten;
          if (unread > 0) {
            left = chunk.subarray(chunk.length - unread);
            return;
          }
          chunk = await nextOf(source);
        }
        frame.end();
      } catch (cause) {
        failure = cause;
        frame.destroy();
      }
    })();
    try {
      for await (const chunk of frame) yield chunk as Uint8Array;
    } catch (cause) {
      // That the frame is closed to what is written follows from its own error, which says more.
      throw damaged(name, failure === undefined || failure === frameClosed ? cause : failure);
    } finally {
      frame.destroy();
      await fed;
    }
    if (failure !== undefined) throw damaged(name, failure);
    rest = left;
  }
}

const frameClosed = new Error('closed');

function written(stream: NodeJS.WritableStream & { destroyed: boolean }, chunk: Uint8Array): Promise<void> {
  return new Promise((resolve, reject) => {
    const onClose = (): void => reject(frameClosed);
    stream.once('close', onClose);
    stream.write(chunk, (error) => {
      stream.removeListener('close', onClose);
      if (error) reject(error);
      else resolve();
    });
  });
}

async function nextOf(source: Bytes): Promise<Uint8Array | undefined> {
  const next = await source.next();
  return next.done === true ? undefined : next.value;
}

function damaged(name: string, cause: unknown): ComityError {
  if (cause instanceof ComityError) return cause;
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new ComityError('ARCHIVE_MALFORMED', `Cannot decompress ${quote(name)}: ${reason}`, { cause });
}
