import { readFileSync } from 'node:fs';
import type { JsonObject } from '@comity/protocol/base';
import { attributesOfEvent, mispToStix, readMispEvent, stixToMisp } from '@comity/protocol/misp';
import type { StixObject } from '@comity/protocol/stix';
import { findShared } from '../../packages/testkit/src/index.ts';
import { check } from './run-checks.ts';
import type { Check } from './run-checks.ts';

const pairsFile = 'vectors/misp-stix/mapping/stix21_to_misp_attributes.json';

/** One attribute of misp-stix's mapping, in an event of its own. */
interface Mapped {
  readonly name: string;
  readonly event: JsonObject;
}

const eventUuid = '34cb1a7c-55ec-412a-8684-ba4a88d83a00';

function mapped(): Mapped[] {
  type Pairs = Record<string, Record<string, { MISP: JsonObject | JsonObject[] }>>;
  const file = JSON.parse(readFileSync(findShared(pairsFile) ?? '', 'utf8')) as Pairs;
  return Object.entries(file).flatMap(([type, ways]) =>
    Object.entries(ways).map(([way, { MISP: attribute }]) => ({
      name: `${type}, ${way}`,
      event: {
        uuid: eventUuid,
        info: 'One attribute',
        date: '2020-10-25',
        timestamp: '1603642920',
        published: true,
        Orgc: { name: 'MISP-Project', uuid: 'a0c22599-9e58-4da4-96ac-7051603fa951' },
        Attribute: [attribute].flat(),
      },
    })),
  );
}

interface Converted extends Mapped {
  readonly objects: readonly StixObject[];
  /** What our own way back says. */
  readonly back: JsonObject;
}

function converted({ name, event }: Mapped): Converted {
  const { objects } = mispToStix(readMispEvent(event, name), { patterns: 'all' });
  return { name, event, objects, back: toEvent(objects) };
}

function toEvent(objects: readonly StixObject[]): JsonObject {
  const wrapper = objects.find(({ type }) => type === 'report' || type === 'grouping');
  if (wrapper === undefined) throw new Error('Assertion failed: an event becomes a report or grouping');
  return stixToMisp(
    wrapper,
    objects.filter((object) => object !== wrapper),
  ).event;
}

/**
 * Type and value of each attribute, each once. Set aside is what misp-stix writes in its own way: it doubles backslashes and
 * puts them before `%`, leaves hives short, numbers of systems bare, hardware addresses in small letters, and rules of other languages in brackets.
 */
function pairsOf(attributes: Iterable<readonly [string, string]>): string {
  const plain = [...attributes].map(([type, value]) =>
    `${type} ${/^(?:sigma|snort|suricata|yara)$/.test(type) ? value.replaceAll(/^\[+|\]+$/g, '') : value}`
      .replaceAll('\\\\', '\\')
      .replaceAll('\\%', '%')
      .replace('HKEY_LOCAL_MACHINE\\', 'HKLM\\')
      .replace(/^AS (\d)/, 'AS AS$1')
      .replace(/^mac-address .*/, (text) => text.toLowerCase()),
  );
  return JSON.stringify([...new Set(plain)].sort());
}

const pairsOfEvent = (event: JsonObject): string =>
  pairsOf([...attributesOfEvent(readMispEvent(event, 'event'))].map(({ type, value }) => [type, value] as const));

function difference(name: string, given: string, wanted: string): string | undefined {
  return given === wanted ? undefined : `${name}: ${given.slice(0, 200)} instead of ${wanted.slice(0, 200)}`;
}

/** A link becomes a reference of its report, where no other converter looks for an attribute. */
const notLinks = ({ name }: Mapped): boolean => !name.startsWith('link, Observed');

/** Each attribute type goes to STIX and back, our way there and misp-stix's way back, and the other way round. */
export const mispStixChecks: readonly Check[] = [
  check<Converted, { readonly attributes: readonly (readonly [string, string])[] }>({
    name: 'MISP attributes in our STIX, as misp-stix reads them',
    judge: 'misp_stix',
    needs: [pairsFile],
    cases: () => mapped().filter(notLinks).map(converted),
    question: ({ objects }) => ({
      bundle: { type: 'bundle', id: `bundle--${eventUuid}`, objects: objects.map(({ value }) => value) },
    }),
    fault: ({ name, event }, { attributes }) => difference(name, pairsOf(attributes), pairsOfEvent(event)),
  }),
  check<Converted, { readonly objects: readonly JsonObject[] }>({
    name: 'MISP attributes in the STIX misp-stix makes of our events, as we read them',
    judge: 'misp_stix',
    needs: [pairsFile],
    cases: () => mapped().map(converted),
    question: ({ back }) => ({ event: back }),
    fault: ({ name, event }, { objects }) => {
      const list = objects.map((value) => ({
        id: value['id'] as StixObject['id'],
        type: typeof value['type'] === 'string' ? value['type'] : '',
        modifiedUs: undefined,
        text: '',
        value,
      }));
      return difference(name, pairsOfEvent(toEvent(list)), pairsOfEvent(event));
    },
  }),
];
