import { crc32, createInflateRaw, createZstdDecompress } from 'node:zlib';
import type { InflateRaw, ZstdDecompress } from 'node:zlib';
import { ComityError, quote } from '@comity/protocol/base';
import type { Bytes } from './decompress.ts';
import type { PackedBytes } from './packed-bytes.ts';

/** Compressed bytes fed at once: what they grow to (a thousand times as much at worst) is held until it is taken. */
const pieceBytes = 8 * 1024;
/** A decompressor that fails drops the buffer it is filling: so much of what was sound before the damage is lost at most. */
const outputBytes = 16 * 1024;
/** A member or frame costs as much as decompressing some kilobytes, so beyond a few they must hold something. */
const membersMin = 2_000;
const memberBytesMin = 1024;

/**
 * All members of a gzip file, one after another (RFC 1952 §2.2); zero bytes after the last are padding.
 *
 * Everything that unpacks soundly comes out before a fault is thrown: a file that is cut short, or followed by what is no
 * gzip, gives what it holds.
 *
 * @throws {ComityError} `ARCHIVE_MALFORMED` with the offset of the fault; errors of reading pass through.
 */
export async function* gunzipped(name: string, packed: PackedBytes): Bytes {
  try {
    for (let members = 0; await startsMember(name, packed, members); members++) {
      assertNotShredded(name, packed, members);
      let checksum = 0;
      let length = 0;
      for await (const chunk of unpackedFrame(name, createInflateRaw({ chunkSize: outputBytes }), packed)) {
        checksum = crc32(chunk, checksum);
        length = (length + chunk.length) >>> 0;
        yield chunk;
      }
      const trailer = await packed.takeWhole(8);
      if (trailer === undefined) throw cutShort(name, packed);
      const stated = new DataView(trailer.buffer);
      if (stated.getUint32(0, true) !== checksum || stated.getUint32(4, true) !== length) {
        throw damagedAt(name, packed, 'its checksum is not that of what came out');
      }
    }
  } finally {
    await packed.close();
  }
}

/** Reads the header of a member (RFC 1952 §2.3); false at the end of the file. */
async function startsMember(name: string, packed: PackedBytes, members: number): Promise<boolean> {
  if (members > 0) await skipZeros(packed);
  const atByte = packed.usedBytes;
  const first = await packed.takeWhole(1);
  if (first === undefined) return false;
  const rest = await packed.takeWhole(9);
  const isHeader = first[0] === 0x1f && (rest === undefined || (rest[0] === 0x8b && rest[1] === 8));
  if (!isHeader) throw foreign(name, atByte, 'gzip');
  if (rest === undefined) throw cutShort(name, packed);
  const flags = rest[2]!;
  if ((flags & 4) !== 0) {
    const extra = await packed.takeWhole(2);
    if (extra === undefined) throw cutShort(name, packed);
    if ((await packed.takeWhole(extra[0]! + extra[1]! * 256)) === undefined) throw cutShort(name, packed);
  }
  // Name and comment, each ended by a zero byte.
  for (const flag of [8, 16]) if ((flags & flag) !== 0) await skipText(name, packed);
  if ((flags & 2) !== 0 && (await packed.takeWhole(2)) === undefined) throw cutShort(name, packed);
  return true;
}

async function skipZeros(packed: PackedBytes): Promise<void> {
  for (;;) {
    const piece = await packed.take(pieceBytes);
    if (piece === undefined) return;
    const other = piece.findIndex((byte) => byte !== 0);
    if (other < 0) continue;
    packed.giveBack(piece.length - other);
    return;
  }
}

async function skipText(name: string, packed: PackedBytes): Promise<void> {
  for (;;) {
    const piece = await packed.take(pieceBytes);
    if (piece === undefined) throw cutShort(name, packed);
    const end = piece.indexOf(0);
    if (end < 0) continue;
    packed.giveBack(piece.length - end - 1);
    return;
  }
}

/** All frames of a Zstandard file, one after another (RFC 8878 §3.1); like {@link gunzipped} in what it gives and throws. */
export async function* unzstd(name: string, packed: PackedBytes): Bytes {
  try {
    for (let frames = 0; ; frames++) {
      if ((await packed.take(1)) === undefined) return;
      packed.giveBack(1);
      assertNotShredded(name, packed, frames);
      const atByte = packed.usedBytes;
      let isFrame = false;
      try {
        for await (const chunk of unpackedFrame(name, createZstdDecompress({ chunkSize: outputBytes }), packed)) {
          isFrame = true;
          yield chunk;
        }
      } catch (error) {
        const isOther = error instanceof ComityError && isUnknownFrame(error.cause);
        throw isOther && frames > 0 && !isFrame ? foreign(name, atByte, 'Zstandard') : error;
      }
    }
  } finally {
    await packed.close();
  }
}

/**
 * One frame; afterwards `packed` stands right behind it.
 *
 * The decompressors of the runtime stop after the first frame and say how far they read. They also drop what they hold when
 * they fail, so each piece is fed when everything from the one before was taken.
 */
async function* unpackedFrame(name: string, decoder: InflateRaw | ZstdDecompress, packed: PackedBytes): Bytes {
  const out: Uint8Array[] = [];
  const state: { isOver: boolean; failure: Error | undefined; wake: () => void } = {
    isOver: false,
    failure: undefined,
    wake: () => undefined,
  };
  decoder.on('data', (chunk: Uint8Array) => out.push(chunk));
  decoder.on('end', () => {
    state.isOver = true;
    state.wake();
  });
  decoder.on('error', (error: Error) => {
    state.isOver = true;
    state.failure = error;
    state.wake();
  });
  try {
    let fedBytes = 0;
    while (!state.isOver) {
      const piece = await packed.take(pieceBytes);
      fedBytes += piece?.length ?? 0;
      await new Promise<void>((resolve) => {
        state.wake = resolve;
        // At the end of the input the decoder ends or fails; of the two it tells by its events.
        if (piece === undefined) decoder.end();
        else {
          decoder.write(piece, (error) => {
            state.failure ??= error ?? undefined;
            resolve();
          });
        }
      });
      yield* out.splice(0);
      if (state.failure !== undefined && piece === undefined) throw cutShort(name, packed, state.failure);
      if (state.failure !== undefined) {
        // Where in the piece the damage is, nobody can say: what came out reaches at least to its beginning.
        packed.giveBack(piece?.length ?? 0);
        throw damagedAt(name, packed, state.failure.message, state.failure);
      }
      const unread = fedBytes - decoder.bytesWritten;
      if (piece !== undefined && unread > 0) {
        packed.giveBack(unread);
        return;
      }
    }
  } finally {
    decoder.destroy();
  }
}

/** @throws {ComityError} `ARCHIVE_BOMB` when hardly anything stands in each of very many members or frames. */
function assertNotShredded(name: string, packed: PackedBytes, count: number): void {
  if (count <= membersMin + packed.usedBytes / memberBytesMin) return;
  throw new ComityError(
    'ARCHIVE_BOMB',
    `Cannot decompress ${quote(name)} beyond byte ${packed.usedBytes}: of its ${count} parts each has a cost of its own`,
  );
}

function isUnknownFrame(cause: unknown): boolean {
  return cause instanceof Error && 'code' in cause && cause.code === 'ZSTD_error_prefix_unknown';
}

/** What stands behind a whole file is none of it: the data before is complete, up to the end of its last line. */
function foreign(name: string, atByte: number, format: string): ComityError {
  return new ComityError(
    'ARCHIVE_MALFORMED',
    `Cannot decompress ${quote(name)} beyond byte ${atByte}: what follows is no ${format}`,
    { details: { dataIsWhole: true } },
  );
}

function cutShort(name: string, packed: PackedBytes, cause?: Error): ComityError {
  return damagedAt(name, packed, 'it is cut short', cause);
}

function damagedAt(name: string, packed: PackedBytes, reason: string, cause?: Error): ComityError {
  const message = `Cannot decompress ${quote(name)} beyond byte ${packed.usedBytes}: ${reason}`;
  return new ComityError('ARCHIVE_MALFORMED', message, cause === undefined ? {} : { cause });
}
