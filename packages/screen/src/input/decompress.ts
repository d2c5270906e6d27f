import { ComityError, quote, utf8Bytes } from '@comity/protocol/base';
import { PackedBytes } from './packed-bytes.ts';
import { gunzipped, unzstd } from './unpack.ts';

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
/** Up to here everything may grow as it likes. */
export const ratioAfterBytes = 1024 * 1024;

/**
 * Looks through gzip and Zstandard by their first bytes, turns UTF-16 with a byte-order mark into UTF-8, and recognises a
 * zip.
 *
 * The ratio is taken over all layers together, so that two modest ones cannot hide a bomb, and as the bytes come: it is the
 * compressed bytes used so far that count, not those the file still has.
 *
 * @param source - untrusted; errors of reading pass through unchanged, also those of the very first read, which are
 *   thrown when the chunks are iterated.
 */
export async function decompressed(
  name: string,
  source: AsyncIterable<Uint8Array>,
  limits: DecompressLimits,
): Promise<Decompressed> {
  let { head, chunks } = await peeked(pieces(source));
  let layers = 0;
  let outermost: PackedBytes | undefined;
  for (; layers < layersMax; layers++) {
    const kind = compressionOf(head);
    if (kind !== 'gzip' && kind !== 'zstd') break;
    const packed = new PackedBytes(chunks);
    outermost ??= packed;
    ({ head, chunks } = await peeked(kind === 'gzip' ? gunzipped(name, packed) : unzstd(name, packed)));
  }
  const packedBytes = (): number | undefined =>
    outermost === undefined
      ? limits.packedBytes
      : Math.min(outermost.usedBytes, limits.packedBytes ?? Number.POSITIVE_INFINITY);
  const encoding = utf16Of(head);
  const bounded = bound(name, encoding === undefined ? chunks : utf8Of(chunks, encoding), limits, packedBytes);
  if (compressionOf(head) === 'zip') return { kind: 'zip', chunks: bounded, wrapped: layers > 0 };
  return { kind: 'bytes', chunks: bounded };
}

async function* pieces(source: AsyncIterable<Uint8Array>): Bytes {
  yield* source;
}

/** By magic number: RFC 1952 §2.3.1, RFC 8878 §3.1.1 (and skippable frames, §3.1.2), PKWARE APPNOTE §4.3.7 and §4.3.16. */
export function compressionOf(head: Uint8Array): 'gzip' | 'zstd' | 'zip' | undefined {
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
  packedBytes: () => number | undefined,
): Bytes {
  let outBytes = 0;
  for await (const chunk of source) {
    outBytes += chunk.length;
    const inBytes = packedBytes();
    if (inBytes !== undefined && outBytes > ratioAfterBytes && outBytes > inBytes * limits.ratioMax) {
      throw growsTooMuch(name, limits.ratioMax);
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

/** The error of a bomb. */
export function growsTooMuch(name: string, ratioMax: number): ComityError {
  return new ComityError(
    'ARCHIVE_BOMB',
    `Cannot read ${quote(name)}: it grows to more than ${ratioMax} times its compressed size`,
  );
}

/** UTF-16 by its byte-order mark: what PowerShell's `>` and the Windows event viewer write. */
function utf16Of(head: Uint8Array): 'utf-16le' | 'utf-16be' | undefined {
  if (head[0] === 0xff && head[1] === 0xfe) return 'utf-16le';
  return head[0] === 0xfe && head[1] === 0xff ? 'utf-16be' : undefined;
}

/** Whether what begins with these bytes (4, or all there are) is screened as something else than it is: unpacked or in UTF-8. */
export function isPacked(head: Uint8Array): boolean {
  return compressionOf(head) !== undefined || utf16Of(head) !== undefined;
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
