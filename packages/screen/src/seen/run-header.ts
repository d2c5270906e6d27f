import { crc32 } from 'node:zlib';
import type { RunTerms } from './block.ts';

/** What a run says of itself. */
export interface RunHeader extends RunTerms {
  /** Of the seed its keys are made with. */
  readonly seedPrint: string;
  /** Sixteen hexadecimal digits, given to no other run. */
  readonly id: string;
  /** Ids of the runs whose contents it holds; they count no longer. */
  readonly replaces: readonly string[];
}

const RUN_VERSION = 1;
const MAGIC = Buffer.from('CMTYSEEN');
const HEAD_BYTES = 16;
/** A source is a few digits and a replaced run twenty bytes, so this is thousands of both. */
const HEADER_BYTES_MAX = 1024 * 1024;

/** Why bytes are no run: the sentence for who looks into it. */
export class RunDamaged extends Error {}

/** Bytes a run begins with: magic, version, length and checksum, then the header as JSON. */
export function encodeHeader(header: RunHeader): Buffer {
  const { day, sources, seedPrint, id, replaces } = header;
  const json = Buffer.from(JSON.stringify({ day, sources, seedPrint, id, replaces }));
  const head = Buffer.alloc(HEAD_BYTES);
  MAGIC.copy(head);
  head.writeUInt16LE(RUN_VERSION, 8);
  head.writeUInt16LE(0, 10);
  head.writeUInt32LE(json.length, 12);
  const sum = Buffer.alloc(4);
  sum.writeUInt32LE(crc32(json));
  return Buffer.concat([head, json, sum]);
}

/**
 * Reads what {@link encodeHeader} made; `read` gives bytes at an offset, fewer at the end of the file.
 *
 * @throws {RunDamaged}
 */
export function decodeHeader(read: (offset: number, bytes: number) => Buffer): RunHeader & { readonly end: number } {
  const head = read(0, HEAD_BYTES);
  if (head.length < HEAD_BYTES || !head.subarray(0, 8).equals(MAGIC))
    throw new RunDamaged('it does not begin as a run');
  const version = head.readUInt16LE(8);
  if (version !== RUN_VERSION) throw new RunDamaged(`it is of version ${version}`);
  const length = head.readUInt32LE(12);
  if (length > HEADER_BYTES_MAX) throw new RunDamaged('its header is too long');
  const rest = read(HEAD_BYTES, length + 4);
  if (rest.length < length + 4 || crc32(rest.subarray(0, length)) !== rest.readUInt32LE(length)) {
    throw new RunDamaged('the checksum of its header is wrong');
  }
  return { ...(JSON.parse(rest.toString('utf8', 0, length)) as RunHeader), end: HEAD_BYTES + length + 4 };
}

const FOOTER_MAGIC = Buffer.from('CMTYSEND');
export const FOOTER_BYTES = 48;
export const INDEX_ENTRY_BYTES = 16;

/** The last bytes of a run; a file that was cut off has none. */
export interface RunFooter {
  /** Where the index of blocks begins: the end of the last block. */
  readonly indexOffset: number;
  readonly blocks: number;
  readonly indexSum: number;
  readonly keys: number;
  readonly cells: number;
}

/** The {@link FOOTER_BYTES} bytes a run ends with. */
export function encodeFooter({ indexOffset, blocks, indexSum, keys, cells }: RunFooter): Buffer {
  const footer = Buffer.alloc(FOOTER_BYTES);
  footer.writeDoubleLE(indexOffset, 0);
  footer.writeUInt32LE(blocks, 8);
  footer.writeUInt32LE(indexSum, 12);
  footer.writeDoubleLE(keys, 16);
  footer.writeDoubleLE(cells, 24);
  footer.writeUInt32LE(crc32(footer.subarray(0, 32)), 32);
  FOOTER_MAGIC.copy(footer, 40);
  return footer;
}

/** @throws {RunDamaged} */
export function decodeFooter(footer: Buffer): RunFooter {
  const isWhole =
    footer.length === FOOTER_BYTES &&
    footer.subarray(40).equals(FOOTER_MAGIC) &&
    crc32(footer.subarray(0, 32)) === footer.readUInt32LE(32);
  if (!isWhole) throw new RunDamaged('it is cut off');
  return {
    indexOffset: footer.readDoubleLE(0),
    blocks: footer.readUInt32LE(8),
    indexSum: footer.readUInt32LE(12),
    keys: footer.readDoubleLE(16),
    cells: footer.readDoubleLE(24),
  };
}
