import { parseStixId } from '@comity/protocol/base';
import type { StixId } from '@comity/protocol/base';
import {
  markingIdOfPap,
  markingIdOfTlp,
  papMarkingObjects,
  paps,
  tlpMarkingObjects,
  tlps,
} from '@comity/protocol/markings';
import { patternOfValue } from '@comity/protocol/pattern';
import {
  makeIdentity,
  makeIndicator,
  makeObservable,
  makeRelationship,
  makeSighting,
  parseStixObject,
  readBundle,
} from '@comity/protocol/stix';
import type { CommonOptions, StixObject } from '@comity/protocol/stix';
import { recogniseValue } from '@comity/protocol/values';
import type { ListedValue } from '@comity/protocol/values';
import { makeSample } from '../../packages/node/src/sample/index.ts';
import { inventIndicators } from '../../packages/testkit/src/corpus/index.ts';
import { createRandom } from '../../packages/testkit/src/index.ts';
import type { Random } from '../../packages/testkit/src/index.ts';

/** 2026-01-05T12:00:00Z: runs are the same on any day. */
const nowMs = 1_767_614_400_000;
const nowUs = nowMs * 1000;

/** Values as lists have them: invented ones of every screened kind, ports, and the lines of the sample's list. */
export function listedValues(count: number): ListedValue[] {
  const random = createRandom(7);
  const invented = [...inventIndicators(count, 7, ['www.example.com'])].map((value) =>
    (value.kind === 'ipv4' || value.kind === 'domain') && /^[^/*]+$/.test(value.value) && random.below(8) === 0
      ? { ...value, port: 1 + random.below(65_535) }
      : value,
  );
  const lines = makeSample(nowMs).list.split('\n');
  return [...invented, ...lines.flatMap((line) => recogniseValue(line.split('#')[0]?.trim() ?? '') ?? [])];
}

/** Everything in the sample's bundle, and the marking-definitions our objects refer to. */
export function sampleObjects(): StixObject[] {
  const definitions = [...tlpMarkingObjects, ...papMarkingObjects].map(({ text }) => parseStixObject(text));
  return [...[...readBundle(makeSample(nowMs).bundle)].flatMap(({ object }) => object ?? []), ...definitions];
}

/** Observables of list values, each once. */
export function madeObservables(count: number): StixObject[] {
  const made = listedValues(count).flatMap((value) => makeObservable(value) ?? []);
  return [...new Map(made.map((object) => [object.id, object])).values()];
}

/** An indicator for each list value, as a list is turned into objects. */
export function listIndicators(count: number): StixObject[] {
  const random = createRandom(11);
  return listedValues(count).map((value) =>
    makeIndicator({
      ...drawCommon('indicator', random),
      pattern: patternOfValue(value),
      validFromUs: nowUs,
      name: value.value.slice(0, 200),
      description: 'On a list.',
      indicatorTypes: ['malicious-activity'],
    }),
  );
}

/** Objects from each of our builders with options drawn at random. */
export function madeObjects(count: number): StixObject[] {
  const random = createRandom(13);
  const values = [...inventIndicators(count, 13, ['www.example.com'])];
  return values.map((value, index) => {
    switch (index % 4) {
      case 0:
        return makeIdentity({
          ...drawCommon('identity', random),
          ...drawText(random, 'name'),
          name: random.pick(names),
          identityClass: random.pick(['organization', 'individual', 'group', 'system', 'class', 'unknown']),
          sectors: random.pick([[], ['energy'], ['financial-services', 'telecommunications']]),
        });
      case 1: {
        const validFromUs = drawInstant(random);
        return makeIndicator({
          ...drawCommon('indicator', random),
          ...drawText(random, 'description'),
          pattern: patternOfValue(value),
          validFromUs,
          ...(random.below(2) === 0 ? {} : { validUntilUs: validFromUs + 1000 + random.u32() * 1000 }),
          name: random.pick(names),
          indicatorTypes: random.pick([[], ['malicious-activity'], ['compromised', 'benign']]),
          killChainPhases: random.pick([
            [],
            [{ killChainName: 'lockheed-martin-cyber-kill-chain', phaseName: 'exploit' }],
          ]),
        });
      }
      case 2: {
        const [relationshipType, target] = random.pick(relationships);
        return makeRelationship({
          ...drawCommon('relationship', random),
          ...drawText(random, 'description'),
          relationshipType,
          sourceRef: drawId('indicator', random),
          targetRef: drawId(target, random),
        });
      }
      default: {
        const firstSeenUs = drawInstant(random);
        return makeSighting({
          ...drawCommon('sighting', random),
          sightingOfRef: drawId(random.pick(['indicator', 'malware']), random),
          ...(random.below(2) === 0 ? {} : { firstSeenUs, lastSeenUs: firstSeenUs + random.u32() }),
          ...(random.below(2) === 0 ? {} : { count: random.pick([0, 1, 999_999_999]) }),
          observedDataRefs: random.pick([[], [drawId('observed-data', random)]]),
          whereSightedRefs: random.pick([[], [drawId('identity', random), drawId('location', random)]]),
        });
      }
    }
  });
}

/** What an indicator may say of another object (STIX 2.1 §4.7). */
const relationships = [
  ['indicates', 'malware'],
  ['indicates', 'campaign'],
  ['based-on', 'observed-data'],
  ['related-to', 'identity'],
] as const;

const names = ['Kestrel', '例え', 'Ünïcode "quoted" \\', 'a\u202eb', ' ', '🦉', 'line\nbreak', "it's"];

function drawCommon(type: string, random: Random): CommonOptions {
  const createdUs = drawInstant(random);
  return {
    id: drawId(type, random),
    createdUs,
    ...(random.below(2) === 0 ? {} : { modifiedUs: createdUs + random.u32() }),
    ...(random.below(2) === 0 ? {} : { createdByRef: drawId('identity', random) }),
    labels: random.pick([[], ['phishing'], ['misp:type="domain"', 'ä']]),
    ...(random.below(2) === 0 ? {} : { confidence: random.pick([0, 1, 50, 100]) }),
    markingRefs: random.pick([
      [],
      [markingIdOfTlp(random.pick(tlps))],
      [markingIdOfTlp('green'), markingIdOfPap(random.pick(paps))],
    ]),
    externalReferences: random.pick([[], [{ sourceName: 'cve', externalId: 'CVE-2026-0001' }]]),
  };
}

function drawText<Name extends string>(random: Random, name: Name): Partial<Record<Name, string>> {
  if (random.below(2) === 0) return {};
  const part: Partial<Record<Name, string>> = {};
  part[name] = random.pick(names);
  return part;
}

/** Any µs of the thirty years before 2026. */
function drawInstant(random: Random): number {
  return nowUs - random.below(30 * 365) * 86_400_000_000 - random.below(86_400_000) * 1000 - random.below(1000);
}

function drawId(type: string, random: Random): StixId {
  const hex = Array.from({ length: 4 }, () => random.u32().toString(16).padStart(8, '0')).join('');
  const variant = random.pick(['8', '9', 'a', 'b']);
  return parseStixId(
    `${type}--${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20)}`,
  );
}
