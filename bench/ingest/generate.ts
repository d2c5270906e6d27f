import { makeIndicator, makeObservable, makeRelationship, parseStixObject } from '@comity/protocol/stix';
import type { StixObject } from '@comity/protocol/stix';
import { parseStixId } from '@comity/protocol/base';
import type { StixId } from '@comity/protocol/base';
import type { ListedValue } from '@comity/protocol/values';
import { patternOfValue } from '@comity/protocol/pattern';
import { createRandom } from '@comity/testkit';
import type { Random } from '@comity/testkit';

const words = (
  'loader beacon phishing panel dropper campaign energy ministry invoice redirect stage controller credential harvest ' +
  'sinkhole resolver portal transport hospital grid bank login update mirror relay staging archive'
).split(' ');
const startUs = 1_760_000_000_000_000;

/** Share of each type, of 100: mostly indicators, as feeds are. */
const mix = [
  ...Array<'indicator'>(55).fill('indicator'),
  ...Array<'observable'>(25).fill('observable'),
  ...Array<'relationship'>(19).fill('relationship'),
  'malware' as const,
];

/**
 * Texts of STIX objects as a busy exchange hands them over, the same for the same seed: indicators of about 1 kB with
 * names and descriptions, observables, relationships between them, a few malware families.
 *
 * Values are made of reserved names and ranges (RFC 2606, RFC 3849, 2001:db8::/32) and of digests.
 */
export function* generateObjectTexts(count: number, seed: number): Generator<string> {
  const random = createRandom(seed);
  const recent: StixId[] = [];
  for (let index = 0; index < count; index += 1) {
    const object = makeOne(random, index, recent);
    if (recent.length < 1000) recent.push(object.id);
    else recent[random.below(1000)] = object.id;
    yield object.text;
  }
}

/** A value that occurs in what was generated with `seed`, to search for. */
function someValue(random: Random, index: number): ListedValue {
  const kind = index % 4;
  if (kind === 0)
    return {
      kind: 'domain',
      value: `${random.pick(words)}-${random.u32().toString(36)}.${random.pick(words)}.example`,
    };
  if (kind === 1) {
    const groups = [random.u32(), random.u32()].flatMap((part) => [part >>> 16 || 1, part & 0xffff || 1]);
    return { kind: 'ipv6', value: `2001:db8:${groups.map((group) => group.toString(16)).join(':')}:1:1` };
  }
  if (kind === 2) {
    return {
      kind: 'url',
      value: `${random.pick(words)}.example/${random.u32().toString(36)}/${random.pick(words)}.php`,
    };
  }
  return {
    kind: 'sha256',
    value: Array.from({ length: 8 }, () => random.u32().toString(16).padStart(8, '0')).join(''),
  };
}

function makeOne(random: Random, index: number, recent: readonly StixId[]): StixObject {
  const type = random.pick(mix);
  const createdUs = startUs + index * 1000;
  if (type === 'indicator') return makeOneIndicator(random, index, createdUs);
  if (type === 'observable') {
    const observable = makeObservable(someValue(random, index));
    if (observable !== undefined) return observable;
  }
  const [source, target] = [recent[random.below(Math.max(1, recent.length))], recent[0]];
  if (type === 'relationship' && source !== undefined && target !== undefined) {
    return makeRelationship({
      id: idOf('relationship', random),
      createdUs,
      relationshipType: 'indicates',
      sourceRef: source,
      targetRef: target,
    });
  }
  const id = idOf('malware', random);
  const time = new Date(createdUs / 1000).toISOString();
  const text = JSON.stringify({
    type: 'malware',
    spec_version: '2.1',
    id,
    created: time,
    modified: time,
    name: `${random.pick(words)} ${random.pick(words)} ${index}`,
    is_family: true,
  });
  return parseStixObject(text, `object ${index}`);
}

function makeOneIndicator(random: Random, index: number, createdUs: number): StixObject {
  const value = someValue(random, index);
  const sentence = Array.from({ length: 40 }, () => random.pick(words)).join(' ');
  return makeIndicator({
    id: idOf('indicator', random),
    createdUs,
    pattern: patternOfValue(value),
    validFromUs: createdUs,
    name: `${random.pick(words)} ${random.pick(words)} ${index}`,
    description: sentence,
    indicatorTypes: ['malicious-activity'],
    labels: [random.pick(words), random.pick(words)],
    confidence: random.below(101),
    killChainPhases: [{ killChainName: 'example-chain', phaseName: random.pick(words) }],
    externalReferences: [
      { sourceName: 'generated', url: `https://reports.example/${index}`, description: sentence.slice(0, 120) },
    ],
  });
}

function idOf(type: string, random: Random): StixId {
  const hex = Array.from({ length: 4 }, () => random.u32().toString(16).padStart(8, '0')).join('');
  return parseStixId(
    `${type}--${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20)}`,
  );
}
