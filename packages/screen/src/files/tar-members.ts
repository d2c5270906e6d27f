import { ComityError, quote } from '@comity/protocol/base';
import type { Bytes, PackedBytes } from '../input/index.ts';

/** A file in a tar, or why one cannot be read. */
export type TarMember =
  | { readonly name: string; readonly chunks: Bytes; readonly error?: undefined }
  | { readonly name: string; readonly error: ComityError };

const BLOCK_BYTES = 512;
const pieceBytes = 256 * 1024;
/** A name or the attributes of one member; the system's longest path is far shorter. */
const attributesBytesMax = 1024 * 1024;

/** Types of headers that say something of the next one, or of all: GNU's long names, attributes of pax. */
const aboutOthers = 'LKxg';
/** Links, devices, folders, pipes, a volume's name: they keep nothing, whatever their size says. */
const withoutData = '123456V';

/**
 * Whether bytes begin with a header of a tar: POSIX ustar and pax (IEEE 1003.1-2024, pax, "ustar Interchange Format"), GNU.
 * The older form without a magic is not recognised.
 */
export function isTar(head: Uint8Array): boolean {
  if (head.length < BLOCK_BYTES) return false;
  return (
    Buffer.from(head.subarray(257, 262)).toString('latin1') === 'ustar' &&
    hasChecksum(Buffer.from(head.subarray(0, BLOCK_BYTES)))
  );
}

/**
 * The files in a tar, in its order; links, folders and devices have no bytes and are left out. Reading ends with the block
 * of zeros that ends the archive, as it does for tar itself.
 *
 * @param name - of the archive, for messages.
 * @returns members whose `chunks` are read before the next is asked for; what is left of them is passed over.
 * @throws {ComityError} `ARCHIVE_MALFORMED` where no header follows; errors of reading pass through.
 */
export async function* tarMembers(name: string, bytes: PackedBytes): AsyncGenerator<TarMember, void, undefined> {
  let told: Attributes = {};
  for (;;) {
    const atByte = bytes.usedBytes;
    const header = await readHeader(name, bytes);
    if (header === undefined) return;
    const type = String.fromCharCode(header[156]!);
    const isAbout = aboutOthers.includes(type);
    const sizeBytes = isAbout ? sizeOf(header) : (told.sizeBytes ?? sizeOf(header));
    if (sizeBytes === undefined) throw malformed(name, atByte, 'the size of a member is no number');
    if (type === 'L' || type === 'x') {
      Object.assign(told, await readAttributes(name, bytes, { type, sizeBytes }));
      continue;
    }
    const data = new MemberData(name, bytes, sizeBytes);
    if (isAbout) {
      await data.pass();
      continue;
    }
    const member = told.path ?? nameOf(header);
    const isSparse = type === 'S' || told.isSparse === true;
    told = {};
    if (withoutData.includes(type)) continue;
    if (type === 'S') await passSparseMaps(name, bytes, header);
    if (isSparse) {
      const message = `Cannot read ${quote(`${name}/${member}`)}: it is kept without its holes`;
      yield { name: member, error: new ComityError('ARCHIVE_MALFORMED', message) };
    } else if (sizeBytes > 0 || !member.endsWith('/')) {
      yield { name: member, chunks: data.chunks() };
    }
    await data.pass();
  }
}

/** What a header says of the one after it. */
interface Attributes {
  path?: string;
  sizeBytes?: number;
  isSparse?: boolean;
}

/** The data of one member and the padding behind it. */
class MemberData {
  readonly #name: string;
  readonly #bytes: PackedBytes;
  readonly #paddingBytes: number;
  #leftBytes: number;
  #fault: ComityError | undefined;

  constructor(name: string, bytes: PackedBytes, sizeBytes: number) {
    this.#name = name;
    this.#bytes = bytes;
    this.#leftBytes = sizeBytes;
    this.#paddingBytes = (BLOCK_BYTES - (sizeBytes % BLOCK_BYTES)) % BLOCK_BYTES;
  }

  async *chunks(): Bytes {
    while (this.#leftBytes > 0) yield await this.#take();
  }

  /** Goes to the next header. */
  async pass(): Promise<void> {
    while (this.#leftBytes > 0) await this.#take();
    // The last archive's padding may be missing; then no header follows either.
    await this.#bytes.takeWhole(this.#paddingBytes);
  }

  async #take(): Promise<Uint8Array> {
    const piece = await this.#bytes.take(Math.min(this.#leftBytes, pieceBytes));
    // One error, however often it is met: it is told once.
    if (piece === undefined) throw (this.#fault ??= malformed(this.#name, this.#bytes.usedBytes, 'it is cut short'));
    this.#leftBytes -= piece.length;
    return piece;
  }
}

/** The next header; undefined at the end of the archive. */
async function readHeader(name: string, bytes: PackedBytes): Promise<Buffer | undefined> {
  const atByte = bytes.usedBytes;
  const block = await bytes.takeWhole(BLOCK_BYTES);
  if (block === undefined && bytes.usedBytes === atByte) return undefined;
  if (block === undefined) throw malformed(name, atByte, 'it is cut short');
  const header = Buffer.from(block.buffer, block.byteOffset, block.length);
  if (header.every((byte) => byte === 0)) return undefined;
  if (!hasChecksum(header)) throw malformed(name, atByte, 'no header of a member stands there');
  return header;
}

/** The sum of a header's bytes, its own field taken as spaces; some programs took bytes as signed. */
function hasChecksum(header: Buffer): boolean {
  const stated = octal(header.subarray(148, 156));
  let unsigned = 0;
  let signed = 0;
  for (const [at, byte] of header.entries()) {
    const counted = at >= 148 && at < 156 ? 32 : byte;
    unsigned += counted;
    signed += counted > 127 ? counted - 256 : counted;
  }
  return stated === unsigned || stated === signed;
}

function octal(field: Buffer): number | undefined {
  const digits = /^[ 0]*([0-7]*)[ \0]/.exec(`${field.toString('latin1')}\0`)?.[1];
  return digits === undefined ? undefined : Number.parseInt(`0${digits}`, 8);
}

/** Octal digits, or, with the highest bit set, a big-endian number: what GNU writes from 8 GiB on. */
function sizeOf(header: Buffer): number | undefined {
  const field = header.subarray(124, 136);
  if (field[0]! < 128) return octal(field);
  const size = field.subarray(1).reduce((sum, byte) => sum * 256 + byte, field[0]! & 127);
  return Number.isSafeInteger(size) ? size : undefined;
}

function nameOf(header: Buffer): string {
  const text = (start: number, end: number): string => {
    const field = header.subarray(start, end);
    const zero = field.indexOf(0);
    return field.toString('utf8', 0, zero < 0 ? field.length : zero);
  };
  // GNU keeps times where POSIX keeps the beginning of a long name.
  const isPosix = header[262] === 0;
  const prefix = isPosix ? text(345, 500) : '';
  return prefix === '' ? text(0, 100) : `${prefix}/${text(0, 100)}`;
}

async function readAttributes(
  name: string,
  bytes: PackedBytes,
  { type, sizeBytes }: { readonly type: string; readonly sizeBytes: number },
): Promise<Attributes> {
  const atByte = bytes.usedBytes;
  if (sizeBytes > attributesBytesMax)
    throw malformed(name, atByte, `the attributes of a member are longer than ${attributesBytesMax} bytes`);
  const block = await bytes.takeWhole(Math.ceil(sizeBytes / BLOCK_BYTES) * BLOCK_BYTES);
  if (block === undefined) throw malformed(name, atByte, 'it is cut short');
  const data = Buffer.from(block.buffer, block.byteOffset, sizeBytes);
  if (type === 'x') return paxAttributes(data);
  const zero = data.indexOf(0);
  return { path: data.toString('utf8', 0, zero < 0 ? data.length : zero) };
}

/** Records of the form `27 path=a name with spaces\n`, their length in front; what is of another form ends them. */
function paxAttributes(data: Buffer): Attributes {
  const attributes: Attributes = {};
  for (let at = 0; at < data.length;) {
    const space = data.indexOf(32, at);
    const equals = data.indexOf(61, at);
    const digits = space < 0 || space - at > 7 ? '' : data.toString('latin1', at, space);
    const end = /^[1-9]\d*$/.test(digits) ? at + Number(digits) : Number.NaN;
    if (!(end <= data.length && equals > space && equals < end)) break;
    const key = data.toString('utf8', space + 1, equals);
    const value = data.toString('utf8', equals + 1, end - 1);
    if (key === 'path') attributes.path = value;
    if (key === 'size' && /^\d{1,15}$/.test(value)) attributes.sizeBytes = Number(value);
    if (key.startsWith('GNU.sparse.')) attributes.isSparse = true;
    at = end;
  }
  return attributes;
}

/** The further blocks of an old GNU sparse header, which stand before its data. */
async function passSparseMaps(name: string, bytes: PackedBytes, header: Buffer): Promise<void> {
  let hasMore = header[482] === 1;
  while (hasMore) {
    const block = await bytes.takeWhole(BLOCK_BYTES);
    if (block === undefined) throw malformed(name, bytes.usedBytes, 'it is cut short');
    hasMore = block[504] === 1;
  }
}

function malformed(name: string, atByte: number, reason: string): ComityError {
  return new ComityError('ARCHIVE_MALFORMED', `Cannot read ${quote(name)} beyond byte ${atByte}: ${reason}`);
}
