import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { crc32 } from 'node:zlib';
import { BLOCK_KEYS_MAX, BlockReader } from './block.ts';
import { CellList } from './cell-list.ts';
import { decodeFooter, decodeHeader, FOOTER_BYTES, INDEX_ENTRY_BYTES, RunDamaged } from './run-header.ts';
import type { RunFooter, RunHeader } from './run-header.ts';

const SUM_BYTES = 4;

/** Keys `[fromHi fromLo, toHi toLo]` of one section. */
export interface KeyRange {
  readonly section: number;
  readonly fromHi: number;
  readonly fromLo: number;
  readonly toHi: number;
  readonly toLo: number;
}

/** One run, open for reading; many may have it open at once, and it stays readable when its name is deleted. */
export class RunFile {
  readonly header: RunHeader;
  readonly footer: RunFooter;
  readonly bytes: number;
  readonly #descriptor: number;
  readonly #index: Uint32Array;
  readonly #cells = new CellList();
  #reader: BlockReader | undefined;

  /**
   * Opens and checks header, footer and index; blocks are checked when they are read.
   *
   * @throws {RunDamaged} with the reason; errors of the file system as they are.
   */
  constructor(file: string) {
    this.#descriptor = openSync(file, 'r');
    try {
      this.bytes = fstatSync(this.#descriptor).size;
      const { end, ...header } = decodeHeader((offset, bytes) => this.#read(offset, bytes));
      this.header = header;
      this.footer = decodeFooter(this.#read(Math.max(0, this.bytes - FOOTER_BYTES), FOOTER_BYTES));
      const { indexOffset, blocks, indexSum } = this.footer;
      const isBeside = indexOffset >= end && indexOffset + blocks * INDEX_ENTRY_BYTES + FOOTER_BYTES === this.bytes;
      if (!isBeside) throw new RunDamaged('its parts do not add up to its length');
      const index = this.#read(indexOffset, blocks * INDEX_ENTRY_BYTES);
      if (crc32(index) !== indexSum) throw new RunDamaged('the checksum of its index is wrong');
      this.#index = wordsOf(index);
    } catch (error) {
      closeSync(this.#descriptor);
      throw error;
    }
  }

  close(): void {
    closeSync(this.#descriptor);
  }

  /**
   * Calls `visit` with the cells of each key in a range; the list is used again.
   *
   * @throws {RunDamaged} when a block is not what was written.
   */
  find(range: KeyRange, visit: (cells: CellList) => void): void {
    const { section, fromHi, fromLo, toHi, toLo } = range;
    const reader = (this.#reader ??= new BlockReader(this.header));
    const cells = this.#cells;
    for (let block = this.#blockOf(section, fromHi, fromLo); block < this.footer.blocks; block++) {
      if (this.#isBehind(block, section, toHi, toLo)) return;
      this.openBlock(block, reader);
      while (reader.next()) {
        const { hi, lo } = reader;
        if (hi < fromHi || (hi === fromHi && lo < fromLo)) continue;
        if (hi > toHi || (hi === toHi && lo > toLo)) return;
        reader.cells(cells);
        visit(cells);
      }
    }
  }

  sectionOf(block: number): number {
    return this.#index[block * 4 + 1]! >>> 16;
  }

  /** @throws {RunDamaged} */
  openBlock(block: number, reader: BlockReader): void {
    const at = block * 4;
    const offset = this.#index[at]!;
    const end = block + 1 < this.footer.blocks ? this.#index[at + 4]! : this.footer.indexOffset;
    const count = this.#index[at + 1]! & 0xffff;
    const bytes = this.#read(offset, end - offset);
    const content = bytes.subarray(SUM_BYTES);
    const isRight = bytes.length > SUM_BYTES && count <= BLOCK_KEYS_MAX && crc32(content) === bytes.readUInt32LE(0);
    if (!isRight) throw new RunDamaged(`the checksum of its block ${block} is wrong`);
    reader.open(this.sectionOf(block), count, this.#index[at + 2]!, this.#index[at + 3]!, content);
  }

  /** The last block of the section that begins at the key or before it, else the first that is not before it. */
  #blockOf(section: number, hi: number, lo: number): number {
    let from = 0;
    let to = this.footer.blocks;
    while (from < to) {
      const middle = (from + to) >>> 1;
      if (this.#isBehind(middle, section, hi, lo)) to = middle;
      else from = middle + 1;
    }
    return from > 0 && this.sectionOf(from - 1) === section ? from - 1 : from;
  }

  /** Whether a block begins behind a key. */
  #isBehind(block: number, section: number, hi: number, lo: number): boolean {
    const own = this.sectionOf(block);
    if (own !== section) return own > section;
    const at = block * 4;
    const firstHi = this.#index[at + 2]!;
    return firstHi > hi || (firstHi === hi && this.#index[at + 3]! > lo);
  }

  #read(offset: number, bytes: number): Buffer {
    const buffer = Buffer.allocUnsafe(Math.max(0, bytes));
    let filled = 0;
    while (filled < buffer.length) {
      const read = readSync(this.#descriptor, buffer, filled, buffer.length - filled, offset + filled);
      if (read === 0) break;
      filled += read;
    }
    return buffer.subarray(0, filled);
  }
}

function wordsOf(bytes: Buffer): Uint32Array {
  const words = new Uint32Array(bytes.length / 4);
  for (let at = 0; at < words.length; at++) words[at] = bytes.readUInt32LE(at * 4);
  return words;
}

/** Walks through all keys of a run in order. */
export class RunCursor {
  readonly cells = new CellList();
  section = 0;
  hi = 0;
  lo = 0;
  readonly #run: RunFile;
  readonly #reader: BlockReader;
  #block = 0;

  constructor(run: RunFile) {
    this.#run = run;
    this.#reader = new BlockReader(run.header);
  }

  /** Steps to the next key and reads its cells; false at the end. @throws {RunDamaged} */
  next(): boolean {
    while (!this.#reader.next()) {
      if (this.#block === this.#run.footer.blocks) return false;
      this.section = this.#run.sectionOf(this.#block);
      this.#run.openBlock(this.#block++, this.#reader);
    }
    this.hi = this.#reader.hi;
    this.lo = this.#reader.lo;
    this.#reader.cells(this.cells);
    return true;
  }
}
