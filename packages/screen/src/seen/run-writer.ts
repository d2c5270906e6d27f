import { randomBytes } from 'node:crypto';
import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { BlockWriter } from './block.ts';
import type { CellList } from './cell-list.ts';
import { encodeFooter, encodeHeader, INDEX_ENTRY_BYTES } from './run-header.ts';
import type { RunHeader } from './run-header.ts';

const BUFFER_BYTES = 256 * 1024;

/** What a finished run holds. */
export interface WrittenRun {
  readonly file: string;
  readonly id: string;
  readonly bytes: number;
  readonly keys: number;
  readonly cells: number;
}

/** Name of the file of a run: it sorts by day. Files with another ending are no runs. */
export const runEnding = '.seen';
/** Ending of a run that is being written; one left by a crash is nothing and may be deleted. */
export const unfinishedEnding = '.seen-new';

/**
 * Writes one run: keys in order, sections ascending. It is nothing until {@link finish} has made it durable and given it its
 * name; until then {@link abandon} or a crash leaves only a file that nobody reads.
 */
export class RunWriter {
  readonly id = randomBytes(8).toString('hex');
  readonly #dir: string;
  readonly #header: RunHeader;
  readonly #unfinished: string;
  readonly #descriptor: number;
  readonly #blocks: BlockWriter;
  readonly #index: Buffer[] = [];
  #buffer = Buffer.alloc(BUFFER_BYTES);
  #buffered = 0;
  #offset = 0;
  #keys = 0;
  #cells = 0;

  constructor(dir: string, about: Omit<RunHeader, 'id'>) {
    this.#dir = dir;
    this.#header = { ...about, id: this.id };
    this.#unfinished = join(dir, `${this.id}${unfinishedEnding}`);
    this.#descriptor = openSync(this.#unfinished, 'wx', 0o600);
    this.#blocks = new BlockWriter(about);
    this.#write(encodeHeader(this.#header));
  }

  /** The next key with its cells. */
  add(section: number, hi: number, lo: number, cells: CellList): void {
    const blocks = this.#blocks;
    if (blocks.count > 0 && (blocks.isFull || blocks.section !== section)) this.#endBlock();
    blocks.add(section, hi, lo, cells);
    this.#keys++;
    this.#cells += cells.count;
  }

  /** Makes the run durable, then gives it its name. */
  finish(): WrittenRun {
    if (this.#blocks.count > 0) this.#endBlock();
    const index = Buffer.concat(this.#index);
    const indexOffset = this.#offset;
    this.#write(index);
    this.#write(
      encodeFooter({
        indexOffset,
        blocks: this.#index.length,
        indexSum: crc32(index),
        keys: this.#keys,
        cells: this.#cells,
      }),
    );
    this.#flush();
    fsyncSync(this.#descriptor);
    closeSync(this.#descriptor);
    const file = join(this.#dir, `${this.#header.day}-${this.id}${runEnding}`);
    renameSync(this.#unfinished, file);
    syncFolder(this.#dir);
    return { file, id: this.id, bytes: this.#offset, keys: this.#keys, cells: this.#cells };
  }

  abandon(): void {
    closeSync(this.#descriptor);
    rmSync(this.#unfinished, { force: true });
  }

  #endBlock(): void {
    const { section, count, hi, lo } = this.#blocks;
    const entry = Buffer.alloc(INDEX_ENTRY_BYTES);
    entry.writeUInt32LE(this.#offset, 0);
    entry.writeUInt16LE(count, 4);
    entry.writeUInt16LE(section, 6);
    entry.writeUInt32LE(hi[0]!, 8);
    entry.writeUInt32LE(lo[0]!, 12);
    this.#index.push(entry);
    const block = this.#blocks.take();
    const sum = Buffer.alloc(4);
    sum.writeUInt32LE(crc32(block));
    this.#write(sum);
    this.#write(block);
  }

  #write(bytes: Uint8Array): void {
    this.#offset += bytes.length;
    if (this.#buffered + bytes.length > BUFFER_BYTES) this.#flush();
    if (bytes.length > BUFFER_BYTES) {
      writeAll(this.#descriptor, bytes);
      return;
    }
    this.#buffer.set(bytes, this.#buffered);
    this.#buffered += bytes.length;
  }

  #flush(): void {
    writeAll(this.#descriptor, this.#buffer.subarray(0, this.#buffered));
    this.#buffered = 0;
  }
}

function writeAll(descriptor: number, bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length;) at += writeSync(descriptor, bytes, at, bytes.length - at);
}

/** A name is durable once its folder is. */
export function syncFolder(dir: string): void {
  const descriptor = openSync(dir, 'r');
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}
