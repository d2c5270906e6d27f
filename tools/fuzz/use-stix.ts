import { isDeepStrictEqual } from 'node:util';
import { assert, asOwnError, canonicalJson, isJsonObject } from '@comity/protocol/base';
import type { JsonObject, JsonValue, StixId } from '@comity/protocol/base';
import {
  addMarkings,
  clearMarkings,
  compareTlp,
  markingIdOfTlp,
  markingsAt,
  markingsOf,
  tlpInForce,
} from '@comity/protocol/markings';
import { compilePattern, observationsOf, parsePattern, patternOfValue, planPattern } from '@comity/protocol/pattern';
import * as stix from '@comity/protocol/stix';
import type { Finding, StixObject } from '@comity/protocol/stix';
import { parseValue } from '@comity/protocol/values';
import type { Random } from '../../packages/testkit/src/index.ts';

const profiles = ['spec', 'strict', 'interop'] as const;
const bundleId = 'bundle--0c7b5b88-8ff7-4a4d-aa9d-feb398cd0061' as StixId;
const views = [
  stix.commonView,
  stix.parseIdentity,
  stix.parseIndicator,
  stix.parseMalware,
  stix.parseRelationship,
  stix.parseReport,
  stix.parseSighting,
];

/**
 * Reads, validates, upgrades, marks and versions the objects of a document, and looks whether they are the same written again.
 *
 * @throws {Error} When two ways to the same answer differ: an object and its text, its keys in another order, a bundle of it.
 */
export function useStix(bytes: Uint8Array, random: Random): Promise<{ items: number; rejected: number }> {
  const text = Buffer.from(bytes).toString('utf8');
  const options = {
    profile: random.pick(profiles),
    closed: random.below(2) === 0,
    containment: random.below(2) === 0,
    specVersion: random.pick(['2.0', '2.1'] as const),
    useCase: random.pick(['indicator', 'sighting', 'malware']),
  };
  checkFindings(stix.validateBundle(text, options), 20_001);
  const objects: StixObject[] = [];
  let rejected = 0;
  for (const { object, error, place } of stix.readBundle(text)) {
    if (object !== undefined) objects.push(object);
    else {
      assert(asOwnError(error).message !== '' && place !== '', 'what is refused says why and where');
      rejected += 1;
    }
  }
  const values = objects.map(({ value }) => value);
  const again = [...stix.readBundle(stix.bundleText(bundleId, objects))].map(({ object }) => object?.text);
  assert(
    isDeepStrictEqual(
      again,
      objects.map((object) => object.text),
    ),
    'a bundle holds its objects byte for byte',
  );
  stix.missingReferences(values);
  tryObservations(values);
  for (const object of someOf(objects, random)) {
    checkFindings(stix.validateObject(object.value, options), 201);
    tryWritten(object);
    tryUpgrade(object.value);
    tryMarkings(object.value, values);
    tryVersions(object);
    tryValues(object);
    const view = random.pick(views);
    refuse(() => view(object));
    stix.translated(object.value, random.pick(values), 'de');
  }
  return Promise.resolve({ items: objects.length, rejected });
}

/** Two at most: what changed is in one or two objects, and there are many mutants. */
function someOf<T>(items: readonly T[], random: Random): readonly T[] {
  return items.length <= 2 ? items : [random.pick(items), random.pick(items)];
}

const asked = [
  "[file:name LIKE '%.exe'] AND [network-traffic:dst_port IN (443, 80)]",
  "[network-traffic:src_ref.value ISSUBSET '192.0.2.0/24' OR EXISTS file:hashes.MD5] FOLLOWEDBY [file:size > 1] WITHIN 5 SECONDS",
  "[file:extensions.'windows-pebinary-ext'.sections[*].entropy > 7.0] REPEATS 2 TIMES",
].map((text) => compilePattern(parsePattern(text)));

/** What observed data says to a pattern is the same whoever wrote it down, in whatever order its keys stand. */
function tryObservations(values: readonly JsonObject[]): void {
  const [observations, ofTurned] = [observationsOf(values), observationsOf(values.map(reversed))];
  for (const pattern of asked) {
    const { matched, bindings } = pattern.match(observations);
    assert(matched === bindings.length > 0, 'a match has its bindings');
    assert(pattern.match(ofTurned).matched === matched, 'keys have no order for a pattern');
  }
}

/** An object written again, as a whole and with its keys in another order, is the same object. */
function tryWritten({ text, value, id, type, modifiedUs }: StixObject): void {
  const canonical = canonicalOf(value);
  if (canonical === undefined) {
    refuse(() => stix.deterministicId(type, value));
    return;
  }
  const turned = reversed(value);
  const print = stix.deterministicId(type, value);
  for (const written of [text, JSON.stringify(value), canonical, JSON.stringify(turned, null, 1)]) {
    const read = stix.parseStixObject(written, 'written again');
    const same = read.id === id && read.type === type && read.modifiedUs === modifiedUs;
    assert(same && canonicalOf(read.value) === canonical, `an object is the same written again: ${written}`);
    const isSameId = stix.deterministicId(type, read.value) === print;
    assert(isSameId || !hasOneId(value), `its deterministic id is the same: ${written}`);
  }
  const [findings, ofTurned] = [stix.validateObject(value), stix.validateObject(turned)].map(codesOf);
  const isCut = findings!.length > 200;
  assert(isCut || isDeepStrictEqual(findings, ofTurned), `keys have no order for the validator: ${canonical}`);
}

/** Of digests that §2.9 does not name the first one written counts, so that their order makes the id. */
function hasOneId({ hashes }: JsonObject): boolean {
  if (!isJsonObject(hashes)) return true;
  return (
    Object.keys(hashes).length < 2 || ['MD5', 'SHA-1', 'SHA-256', 'SHA-512'].some((name) => Object.hasOwn(hashes, name))
  );
}

function tryUpgrade(value: JsonObject): void {
  const before = canonicalOf(value);
  const { object, losses } = stix.upgradeObject(value);
  assert(canonicalOf(value) === before, 'upgrading changes no object given');
  assert(object['id'] === value['id'] && object['type'] === value['type'], 'an upgraded object keeps its id');
  assert(!stix.isStix20(object), `what was upgraded is STIX 2.1: ${JSON.stringify(object)}`);
  for (const { path, message } of losses) assert(path !== '' && message !== '', 'a loss says what and where');
  const ofTurned = stix.upgradeObject(reversed(value));
  const isSame = canonicalOf(ofTurned.object) === canonicalOf(object) && ofTurned.losses.length === losses.length;
  assert(before === undefined || isSame, `keys have no order for the upgrade: ${before ?? ''}`);
  const { spec_version: _, ...old } = value;
  const isWhole = losses.some(({ kind }) => kind === 'dropped') || leavesIn(object) > leavesIn(old);
  assert(isWhole, `what an upgrade drops is told: ${before ?? ''}`);
}

function tryMarkings(value: JsonObject, others: readonly JsonObject[]): void {
  const marked = markingsOf(value, (id) => others.find((other) => other['id'] === id));
  const inForce = tlpInForce(marked, 'green');
  assert(compareTlp(inForce, marked.tlp ?? 'green') >= 0, 'parts never widen what the whole is marked with');
  const selectors = marked.granular.flatMap((part) => part.selectors).slice(0, 10);
  for (const inherited of [false, true])
    refuse(() => markingsAt(value, { selectors, inherited, descendants: inherited }));
  const red = markingIdOfTlp('red');
  const whole = refuse(() => addMarkings(value, [red]));
  if (whole !== undefined) assert(markingsAt(whole, {}).includes(red), 'what is added is there');
  const name = Object.keys(value)[0] ?? 'type';
  const part = refuse(() => addMarkings(value, [red], [name]));
  if (part === undefined) return;
  assert(markingsAt(part, { selectors: [name] }).includes(red), `what is added to a part is there: ${name}`);
  assert(
    tlpInForce(
      markingsOf(part, () => undefined),
      'clear',
    ) === 'red',
    'and is in force for the whole',
  );
  const cleared = clearMarkings(part, [name]);
  assert(markingsAt(cleared, { selectors: [name] }).length === 0, `what is cleared is gone: ${name}`);
}

function tryVersions(object: StixObject): void {
  const { value } = object;
  const next = refuse(() => stix.newVersion(value, { x_new: true }, 0));
  if (next !== undefined) {
    const [old, later] = [value['modified'] ?? value['created'], next['modified']];
    const isLater = typeof later === 'string' && (typeof old !== 'string' || stix.compareTimestamps(later, old) > 0);
    assert(isLater, `a new version is later: ${JSON.stringify([old, later])}`);
  }
  refuse(() => stix.revoke(value, 0));
  refuse(() => stix.withoutCustom(value, 0));
}

/** What an object states is in its normal form, has an observable that states it, and a pattern that lists it. */
function tryValues(object: StixObject): void {
  for (const value of stix.valuesOf(object)) {
    const normal = parseValue(value.value, value.kind).value;
    assert(normal === value.value, `a normal form is its own: ${value.kind} ${value.value} and ${normal}`);
    const made = stix.makeObservable(value);
    const isStated = made === undefined || stix.valuesOf(made).some((each) => isDeepStrictEqual(each, value));
    assert(isStated, `an observable states its value: ${value.kind} ${value.value}`);
    const { values } = planPattern(parsePattern(patternOfValue(value)));
    const isListed = values.some((each) => isDeepStrictEqual(each, value));
    assert(isListed || !isScreened(value.kind), `a pattern lists its value: ${value.kind} ${value.value}`);
  }
}

/** Kinds no path of STIX holds are written under a path of our own, which no plan looks at. */
function isScreened(kind: string): boolean {
  return ['domain', 'ipv4', 'ipv6', 'email', 'md5', 'sha1', 'sha256', 'sha512'].includes(kind);
}

function checkFindings(findings: readonly Finding[], countMax: number): void {
  assert(findings.length <= countMax, `${findings.length} findings, more than ${countMax}`);
  for (const { code, message, section } of findings) {
    assert(Object.hasOwn(stix.rules, code), `a finding is of a rule: ${code}`);
    assert(message !== '' && section !== '', `a finding says what and by which section: ${code}`);
  }
}

const codesOf = (findings: readonly Finding[]): string[] => findings.map(({ code, path }) => `${code} ${path}`).sort();

/** Undefined where one of our own errors says no; a bug goes on. */
function refuse<T>(attempt: () => T): T | undefined {
  try {
    return attempt();
  } catch (error) {
    asOwnError(error);
    return undefined;
  }
}

const canonicalOf = (value: JsonValue): string | undefined => refuse(() => canonicalJson(value));

/** The same value with the keys of every object in the opposite order. */
function reversed<T extends JsonValue>(value: T): T {
  const turn = (each: JsonValue): JsonValue => {
    if (Array.isArray(each)) return each.map(turn);
    if (!isJsonObject(each)) return each;
    return Object.fromEntries(
      Object.entries(each)
        .reverse()
        .map(([key, part]) => [key, turn(part)]),
    );
  };
  return turn(value) as T;
}

/** How many values that are no list or object stand in one, at any depth. */
function leavesIn(value: JsonValue): number {
  if (typeof value !== 'object' || value === null) return 1;
  return Object.values(value).reduce<number>((sum, part) => sum + leavesIn(part), 0);
}
