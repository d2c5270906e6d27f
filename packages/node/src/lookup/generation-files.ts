import { readdirSync, rmSync, statSync } from 'node:fs';
import { mkdir, open, readFile, rename } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { assert, ComityError, hexOf } from '@comity/protocol/base';
import { bucketOf } from '@comity/protocol/lookup';

const offsetBytes = 4;

/** A set and its records as they are served: written once, named by their generation, the same for all who may have them. */
export interface GenerationFiles {
  has(generation: Uint8Array): boolean;
  /**
   * @param set - as it is served.
   * @param cells - ascending; of `cellBytes` each.
   * @throws {ComityError} `DATA_UNWRITABLE`.
   */
  write(
    generation: Uint8Array,
    set: Uint8Array,
    cells: readonly Uint8Array[],
    form: { readonly bucketBits: number },
  ): Promise<void>;
  readSet(generation: Uint8Array): Promise<Uint8Array>;
  /**
   * Records of some buckets, ascending; undefined: all.
   *
   * @param buckets - ascending; those there are not give nothing.
   * @throws {ComityError} `INPUT_TOO_LARGE` when they are more than `bytesMax`.
   */
  readCells(generation: Uint8Array, buckets: readonly number[] | undefined, bytesMax: number): Promise<Uint8Array>;
  /** Removes all but these. */
  keepOnly(generations: readonly Uint8Array[]): void;
}

/** Opens the folder of a data folder; it is made when something is written. */
export function openGenerationFiles(dataDir: string): GenerationFiles {
  const dir = join(dataDir, 'comity.lookup');
  const setFile = (generation: Uint8Array): string => join(dir, `${hexOf(generation)}.set`);
  const recordFile = (generation: Uint8Array): string => join(dir, `${hexOf(generation)}.records`);
  const names = (): readonly string[] =>
    statSync(dir, { throwIfNoEntry: false }) === undefined ? [] : readdirSync(dir);

  /** Whole under its name or not there: what a crash leaves is removed by {@link GenerationFiles.keepOnly}. */
  const writeWhole = async (file: string, parts: readonly Uint8Array[]): Promise<void> => {
    const partial = `${file}.partial`;
    const handle = await open(partial, 'w', 0o600);
    try {
      for (const part of parts) await handle.writeFile(part);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(partial, file);
  };

  return {
    has: (generation) =>
      [setFile, recordFile].every((fileOf) => statSync(fileOf(generation), { throwIfNoEntry: false }) !== undefined),
    async write(generation, set, cells, { bucketBits }) {
      const offsets = Buffer.alloc((2 ** bucketBits + 1) * offsetBytes);
      let index = 0;
      for (let bucket = 0; bucket <= 2 ** bucketBits; bucket += 1) {
        while (index < cells.length && bucketOf(cells[index]!, bucketBits) < bucket) index += 1;
        offsets.writeUInt32BE(index, bucket * offsetBytes);
      }
      const head = Buffer.alloc(2 * offsetBytes);
      head.writeUInt32BE(bucketBits, 0);
      head.writeUInt32BE(cells[0]?.length ?? 0, offsetBytes);
      try {
        await mkdir(dir, { recursive: true, mode: 0o700 });
        await writeWhole(recordFile(generation), [head, offsets, Buffer.concat(cells)]);
        await writeWhole(setFile(generation), [set]);
      } catch (cause) {
        throw new ComityError('DATA_UNWRITABLE', `Cannot write the set of look-ups in ${dir}: ${String(cause)}`, {
          cause,
        });
      }
    },
    readSet: (generation) => readFile(setFile(generation)),
    async readCells(generation, buckets, bytesMax) {
      const handle = await open(recordFile(generation), 'r');
      try {
        const head = await readAt(handle, 0, 2 * offsetBytes);
        const count = 2 ** head.readUInt32BE(0);
        const cellBytes = head.readUInt32BE(offsetBytes);
        const offsets = await readAt(handle, head.length, (count + 1) * offsetBytes);
        const start = head.length + offsets.length;
        const offsetOf = (bucket: number): number => offsets.readUInt32BE(bucket * offsetBytes);
        const there = buckets?.filter((bucket) => bucket < count);
        const ranges = there?.map((bucket) => [offsetOf(bucket), offsetOf(bucket + 1)] as const) ?? [
          [0, offsetOf(count)],
        ];
        const bytes = ranges.reduce((sum, [from, to]) => sum + (to - from) * cellBytes, 0);
        if (bytes > bytesMax)
          throw new ComityError(
            'INPUT_TOO_LARGE',
            `Cannot give so many records at once: ${bytes} bytes, at most ${bytesMax}. Ask for fewer buckets`,
          );
        const pieces: Uint8Array[] = [];
        for (const [from, to] of ranges)
          pieces.push(await readAt(handle, start + from * cellBytes, (to - from) * cellBytes));
        return Buffer.concat(pieces);
      } finally {
        await handle.close();
      }
    },
    keepOnly(generations) {
      const kept = new Set(generations.flatMap((each) => [setFile(each), recordFile(each)]));
      for (const name of names()) if (!kept.has(join(dir, name))) rmSync(join(dir, name), { force: true });
    },
  };
}

async function readAt(handle: FileHandle, position: number, length: number): Promise<Buffer> {
  const { buffer, bytesRead } = await handle.read({ buffer: Buffer.alloc(length), position });
  assert(bytesRead === length, 'a file of records is whole');
  return buffer;
}
