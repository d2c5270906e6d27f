import { lstatSync, readdirSync, realpathSync, statfsSync, statSync } from 'node:fs';
import type { BigIntStats } from 'node:fs';
import { ComityError, quote } from '@comity/protocol/base';
import { unreadable } from '../input/index.ts';
import { factsOf } from './file-facts.ts';
import type { FileFacts } from './file-facts.ts';
import { faultOf } from './outcome.ts';
import type { Fault } from './outcome.ts';

/** What a walk comes by. */
export type WalkStep =
  /** `names`: how many hard links the file has. */
  | { readonly kind: 'file'; readonly path: Buffer; readonly facts: FileFacts; readonly names: number }
  | { readonly kind: 'fault'; readonly path: Buffer; readonly fault: Fault }
  /** Left out on purpose: a symbolic link; a pipe, device or socket; a folder that only shows what the kernel knows. */
  | { readonly kind: 'skipped'; readonly what: 'link' | 'special' | 'kernel' };

/** statfs(2) magic numbers of file systems whose files are made up while they are read, some without end. */
const kernelFileSystems: ReadonlySet<number> = new Set([
  0x9fa0, 0x62656572, 0x64626720, 0x74726163, 0x73636673, 0x27e0eb, 0x63677270, 0xcafe4a11, 0x62656570, 0x1cd1,
  0x6165676c, 0xde5e81e4, 0x65735543, 0xf97cff8c, 0x42494e4d, 0x6e736673, 0x67596969, 0x19800202,
]);
const separator = Buffer.from('/');

/**
 * The regular files at and below paths, found without opening one. Blocks its thread while it asks the disk.
 *
 * A symbolic link is followed where a path itself is one (its file is reported under the path it leads to), not below
 * it; so no folder is walked twice. What is named and is neither file nor folder is a fault; below a folder it is left out.
 * Files in order of the bytes of their names, each folder's before those in the folders below it.
 *
 * @param paths - as bytes, so that names that are no UTF-8 are found again.
 */
export function* walkFiles(paths: readonly Uint8Array[]): Generator<WalkStep, void, undefined> {
  for (const bytes of paths) {
    const path = Buffer.from(bytes);
    try {
      const stats = statSync(path, { bigint: true });
      if (isOfKernel(path)) yield { kind: 'skipped', what: 'kernel' };
      else if (stats.isDirectory()) yield* walkFolders(path, stats.dev);
      else if (stats.isFile()) yield fileStep(withoutLink(path), stats);
      else throw new ComityError('FILE_UNREADABLE', `Cannot read ${quote(path.toString())}: it is no regular file`);
    } catch (cause) {
      yield faultAt(path, cause);
    }
  }
}

/** The path a link leads to: files are opened by no link. Only the native call takes bytes that are no UTF-8. */
function withoutLink(path: Buffer): Buffer {
  return lstatSync(path).isSymbolicLink() ? realpathSync.native(path, { encoding: 'buffer' }) : path;
}

interface Folder {
  readonly path: Buffer;
  readonly dev: bigint;
}

function* walkFolders(root: Buffer, dev: bigint): Generator<WalkStep, void, undefined> {
  const waiting: Folder[] = [{ path: root, dev }];
  for (let folder = waiting.pop(); folder !== undefined; folder = waiting.pop()) {
    const below: Folder[] = [];
    for (const step of entriesOf(folder)) {
      if (step.kind === 'folder') below.push(step);
      else yield step;
    }
    // The stack gives back the last first.
    waiting.push(...below.reverse());
  }
}

function* entriesOf(folder: Folder): Generator<WalkStep | (Folder & { readonly kind: 'folder' }), void, undefined> {
  let names: Buffer[];
  try {
    names = readdirSync(folder.path, { encoding: 'buffer' });
  } catch (cause) {
    yield faultAt(folder.path, cause);
    return;
  }
  const prefix = folder.path.at(-1) === separator[0] ? folder.path : Buffer.concat([folder.path, separator]);
  for (const name of names.sort((left, right) => left.compare(right))) {
    const path = Buffer.concat([prefix, name]);
    let stats: BigIntStats | undefined;
    try {
      stats = lstatSync(path, { bigint: true, throwIfNoEntry: false });
    } catch (cause) {
      yield faultAt(path, cause);
      continue;
    }
    // Gone since its folder was read.
    if (stats === undefined) continue;
    if (stats.isFile()) yield fileStep(path, stats);
    else if (stats.isSymbolicLink()) yield { kind: 'skipped', what: 'link' };
    else if (!stats.isDirectory()) yield { kind: 'skipped', what: 'special' };
    else if (stats.dev !== folder.dev && isOfKernel(path)) yield { kind: 'skipped', what: 'kernel' };
    else yield { kind: 'folder', path, dev: stats.dev };
  }
}

function isOfKernel(path: Buffer): boolean {
  if (process.platform !== 'linux') return false;
  try {
    return kernelFileSystems.has(statfsSync(path).type);
  } catch {
    // Reading it says what is wrong.
    return false;
  }
}

function fileStep(path: Buffer, stats: BigIntStats): WalkStep {
  return { kind: 'file', path, facts: factsOf(stats), names: Number(stats.nlink) };
}

function faultAt(path: Buffer, cause: unknown): WalkStep {
  return { kind: 'fault', path, fault: faultOf(unreadable(path.toString(), cause)) };
}
