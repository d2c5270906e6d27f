import { ComityError, isJsonObject, parseStixId } from '@comity/protocol/base';
import type { JsonObject, JsonValue } from '@comity/protocol/base';
import { attributesOfEvent } from '@comity/protocol/misp';
import { matchPattern, observationsOf, parsePattern, patternOfValue } from '@comity/protocol/pattern';
import { deterministicId, makeObservable, validateBundle } from '@comity/protocol/stix';
import type { StixObject } from '@comity/protocol/stix';
import { createRandom } from '../../packages/testkit/src/index.ts';
import { drawAsked } from './draw-observed.ts';
import type { Asked } from './draw-observed.ts';
import { drawPattern, mutatePattern } from './draw-pattern.ts';
import { listedValues, listIndicators, madeObjects, madeObservables, sampleObjects } from './made-objects.ts';
import { mispClientCheck } from './misp-client-check.ts';
import { mispDirs, mispDocuments, mispObjects } from './misp-documents.ts';
import type { MispDocument } from './misp-documents.ts';
import { check } from './run-checks.ts';
import type { Check } from './run-checks.ts';
import { mispStixChecks } from './misp-stix-check.ts';
import { providerCheck } from './provider-check.ts';
import { sigmaCheck } from './sigma-check.ts';
import { taxiiCheck } from './taxii-check.ts';
import { taxiiServersChecks } from './taxii-servers-check.ts';
import { publishedObjects, stixDirs } from './stix-documents.ts';

interface ObjectAnswer {
  readonly errors: readonly string[];
  readonly warnings: readonly string[];
  readonly unparsed: string | null;
  /** Of an observable: the id python-stix2 makes for it, null when it makes none. */
  readonly id?: string | null;
}

/** Objects we made: no error of stix2-validator, read by python-stix2, the same deterministic id there and here. */
function objectsCheck(
  name: string,
  needs: readonly string[],
  objects: () => readonly StixObject[],
  warningsMax: Readonly<Record<string, number>>,
): Check {
  return check<StixObject, ObjectAnswer>({
    name,
    judge: 'objects',
    needs,
    cases: objects,
    question: ({ value }) => value,
    fault: objectFault,
    warnings: ({ warnings }) => warnings,
    warningsMax,
  });
}

/** What the judges have against an object we made. */
export function objectFault({ id, type, value }: StixObject, answer: ObjectAnswer): string | undefined {
  if (answer.errors.length > 0) return `${id}: ${answer.errors.join('; ')}`;
  if (answer.unparsed !== null) return `${id}: python-stix2 does not parse it: ${answer.unparsed}`;
  if (answer.id === undefined) return undefined;
  const ours = deterministicId(type, value);
  // Without a contributing property the id is random (§2.9): version 4 there, none here.
  if (ours === undefined && answer.id !== null && /^.{14}4/.test(answer.id.slice(type.length + 2))) return undefined;
  return ours === answer.id ? undefined : `${id}: its deterministic id is ${ours} here and ${answer.id} there`;
}

interface PatternAnswer {
  readonly faults: readonly string[];
}

const acceptedCheck = (name: string, patterns: () => readonly string[]): Check =>
  check<string, PatternAnswer>({
    name,
    judge: 'patterns',
    needs: [],
    cases: patterns,
    question: (pattern) => pattern,
    fault: (pattern, { faults }) => (faults.length === 0 ? undefined : `${pattern}: ${faults.join('; ')}`),
  });

/** Accepted or refused alike here and there. */
export function verdictFault(pattern: string, { faults }: PatternAnswer): string | undefined {
  const ours = refusalOf(pattern);
  const theirs = faults.length === 0 ? undefined : faults.join('; ');
  if ((ours === undefined) === (theirs === undefined)) return undefined;
  return `${JSON.stringify(pattern)}: ${ours ?? 'accepted'} here, ${theirs ?? 'accepted'} there`;
}

function refusalOf(pattern: string): string | undefined {
  try {
    parsePattern(pattern);
    return undefined;
  } catch (error) {
    if (error instanceof ComityError) return error.message;
    throw error;
  }
}

function drawnPatterns(count: number): string[] {
  const random = createRandom(17);
  return Array.from({ length: count }, () => drawPattern(random));
}

function mutatedPatterns(count: number): string[] {
  const random = createRandom(19);
  const starts = [...drawnPatterns(300), ...listedValues(100).map(patternOfValue)];
  return Array.from({ length: count }, () => mutatePattern(random.pick(starts), random));
}

interface Observed {
  readonly pattern: string;
  readonly bundle: JsonObject;
  readonly matches: boolean;
}

/** Each list value's pattern on its own observable, and on one of another kind. */
function observedValues(count: number): Observed[] {
  const made = listedValues(count).flatMap((value) => {
    // stix2-matcher reads no IPv6 network.
    const isReadable = value.port === undefined && !(value.kind === 'ipv6' && value.value.includes('/'));
    const observable = isReadable ? makeObservable(value) : undefined;
    return observable === undefined ? [] : [{ value, observable }];
  });
  return made.flatMap(({ value, observable }, index) => {
    const other = made[(index + 1) % made.length];
    const own = { pattern: patternOfValue(value), bundle: observedBundle(observable), matches: true };
    // Two values of one kind may well match each other: networks, names below a name.
    if (other === undefined || other.value.kind === value.kind) return [own];
    return [own, { ...own, bundle: observedBundle(other.observable), matches: false }];
  });
}

function observedBundle(observable: StixObject): JsonObject {
  const at = '2026-01-05T12:00:00Z';
  return {
    type: 'bundle',
    id: 'bundle--2f4ae6ab-7b0e-4f3c-9b4e-0c1f7f0f3a11',
    objects: [
      {
        type: 'observed-data',
        spec_version: '2.1',
        id: parseStixId('observed-data--2f4ae6ab-7b0e-4f3c-9b4e-0c1f7f0f3a11'),
        created: at,
        modified: at,
        first_observed: at,
        last_observed: at,
        number_observed: 1,
        object_refs: [observable.id],
      },
      observable.value,
    ],
  };
}

function askedPatterns(count: number): Asked[] {
  const random = createRandom(29);
  return Array.from({ length: count }, () => drawAsked(random));
}

/** A match here and there, or none. */
export function matchFault({ pattern, bundle }: Asked, { matched }: { readonly matched: boolean }): string | undefined {
  const ours = matchPattern(pattern, observationsOf([bundle])).matched;
  if (ours === matched) return undefined;
  return `${pattern} matches only ${ours ? 'here' : 'there'}: ${JSON.stringify(bundle)}`;
}

interface MispAnswer {
  readonly attributes: readonly (readonly [type: string, value: string])[];
}

/** PyMISP reads one event a document, and no list round it. */
const singleEvents = (): MispDocument[] =>
  mispDocuments().filter(({ document, events }) => events.length === 1 && isJsonObject(document));

/** Attributes read here and there. PyMISP gives those without a uuid another one each time, so type and value count. */
export function attributesFault({ path, events }: MispDocument, answer: MispAnswer): string | undefined {
  const ours = events.flatMap((event) => [...attributesOfEvent(event)].map(({ type, value }) => textOf(type, value)));
  const theirs = answer.attributes.map(([type, value]) => textOf(type, value));
  const lacking = theirs.filter((each) => !ours.includes(each));
  const beyond = ours.filter((each) => !theirs.includes(each));
  // What we refuse is said as a fault of the event (an object whose uuid is none); PyMISP takes it.
  const isAccounted = events.some(({ faults }) => faults.length > 0);
  if (beyond.length === 0 && (isAccounted || (lacking.length === 0 && ours.length === theirs.length))) return undefined;
  return `${path}: ${ours.length} attributes here, ${theirs.length} there; only there ${shown(lacking)}, only here ${shown(beyond)}`;
}

/** PyMISP turns dates and times into its own form. */
function textOf(type: string, value: string): string {
  return type === 'datetime' ? type : `${type} ${value}`;
}

function shown(list: readonly string[]): string {
  return JSON.stringify(list.slice(0, 3).map((text) => text.slice(0, 100)));
}

/**
 * Objects others published: an error here where stix2-validator has one, and warnings of the same numbers. Set aside is where
 * it is known to err: it looks at empty lists on the top level only (STIX 2.1 §2.12 forbids them everywhere), at custom
 * names (101, 102) only when told not to look at extensions, and takes the property `id` in a pattern for a custom name
 * that is too short (§3.1). An id that is none has no version besides (103).
 */
export function findingsFault({ id, text }: StixObject, answer: ObjectAnswer): string | undefined {
  const findings = validateBundle(text);
  const errors = findings.filter(({ code, severity, path }) => severity === 'error' && !isBelowTop(code, path));
  const theirErrors = answer.errors.filter((error) => !error.includes("'id' is not a valid observable property name"));
  if (errors.length > 0 !== theirErrors.length > 0) {
    const ours = errors.map(({ code, path }) => `${code} at ${path}`).join(', ');
    return `${id}: ${ours || 'no error'} here, ${theirErrors.join('; ') || 'no error'} there`;
  }
  const ours = new Set(findings.flatMap(({ check }) => (check === undefined ? [] : String(check))));
  const theirs = new Set(answer.warnings);
  for (const naming of ['101', '102']) ours.delete(naming);
  if (errors.some(({ code }) => code === 'id-form')) theirs.delete('103');
  const [here, there] = [ours.difference(theirs), theirs.difference(ours)];
  if (here.size === 0 && there.size === 0) return undefined;
  return `${id}: warnings only here ${[...here].join() || 'none'}, only there ${[...there].join() || 'none'}`;
}

function isBelowTop(code: string, path: string): boolean {
  return code === 'list-empty' && /[.[]/.test(path);
}

/** Objects that are wrong, and that the judges must refuse: judges that accept anything would prove nothing. */
const wrongObjects: readonly JsonValue[] = [
  { type: 'ipv4-addr', spec_version: '2.1', id: 'ipv4-addr--28bb3599-77cd-5a82-a950-b5bc3caf07c4' },
  { type: 'identity', spec_version: '2.1', id: 'identity--8e2e2d2b-17d4-4cbf-938f-98ee46b3cd3f', name: 'no times' },
  {
    type: 'indicator',
    spec_version: '2.1',
    id: 'indicator--8e2e2d2b-17d4-4cbf-938f-98ee46b3cd3f',
    created: '2026-01-05T12:00:00Z',
    modified: '2026-01-05T12:00:00Z',
    valid_from: '2026-01-05T12:00:00Z',
    pattern: '[broken',
    pattern_type: 'stix',
  },
];

/** At most this many objects of a shape are asked about in a short run. */
const shapeMax = 10;

/** A shape: the type, its properties, the algorithms of its digests and, of what came from MISP, its attribute type. */
function someOfEachShape(objects: readonly StixObject[]): StixObject[] {
  const counts = new Map<string, number>();
  return objects.filter(({ type, value }) => {
    const labels = Array.isArray(value['labels']) ? value['labels'] : [];
    const digests = isJsonObject(value['hashes']) ? Object.keys(value['hashes']) : [];
    const shape = [type, ...Object.keys(value), ...digests, JSON.stringify(labels[0])].join(' ');
    const count = (counts.get(shape) ?? 0) + 1;
    counts.set(shape, count);
    return count <= shapeMax;
  });
}

/**
 * Warnings accepted, over all objects. 103: an observable of a MISP attribute keeps its uuid, as misp-stix does, so that a MISP
 * user finds it again. 121: the category is a phase name as MISP spells it. 303: no name beside the description. 241: digests
 * STIX has no name for. 301: one port is known. 302: a link has no digest.
 */
const mispWarnings = { '103': 2940, '121': 3529, '303': 3529, '241': 62, '301': 50, '302': 19 };

/** What is accepted of objects with options drawn at random: 303, an indicator without a description. */
const drawnWarnings = { '303': 50 };

/** Every check, in the order it is run; `all`: every object of MISP events, not some of each shape. */
export const checksOf = (options: { readonly all: boolean }): readonly Check[] => [
  check<JsonValue, ObjectAnswer>({
    name: 'wrong objects refused',
    judge: 'objects',
    needs: [],
    cases: () => wrongObjects,
    question: (object) => object,
    fault: (object, { errors }) => (errors.length > 0 ? undefined : `accepted: ${JSON.stringify(object)}`),
  }),
  objectsCheck('sample', [], sampleObjects, {}),
  objectsCheck('made objects', [], () => madeObjects(400), drawnWarnings),
  objectsCheck('observables of list values', [], () => madeObservables(400), {}),
  objectsCheck('indicators of list values', [], () => listIndicators(400), {}),
  objectsCheck(
    options.all ? 'objects of MISP events' : 'some objects of MISP events',
    mispDirs,
    () => (options.all ? mispObjects() : someOfEachShape(mispObjects())),
    mispWarnings,
  ),
  check<StixObject, ObjectAnswer>({
    name: options.all ? 'findings in published objects' : 'findings in some published objects',
    judge: 'objects',
    needs: stixDirs(),
    cases: () => (options.all ? publishedObjects() : someOfEachShape(publishedObjects())),
    question: ({ value }) => value,
    fault: findingsFault,
  }),
  acceptedCheck('printed patterns', () => drawnPatterns(1000)),
  acceptedCheck('patterns of list values', () => listedValues(1000).map(patternOfValue)),
  check<string, PatternAnswer>({
    name: 'mutated patterns',
    judge: 'patterns',
    needs: [],
    cases: () => mutatedPatterns(3000),
    question: (pattern) => pattern,
    fault: verdictFault,
  }),
  check<Observed, { readonly matched: boolean }>({
    name: 'patterns of list values on observed data',
    judge: 'matches',
    needs: [],
    cases: () => observedValues(300),
    question: ({ pattern, bundle }) => ({ pattern, bundle }),
    fault: ({ pattern, bundle, matches }, { matched }) =>
      matched === matches && matchPattern(pattern, observationsOf([bundle])).matched === matches
        ? undefined
        : `${pattern} ${matched ? 'matches' : 'does not match'} ${JSON.stringify(bundle)}`,
  }),
  check<Asked, { readonly matched: boolean }>({
    name: 'drawn patterns on drawn observed data',
    judge: 'matches',
    needs: [],
    cases: () => askedPatterns(1000),
    question: (asked) => asked,
    fault: matchFault,
  }),
  check<MispDocument, MispAnswer>({
    name: 'attributes of MISP events',
    judge: 'misp',
    needs: mispDirs,
    cases: singleEvents,
    question: ({ document }) => document,
    fault: attributesFault,
  }),
  ...mispStixChecks,
  mispClientCheck(),
  providerCheck(),
  sigmaCheck(),
  taxiiCheck(),
  ...taxiiServersChecks(),
];
