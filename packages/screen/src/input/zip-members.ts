import { inflateRawSync } from 'node:zlib';
import {
  fromBufferPromise,
  fromRandomAccessReaderPromise,
  getFileNameLowLevel,
  openPromise,
  validateFileName,
} from 'yauzl';
import type { Entry, ZipFile } from 'yauzl';
import { ComityError, quote } from '@comity/protocol/base';
import { growsTooMuch, ratioAfterBytes } from './decompress.ts';
import type { Bytes } from './decompress.ts';
import { DescriptorReader } from './descriptor-reader.ts';

/** A file inside a zip, or one that cannot be read and why. */
export type ZipMember =
  | { readonly name: string; readonly chunks: Bytes; readonly packedBytes: number; readonly error?: undefined }
  | { readonly name: string; readonly error: ComityError };

/** An archive on disk that is open. */
export interface OpenedZip {
  readonly descriptor: number;
  readonly sizeBytes: number;
}

/** Limits on the archive; what its members grow to is bounded where they are read. */
export interface ZipLimits {
  /** Bytes a member may say it grows to for each compressed one, once that is more than 1 MiB. */
  readonly ratioMax: number;
  readonly membersMax: number;
  /** Compressed bytes of an archive that comes from a stream and so must be kept in memory. */
  readonly bytesMax: number;
  /**
   * Read also what stands under a name that leads out of the archive or that of a folder, for who writes nothing to such
   * a name and would else be shown a way past him. Default false.
   */
  readonly readsOddNames?: boolean;
}

/** A member of so many bytes, packed and not, is read at once: streams cost a hundred times what unpacking it does. */
const atOnceBytesMax = 1024 * 1024;
const methods = { stored: 0, deflated: 8 } as const;

/**
 * The files inside a zip, named `archive/member`, in the order of its directory.
 *
 * @param file - the archive on disk, read in place: by its path, or by a descriptor, which stays open, on a thread that
 *   may wait for the disk. When undefined it is collected from `chunks`, since a zip's directory stands at its end.
 * @returns members whose `chunks` throw `ARCHIVE_MALFORMED` when they are damaged; an archive that cannot be read further
 *   ends with one failing member of the archive's own name. Folders are left out; encrypted members fail, and so do those
 *   whose name leads out of the archive (`../x`, `/x`): each alone, the others are read.
 */
export async function* zipMembers(
  name: string,
  file: string | OpenedZip | undefined,
  chunks: Bytes,
  limits: ZipLimits,
): AsyncGenerator<ZipMember, void, undefined> {
  let zip: ZipFile | undefined;
  try {
    const opened = await openZip(name, file, chunks, limits);
    zip = opened.zip;
    await chunks.return();
    if (zip.entryCount > limits.membersMax) {
      throw new ComityError(
        'ARCHIVE_BOMB',
        `Cannot read ${quote(name)}: it holds ${zip.entryCount} members, at most ${limits.membersMax} are read`,
      );
    }
    for await (const entry of zip.eachEntry()) {
      const fileName = getFileNameLowLevel(entry.generalPurposeBitFlag, entry.fileNameRaw, entry.extraFields, false);
      const readsOddNames = limits.readsOddNames === true;
      if (fileName.endsWith('/') && !(readsOddNames && entry.uncompressedSize > 0)) continue;
      const memberName = `${name}/${fileName}`;
      if (!readsOddNames && validateFileName(fileName) !== null) {
        const reason = 'its name leads out of the archive';
        yield {
          name: memberName,
          error: new ComityError('ARCHIVE_MALFORMED', `Cannot read ${quote(memberName)}: ${reason}`),
        };
        continue;
      }
      // What the directory says is enough to refuse it: a member that grows further than it says is an error of its own.
      if (entry.uncompressedSize > ratioAfterBytes && entry.uncompressedSize > entry.compressedSize * limits.ratioMax) {
        yield { name: memberName, error: growsTooMuch(memberName, limits.ratioMax) };
        continue;
      }
      yield {
        name: memberName,
        chunks: memberBytes(memberName, zip, entry, opened.bytesOf),
        packedBytes: entry.compressedSize,
      };
    }
  } catch (cause) {
    yield { name, error: damaged(name, cause) };
  } finally {
    zip?.close();
    await chunks.return();
  }
}

/** Bytes of the archive from an offset; undefined when it has fewer. */
type BytesOf = (at: number, length: number) => Buffer | undefined;

async function openZip(
  name: string,
  file: string | OpenedZip | undefined,
  chunks: Bytes,
  limits: ZipLimits,
): Promise<{ readonly zip: ZipFile; readonly bytesOf?: BytesOf }> {
  // Names are read and judged by us: the archive's reader would end at the first that is unsafe.
  const options = { decodeStrings: false };
  if (typeof file === 'string') return { zip: await openPromise(file, options) };
  if (file !== undefined) {
    const reader = new DescriptorReader(file.descriptor);
    const zip = await fromRandomAccessReaderPromise(reader, file.sizeBytes, options);
    return { zip, bytesOf: (at, length) => reader.bytesAt(at, length) };
  }
  const kept = await collected(name, chunks, limits);
  const bytesOf: BytesOf = (at, length) => (at + length <= kept.length ? kept.subarray(at, at + length) : undefined);
  return { zip: await fromBufferPromise(kept, options), bytesOf };
}

async function* memberBytes(name: string, zip: ZipFile, entry: Entry, bytesOf: BytesOf | undefined): Bytes {
  if (entry.isEncrypted()) throw new ComityError('ARCHIVE_MALFORMED', `Cannot read ${quote(name)}: it is encrypted`);
  const { compressionMethod: method, compressedSize, uncompressedSize } = entry;
  const isSmall = compressedSize <= atOnceBytesMax && uncompressedSize <= atOnceBytesMax;
  try {
    if (bytesOf !== undefined && isSmall && (method === methods.stored || method === methods.deflated)) {
      const { fileDataStart } = await zip.readLocalFileHeaderPromise(entry, { minimal: true });
      const packed = bytesOf(fileDataStart, compressedSize);
      if (packed === undefined) throw new Error('it is cut short');
      const bytes =
        method === methods.stored ? packed : inflateRawSync(packed, { maxOutputLength: uncompressedSize + 1 });
      if (bytes.length !== uncompressedSize) throw new Error('a member has another size than the directory says');
      if (bytes.length > 0) yield bytes;
      return;
    }
    const stream = await zip.openReadStreamPromise(entry);
    for await (const chunk of stream) yield chunk as Uint8Array;
  } catch (cause) {
    throw damaged(name, cause);
  }
}

async function collected(name: string, chunks: Bytes, limits: ZipLimits): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of chunks) {
    bytes += chunk.length;
    if (bytes > limits.bytesMax) {
      throw new ComityError(
        'INPUT_TOO_LARGE',
        `Cannot read ${quote(name)}: a zip from a stream is kept in memory, at most ${limits.bytesMax} bytes of it`,
      );
    }
    parts.push(chunk);
  }
  return Buffer.concat(parts);
}

function damaged(name: string, cause: unknown): ComityError {
  if (cause instanceof ComityError) return cause;
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new ComityError('ARCHIVE_MALFORMED', `Cannot read the archive ${quote(name)}: ${reason}`, { cause });
}
