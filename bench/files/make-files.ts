import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createRandom } from '../../packages/testkit/src/index.ts';

/** A folder of files, and what is in it. */
export interface FileSet {
  readonly dir: string;
  readonly files: number;
  readonly bytes: number;
}

const blockBytes = 1024 * 1024;

/** Bytes no archive begins with, another each time: hashing costs the same whatever they are. */
function* blocks(seed: number): Generator<Buffer, never, undefined> {
  const random = createRandom(seed);
  const words = new Uint32Array(blockBytes / 4);
  for (;;) {
    for (let index = 0; index < words.length; index++) words[index] = random.below(2 ** 32);
    words[0] = 0;
    yield Buffer.from(words.slice().buffer);
  }
}

export function makeLargeFiles(dir: string, { count, mib }: { readonly count: number; readonly mib: number }): FileSet {
  mkdirSync(dir);
  const source = blocks(1);
  // Four blocks over and over: making them costs more than reading them.
  const four = Array.from({ length: 4 }, () => source.next().value);
  for (let file = 0; file < count; file++) {
    writeFileSync(
      join(dir, `${file}.bin`),
      Buffer.concat(Array.from({ length: mib }, (_, index) => four[(index + file) % 4]!)),
    );
  }
  return { dir, files: count, bytes: count * mib * blockBytes };
}

/** Files of 1 to 16 KB in folders of a hundred, all different. */
export function makeSmallFiles(dir: string, count: number): FileSet {
  mkdirSync(dir);
  const random = createRandom(2);
  const block = blocks(3).next().value;
  let bytes = 0;
  for (let file = 0; file < count; file++) {
    const folder = join(dir, String(Math.floor(file / 100)));
    if (file % 100 === 0) mkdirSync(folder);
    const length = 1000 + random.below(15_000);
    const content = Buffer.from(block.subarray(file * 64, file * 64 + length));
    content.writeUInt32LE(0);
    bytes += content.length;
    writeFileSync(join(folder, `${file}.bin`), content);
  }
  return { dir, files: count, bytes };
}
