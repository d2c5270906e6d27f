import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { readBundle, validateBundle } from '@comity/protocol/stix';
import { generateObjectTexts } from '../ingest/generate.ts';
import { measurePeers } from './peers.ts';
import type { PeerFigures, Peers, Unavailable } from './peers.ts';

/** What `npm run bench -- stix --json` prints. CPU is user and system of the process; making the texts is not counted. */
interface StixFigures {
  readonly objects: number;
  readonly bytes_per_object: number;
  /** From the text of a bundle to findings: cutting, JSON, duplicated keys, every rule. */
  readonly validate_objects_per_cpu_s: number;
  /** From the text of a bundle to objects, without judging them. */
  readonly read_objects_per_cpu_s: number;
  readonly findings: number;
  readonly peers: Peers;
  /** How many times as fast as a peer, by its name. */
  readonly times_as_fast: Readonly<Record<string, number>>;
}

/** Objects in one bundle, as exchanges hand them over. */
const bundleObjects = 1000;

function measureStix(count: number, seed: number, withPeers: boolean): StixFigures {
  const texts = [...generateObjectTexts(count, seed)];
  const bundles = Array.from({ length: Math.ceil(count / bundleObjects) }, (_, index) =>
    bundleOf(texts.slice(index * bundleObjects, (index + 1) * bundleObjects), index),
  );
  // Once over everything to warm up, then the measured run.
  let findings = 0;
  for (const bundle of bundles) findings += validateBundle(bundle).length;
  const validateS = cpuSeconds(() => {
    for (const bundle of bundles) validateBundle(bundle);
  });
  const readS = cpuSeconds(() => {
    for (const bundle of bundles) for (const _ of readBundle(bundle)) continue;
  });
  const peers = withPeers ? peersOf(bundles[0] ?? '') : { unavailable: 'not asked for' };
  const ours = count / validateS;
  return {
    objects: count,
    bytes_per_object: Math.round(texts.reduce((sum, text) => sum + text.length, 0) / count),
    validate_objects_per_cpu_s: Math.round(ours),
    read_objects_per_cpu_s: Math.round(count / readS),
    findings,
    peers,
    times_as_fast: isUnavailable(peers) ? {} : timesAsFast(ours, peers),
  };
}

function isUnavailable(peers: Peers): peers is Unavailable {
  return 'unavailable' in peers;
}

function timesAsFast(ours: number, peers: Readonly<Record<string, PeerFigures>>): Record<string, number> {
  return Object.fromEntries(
    Object.entries(peers).map(([name, { objects_per_cpu_s: theirs }]) => [name, Math.round(ours / theirs)]),
  );
}

function bundleOf(texts: readonly string[], index: number): string {
  const id = `bundle--00000000-0000-4000-8000-${String(index).padStart(12, '0')}`;
  return `{"type":"bundle","id":"${id}","objects":[${texts.join(',')}]}`;
}

function peersOf(bundle: string): Peers {
  const dir = mkdtempSync(join(tmpdir(), 'comity-bench-bundle-'));
  try {
    const file = join(dir, 'bundle.json');
    writeFileSync(file, bundle);
    return measurePeers(file, { parse: bundleObjects, validate: 100 });
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

function cpuSeconds(run: () => void): number {
  const started = process.cpuUsage();
  run();
  const { user, system } = process.cpuUsage(started);
  return (user + system) / 1e6;
}

const { values } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    quick: { type: 'boolean', default: false },
    count: { type: 'string' },
    seed: { type: 'string', default: '1' },
    'no-peers': { type: 'boolean', default: false },
  },
});
const count = Number(values.count ?? (values.quick ? 10_000 : 100_000));
const figures = measureStix(count, Number(values.seed), !values['no-peers']);
if (values.json) process.stdout.write(`${JSON.stringify(figures, null, 2)}\n`);
else {
  const { validate_objects_per_cpu_s: ours, bytes_per_object: bytes, peers, times_as_fast: times } = figures;
  process.stdout.write(`${ours} objects of ${bytes} bytes parsed and validated a CPU second\n`);
  if (isUnavailable(peers)) process.stdout.write(`peers: ${peers.unavailable}\n`);
  for (const [name, factor] of Object.entries(times)) process.stdout.write(`${factor} times as fast as ${name}\n`);
}
