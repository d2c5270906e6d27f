import { copyFileSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runProgram } from '../run-program.ts';
import { repositoryDir } from '../source-files.ts';

/** The parts of a package file that are read here; the rest is passed on. */
export interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly [key: string]: unknown;
}

const sourceDir = join(repositoryDir, 'packages/protocol');

/**
 * The package file that is published: that of the workspace, with the built modules in place of the sources.
 *
 * Node strips no types below `node_modules`, so sources cannot be published, and npm knows no other `exports` for that
 * occasion. The engine is what the dependencies ask for; the repository itself asks for more.
 */
export function publishedManifest(source: Manifest, subjects: readonly string[]): Manifest {
  const { private: _, exports: __, ...kept } = source;
  const faces = subjects.map((subject) => [
    `./${subject}`,
    { types: `./dist/${subject}/index.d.ts`, default: `./dist/${subject}/index.js` },
  ]);
  return {
    ...kept,
    engines: { node: '>=22' },
    files: ['dist'],
    exports: { ...Object.fromEntries(faces), './package.json': './package.json' },
  };
}

/** Subjects of the package: the folders with a face. */
export function subjectsOf(): string[] {
  const folders = readdirSync(join(sourceDir, 'src'), { withFileTypes: true });
  return folders.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
}

/**
 * Builds the published package into an empty folder: modules, declarations, package file, README, licence.
 *
 * @throws {Error} with the compiler's words when a source does not compile without Node's types.
 */
export function buildFace(dir: string): Manifest {
  rmSync(dir, { recursive: true, force: true });
  mkdirSync(dir, { recursive: true });
  const compiled = runProgram('tsc', ['-p', 'tsconfig.publish.json', '--outDir', join(dir, 'dist')], sourceDir);
  if (!compiled.ok) throw new Error(`Cannot build the package:\n${compiled.output}`);
  for (const file of readdirSync(join(dir, 'dist'), { recursive: true, encoding: 'utf8' })) {
    if (file.endsWith('.d.ts')) rewriteSpecifiers(join(dir, 'dist', file));
  }
  const source = JSON.parse(readFileSync(join(sourceDir, 'package.json'), 'utf8')) as Manifest;
  const manifest = publishedManifest(source, subjectsOf());
  writeFileSync(join(dir, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`);
  copyFileSync(join(sourceDir, 'README.md'), join(dir, 'README.md'));
  copyFileSync(join(repositoryDir, 'LICENSE'), join(dir, 'LICENSE'));
  return manifest;
}

/** The compiler rewrites `./x.ts` to `./x.js` in modules but not in declarations, where not every reader understands it. */
function rewriteSpecifiers(file: string): void {
  const text = readFileSync(file, 'utf8');
  writeFileSync(file, text.replaceAll(/((?:from |import\()['"]\.{1,2}\/[^'"\n]+)\.ts(?=['"])/g, '$1.js'));
}

/** One line of what `npm pack --json` says. */
export interface Packed {
  readonly filename: string;
  readonly size: number;
  readonly integrity: string;
  readonly files: readonly { readonly path: string }[];
}

/** Packs a built package into a tarball in `destination`; the same sources give the same bytes. */
export function packFace(builtDir: string, destination: string): Packed {
  const done = runProgram('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', destination], builtDir);
  if (!done.ok) throw new Error(`Cannot pack the package:\n${done.output}`);
  const [packed] = JSON.parse(done.stdout) as Packed[];
  if (packed === undefined) throw new Error(`Cannot pack the package: npm says nothing\n${done.output}`);
  return packed;
}
