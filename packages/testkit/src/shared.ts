import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';

const repositoryDir = resolve(import.meta.dirname, '../../..');

/** Folder of the foreign test data beside the repository; override with COMITY_SHARED. */
export const sharedDir = process.env['COMITY_SHARED'] ?? resolve(repositoryDir, '../shared');

/** Path below the foreign test data, or undefined when it is not on this machine. */
export function findShared(...path: string[]): string | undefined {
  const full = join(sharedDir, ...path);
  return existsSync(full) ? full : undefined;
}

/**
 * The `skip` option of a test that reads foreign data: false when it is there, else a sentence that says what is missing.
 *
 * @example test('reads the golden feed', { skip: skipWithout('vectors/misp') }, () => …)
 */
export function skipWithout(...path: string[]): string | false {
  return findShared(...path) === undefined
    ? `SKIPPED: foreign test data ${path.join('/')} is not on this machine`
    : false;
}
