import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { cacheDir } from '../cache-dir.ts';
import { repositoryDir } from '../source-files.ts';
import { buildFace, packFace } from './build-face.ts';
import { checkFace } from './check-face.ts';
import { examplesOf } from './examples.ts';
import { findRuntimes } from './runtimes.ts';

// `npm run pack:protocol`: the tarball of packages/protocol as it is published. `npm run test:face`: the same tarball, installed and used.
const { values } = parseArgs({ options: { pack: { type: 'string' } } });
const print = (line: string): boolean => process.stdout.write(`${line}\n`);
const builtDir = cacheDir('protocol');
const manifest = buildFace(builtDir);

if (values.pack !== undefined) {
  const packed = packFace(builtDir, resolve(values.pack));
  print(`${packed.filename}: ${packed.files.length} files, ${packed.size} bytes, ${packed.integrity}`);
} else {
  const dir = mkdtempSync(join(tmpdir(), 'comity-face-'));
  try {
    const examples = examplesOf(readFileSync(join(repositoryDir, 'packages/protocol/README.md'), 'utf8'));
    const result = await checkFace({ builtDir, manifest, dir, examples, runtimes: await findRuntimes() }, print);
    process.exitCode = result.failed === 0 ? 0 : 1;
  } finally {
    rmSync(dir, { recursive: true });
  }
}
