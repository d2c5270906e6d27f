import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runProgram } from '../run-program.ts';
import { repositoryDir } from '../source-files.ts';
import type { Manifest } from './build-face.ts';

/**
 * Installs a tarball into an empty folder as a stranger would, without a network: what it says it depends on is laid out
 * from this checkout first and npm, offline, judges whether that satisfies it. A dependency that is used and not declared
 * is not there.
 *
 * @throws {Error} with npm's words.
 */
export function installFace(tarball: string, manifest: Manifest, dir: string): void {
  writeFileSync(join(dir, 'package.json'), '{ "name": "empty", "private": true, "type": "module" }\n');
  for (const name of dependenciesOf(manifest)) {
    const target = join(dir, 'node_modules', name);
    mkdirSync(target, { recursive: true });
    cpSync(join(repositoryDir, 'node_modules', name), target, { recursive: true });
  }
  const npm = ['install', '--offline', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error', tarball];
  const done = runProgram('npm', npm, dir);
  if (!done.ok) throw new Error(`Cannot install ${tarball}:\n${done.output}`);
}

/** What a package depends on, however far down. */
function dependenciesOf(manifest: Manifest): string[] {
  const found = new Set<string>();
  const visit = (names: readonly string[]): void => {
    for (const name of names) {
      if (found.has(name)) continue;
      found.add(name);
      const file = join(repositoryDir, 'node_modules', name, 'package.json');
      visit(Object.keys((JSON.parse(readFileSync(file, 'utf8')) as Manifest).dependencies ?? {}));
    }
  };
  visit(Object.keys(manifest.dependencies ?? {}));
  return [...found];
}
