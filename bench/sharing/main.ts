import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { markingIdOfTlp, paps, tlps } from '../../packages/protocol/src/markings/index.ts';
import { parseStixId } from '../../packages/protocol/src/base/index.ts';
import { recipientKinds, sharingActions } from '../../packages/protocol/src/sharing/index.ts';
import type { ObjectFacets, RecipientFacets } from '../../packages/protocol/src/sharing/index.ts';
import { noCharter } from '../../packages/node/src/sharing/decide/charter.ts';
import { decide } from '../../packages/node/src/sharing/decide/decide.ts';
import { facetsOf } from '../../packages/node/src/sharing/decide/facets-of.ts';
import { memoisedDecide } from '../../packages/node/src/sharing/decide/memoised.ts';
import { Guard } from '../../packages/node/src/sharing/guard/guard.ts';
import { parseLaw, readStarterLaw, starterLaws } from '../../packages/node/src/sharing/index.ts';
import { cpuSecondsOf, median, round } from '../screen/measure.ts';

/** `npm run bench -- sharing [--json] [--quick]`: decisions taken, decisions remembered, facets read, texts guarded. */
const { values: options } = parseArgs({
  options: { json: { type: 'boolean', default: false }, quick: { type: 'boolean', default: false } },
});
const runs = options.quick ? 1 : 5;
const coldCount = options.quick ? 1000 : 5000;
const warmCount = options.quick ? 200_000 : 2_000_000;
const textCount = options.quick ? 10_000 : 100_000;

const objects = Array.from({ length: 400 }, (_, index): ObjectFacets => {
  const pick = <T>(list: readonly T[], shift: number): T => list[(index >> shift) % list.length] as T;
  return {
    tlp: pick(tlps, 0),
    pap: pick([...paps, undefined], 2),
    iep: undefined,
    unreadMarking: false,
    caveat: index % 17 === 0,
    origin: 'received',
    type: pick(['indicator', 'report', 'malware', 'relationship'], 1),
    personalData: index % 5 === 0,
    groups: index % 11 === 0 ? ['isac'] : [],
    persons: [],
    lease: pick(['none', 'running'], 3),
    hopsLeft: undefined,
  };
});
const recipients = Array.from({ length: 40 }, (_, index): RecipientFacets => {
  const kind = recipientKinds[index % recipientKinds.length] ?? 'public';
  return {
    key: `${kind}:${index}`,
    kind,
    groups: index % 2 === 0 ? ['isac'] : [],
    sector: 'energy',
    country: 'AT',
    channel: { encrypted: true, hidesOrigin: false },
  };
});
const objectAt = (index: number): ObjectFacets => objects[(index * 7) % objects.length] as ObjectFacets;
const recipientAt = (index: number): RecipientFacets => recipients[index % recipients.length] as RecipientFacets;
const actionAt = (index: number) => sharingActions[index % sharingActions.length] ?? 'show';

const cold = Object.fromEntries(
  starterLaws.map((name) => {
    const rules = { charter: noCharter, law: parseLaw(readStarterLaw(name)) };
    decide(objectAt(0), recipientAt(0), actionAt(0), rules);
    return [name, rate(coldCount, (index) => void decide(objectAt(index), recipientAt(index), actionAt(index), rules))];
  }),
);
const kept = memoisedDecide({ charter: noCharter, law: parseLaw(readStarterLaw('cert-nis2')) });
const ask = (index: number): void => void kept(objectAt(index), recipientAt(index), actionAt(index));
for (let index = 0; index < 400 * 40 * 7; index += 1) ask(index);
const memoised = rate(warmCount, ask);

const id = parseStixId('indicator--00000000-0000-4000-8000-000000000001');
const text = JSON.stringify({
  type: 'indicator',
  spec_version: '2.1',
  id,
  created: '2026-01-01T00:00:00.000Z',
  modified: '2026-01-01T00:00:00.000Z',
  name: 'A domain of a phishing kit',
  description: 'x'.repeat(300),
  pattern: "[domain-name:value = 'evil.example']",
  pattern_type: 'stix',
  valid_from: '2026-01-01T00:00:00Z',
  object_marking_refs: [markingIdOfTlp('green')],
});
const stored = {
  id,
  type: 'indicator',
  modifiedUs: 1,
  text,
  tlp: 'green',
  leaseUntilUs: undefined,
  recalled: false,
  own: false,
} as const;
const deps = { findMarking: () => undefined, find: () => undefined, isRead: () => false, hopsLeftOf: () => undefined };
const guard = new Guard('member', 'forward', () => false);

const report = {
  cold_decisions_per_cpu_second: cold,
  memoised_decisions_per_cpu_second: memoised,
  facets_read_per_cpu_second: rate(textCount, () => void facetsOf(stored, 1, deps)),
  texts_guarded_per_cpu_second: rate(textCount, () => void guard.stix(text)),
  machine: `${cpus()[0]?.model ?? 'unknown'}, Node ${process.version}`,
  runs,
};
process.stdout.write(options.json ? `${JSON.stringify(report)}\n` : `${JSON.stringify(report, undefined, 2)}\n`);

/** Median, least and most of several runs. */
function rate(count: number, run: (index: number) => void): { median: number; least: number; most: number } {
  const rates = Array.from({ length: runs }, () => {
    const seconds = cpuSecondsOf(() => {
      for (let index = 0; index < count; index += 1) run(index);
    });
    return count / seconds;
  });
  return { median: round(median(rates)), least: round(Math.min(...rates)), most: round(Math.max(...rates)) };
}
