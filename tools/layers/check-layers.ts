import { posix } from 'node:path';
import type { SourceFile } from '../source-files.ts';
import { isomorphicRooms, rooms } from './rooms.ts';
import type { Room } from './rooms.ts';

const importForm =
  /(?:^|\n)\s*(?:import|export)\s+(type\s+)?[^'";]*?\bfrom\s+['"]([^'"]+)['"]|\bimport\(\s*['"]([^'"]+)['"]\s*\)|(?:^|\n)\s*import\s+['"]([^'"]+)['"]/g;

interface Import {
  readonly specifier: string;
  readonly typeOnly: boolean;
}

/** The modules a file's text imports, in any form. */
export function importsOf(text: string): Import[] {
  return [...text.matchAll(importForm)].map((found) => ({
    specifier: found[2] ?? found[3] ?? found[4] ?? '',
    typeOnly: found[1] !== undefined,
  }));
}

/** Path in the repository an import leads to, or undefined when it is a foreign package. */
function targetOf(from: string, specifier: string): string | undefined {
  if (specifier.startsWith('.')) return posix.normalize(posix.join(posix.dirname(from), specifier));
  const own = /^@comity\/([a-z]+)(?:\/(.+))?$/.exec(specifier);
  if (own === null) return undefined;
  const [, name = '', subject] = own;
  return subject === undefined ? `packages/${name}/src` : `packages/${name}/src/${subject}/index.ts`;
}

const isWithin = (path: string, room: string): boolean =>
  path === room || path.startsWith(room.endsWith('/') ? room : `${room}/`);

function roomOf(path: string): Room | undefined {
  return rooms.filter((room) => isWithin(path, room.path)).sort((a, b) => b.path.length - a.path.length)[0];
}

/** Tests, and what only they share. */
function isOfTests(path: string): boolean {
  return /\.test\.tsx?$|-for-tests\.tsx?$/.test(path);
}

/**
 * Faults of a set of files against the table of rooms, each as `file: what is wrong`.
 *
 * Checked: imports go only to listed rooms; nothing but tests imports what is for tests; another subject is entered by its `index.ts`; isomorphic rooms import no
 * `node:` module; every file is in a room.
 */
export function layerFaults(files: readonly SourceFile[]): string[] {
  return files.flatMap((file) => {
    const room = roomOf(file.path);
    if (room === undefined) return [`${file.path}: is in no room of tools/layers/rooms.ts`];
    const isTest = isOfTests(file.path);
    return importsOf(file.text).flatMap((found) => {
      const target = targetOf(file.path, found.specifier);
      if (target === undefined) {
        const barred = found.specifier.startsWith('node:') && isomorphicRooms.some((path) => isWithin(file.path, path));
        return barred && !isTest
          ? [`${file.path}: imports ${found.specifier}, but this room has no operating system`]
          : [];
      }
      const targetRoom = roomOf(target);
      if (targetRoom === undefined) return [`${file.path}: imports ${found.specifier}, which is in no room`];
      if (isTest) return [];
      if (isOfTests(target) && !/^(tools|bench)/.test(file.path)) {
        return [`${file.path}: imports ${found.specifier}, which is for tests`];
      }
      if (targetRoom === room) return [];
      const allowed =
        room.imports.some((path) => isWithin(target, path)) ||
        (found.typeOnly && (room.types ?? []).some((path) => isWithin(target, path)));
      if (!allowed) return [`${file.path}: may not import ${found.specifier} (${room.path} → ${targetRoom.path})`];
      const entered =
        !found.specifier.startsWith('.') ||
        /(?:\/index|compose|compose-federation|compose-ledgers|compose-lookup|access-file|frugal-heap|main|version)\.ts$/.test(
          target,
        ) ||
        /^(tools|bench)/.test(file.path);
      return entered ? [] : [`${file.path}: enters ${targetRoom.path} past its index.ts (${found.specifier})`];
    });
  });
}
