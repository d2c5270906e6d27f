import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { enableCompileCache } from 'node:module';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import type { DigestKind } from '../../packages/screen/src/index.ts';
import { round } from '../screen/measure.ts';
import { makeLargeFiles, makeSmallFiles } from './make-files.ts';
import type { FileSet } from './make-files.ts';
import { measureCommand, measureEngine, measurePeer } from './measure-files.ts';
import type { EngineFigures } from './measure-files.ts';

// As the program does: its threads compile nothing after the first run.
enableCompileCache();

const { values: options } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    /** 64 MiB, 2,000 small files, one run. */
    quick: { type: 'boolean', default: false },
    runs: { type: 'string' },
  },
});
const runs = Number(options.runs ?? (options.quick ? 1 : 5));
/** The kinds most lists have; one read for all three. */
const three = ['md5', 'sha1', 'sha256'] as const satisfies readonly DigestKind[];
/** Longer than a file system's clock may stand still, so that what was just written may be kept. */
const settleMs = 100;

const dir = mkdtempSync(join(tmpdir(), 'comity-bench-files-'));
try {
  const large = makeLargeFiles(join(dir, 'large'), { count: 4, mib: options.quick ? 16 : 128 });
  const small = makeSmallFiles(join(dir, 'small'), options.quick ? 2_000 : 10_000);
  await setTimeout(settleMs);
  const report = {
    large: await compare(large),
    small: { ...(await compare(small)), command: commandOn(small) },
    machine: `${cpus()[0]?.model ?? 'unknown'}, ${cpus().length} cores, Node ${process.version}`,
    runs,
  };
  process.stdout.write(options.json ? `${JSON.stringify(report)}\n` : `${JSON.stringify(report, undefined, 2)}\n`);
} finally {
  rmSync(dir, { recursive: true, force: true });
}

/** Ours for each kind and for three at once, beside the programs for each; `ratio` is how many times their rate we have. */
async function compare(set: FileSet): Promise<Record<string, unknown>> {
  const ours: Record<string, EngineFigures> = {};
  const peers: Record<string, EngineFigures> = {};
  const ratio: Record<string, number> = {};
  let peersSecondsPerMb = 0;
  for (const kind of three) {
    const own = (ours[kind] = await measureEngine(set, [kind], runs));
    const peer = measurePeer(set, `${kind}sum`, runs);
    if (peer === undefined) continue;
    peers[`${kind}sum`] = peer;
    ratio[`${kind}sum`] = round(own.mb_per_cpu_s / peer.mb_per_cpu_s);
    peersSecondsPerMb += 1 / peer.mb_per_cpu_s;
  }
  const all = (ours[three.join('+')] = await measureEngine(set, three, runs));
  if (Object.keys(peers).length === three.length)
    ratio['the three, one after another'] = round(all.mb_per_cpu_s * peersSecondsPerMb);
  return { files: set.files, mb: round(set.bytes / 1e6), mb_per_cpu_s: all.mb_per_cpu_s, ours, peers, ratio };
}

/** The whole command: without a cache, filling one, and with everything in it. */
function commandOn(set: FileSet): Record<string, unknown> {
  const listFile = join(dir, 'list.txt');
  writeFileSync(listFile, [32, 40, 64].map((digits) => `${'ab'.repeat(digits / 2)}\n`).join(''));
  const cache = ['--cache', join(dir, 'cache')];
  const without = measureCommand(set, listFile, ['--no-cache'], runs);
  const filling = measureCommand(set, listFile, cache, 1);
  return { without_cache: without, first_run: filling, nothing_changed: measureCommand(set, listFile, cache, runs) };
}
