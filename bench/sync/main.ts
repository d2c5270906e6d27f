import { mkdtempSync, rmSync } from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { measureFirstSync } from './first-sync.ts';
import { measureLatency, measureRecall } from './live.ts';

/**
 * `npm run bench -- sync [--json] [--quick] [--objects 180000] [--publishes 100] [--receivers 9] [--only latency|first|recall] [--profile DIR]`:
 * members on loopback, each a process as `comity start` makes it: how long until what one publishes is found by another's screen, until
 * a first sync is through, until a recall is confirmed by all.
 */
const { values: options } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    quick: { type: 'boolean', default: false },
    objects: { type: 'string' },
    publishes: { type: 'string' },
    receivers: { type: 'string' },
    only: { type: 'string' },
    /** Where the nodes of the first sync write their CPU profiles. */
    profile: { type: 'string' },
  },
});
const SEED = 7;
const { quick, only, profile } = options;
const objects = Number(options.objects ?? (quick ? 5000 : 180_000));
const publishes = Number(options.publishes ?? (quick ? 20 : 100));
const receivers = Number(options.receivers ?? (quick ? 3 : 9));

const dir = mkdtempSync(join(tmpdir(), 'comity-bench-sync-'));
const parts: Readonly<Record<string, () => Promise<object>>> = {
  latency: () => measureLatency(join(dir, 'latency'), publishes),
  first: () =>
    measureFirstSync(join(dir, 'first'), {
      objects,
      seed: SEED,
      ...(profile !== undefined && { profileDir: profile }),
    }),
  recall: () => measureRecall(join(dir, 'recall'), receivers),
};
try {
  const report: Record<string, unknown> = {};
  for (const [name, measure] of Object.entries(parts)) {
    if (only === undefined || only === name) report[name] = await measure();
  }
  report['machine'] = `${cpus()[0]?.model ?? 'unknown'}, Node ${process.version}, load ${loadavg()[0]?.toFixed(0)}`;
  process.stdout.write(options.json ? `${JSON.stringify(report)}\n` : `${JSON.stringify(report, undefined, 2)}\n`);
} finally {
  rmSync(dir, { recursive: true, force: true });
}
