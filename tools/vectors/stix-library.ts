import { isDeepStrictEqual } from 'node:util';
import { readFileSync } from 'node:fs';
import { ComityError, isJsonObject, recogniseTimestampUs } from '@comity/protocol/base';
import type { JsonObject, JsonValue } from '@comity/protocol/base';
import {
  addMarkings,
  clearMarkings,
  isMarked,
  markingsAt,
  removeMarkings,
  setMarkings,
} from '@comity/protocol/markings';
import {
  confidenceLabel,
  confidenceOfLabel,
  cutTimestampUs,
  formatTimestampUs,
  newVersion,
  revoke,
  validateObject,
  withoutCustom,
} from '@comity/protocol/stix';
import type { ConfidenceScale, TimestampPrecision } from '@comity/protocol/stix';
import { findShared } from '../../packages/testkit/src/index.ts';
import { scoreOf } from './suite.ts';
import type { Score, Suite } from './suite.ts';

const dir = 'vectors/python-stix2';

/** A recorded call: its arguments and what came of it. */
interface Call {
  readonly fn: string;
  readonly args: readonly JsonValue[];
  readonly kwargs?: Readonly<Record<string, JsonValue>> | null;
  readonly result?: JsonValue;
  readonly error?: string;
  readonly source: string;
}

/** What python-stix2 answers: markings, versions, confidence scales, timestamps. */
export const stixLibrarySuite: Suite = {
  name: 'python-stix2 library',
  needs: ['markings', 'versioning', 'confidence', 'timestamps'].map((name) => `${dir}/${name}-cases.json`),
  run: () => [markingScore(), versionScore(), confidenceScore(), timestampScore()],
};

function callsOf(name: string): readonly Call[] {
  const path = findShared(dir, `${name}-cases.json`) ?? name;
  return (JSON.parse(readFileSync(path, 'utf8')) as { cases: Call[] }).cases;
}

/** What a call comes to: its value, or the error it ends with. */
function outcomeOf(run: () => JsonValue | undefined): { value: JsonValue | undefined } | { error: string } {
  try {
    return { value: run() };
  } catch (error) {
    if (!(error instanceof ComityError)) throw error;
    return { error: error.message };
  }
}

function judge(
  call: Call,
  run: () => JsonValue | undefined,
  same: (value: JsonValue | undefined) => boolean,
): string | undefined {
  const outcome = outcomeOf(run);
  const text = `${call.source}: ${JSON.stringify(outcome).slice(0, 200)}, not ${JSON.stringify(call.error ?? call.result ?? null).slice(0, 200)}`;
  if ('error' in outcome) return call.error === undefined ? text : undefined;
  return call.error === undefined && same(outcome.value) ? undefined : text;
}

function markingScore(): Score {
  return scoreOf('python-stix2 markings', callsOf('markings'), 382, (call) =>
    judge(
      call,
      () => callMarkings(call),
      (value) => isDeepStrictEqual(unordered(value), unordered(call.result)),
    ),
  );
}

function callMarkings({ fn, args, kwargs, source }: Call): JsonValue {
  const [first, second, third] = args;
  const object = isJsonObject(first) ? withRefList(first) : {};
  const isRead = fn === 'get_markings' || fn === 'is_marked';
  const selectors = listOf(
    kwargs?.['selectors'] ?? (fn === 'get_markings' || fn === 'clear_markings' ? second : third),
  );
  if (isRead) {
    const [inherited, descendants] = fn === 'get_markings' ? args.slice(2) : args.slice(3);
    const scope = {
      // This test calls the function for parts without naming any.
      ...(source === 'test_is_marked_no_selectors' ? { selectors: [] } : selectors !== undefined && { selectors }),
      inherited: (inherited ?? kwargs?.['inherited']) === true,
      descendants: (descendants ?? kwargs?.['descendants']) === true,
    };
    if (fn === 'is_marked') return isMarked(object, scope, listOf(second) ?? []);
    return markingsAt(object, scope, { refs: kwargs?.['marking_ref'] !== false, langs: kwargs?.['lang'] !== false });
  }
  if (fn === 'clear_markings') return clearMarkings(object, selectors);
  const markings = listOf(second) ?? [];
  if (fn === 'add_markings') return addMarkings(object, markings, selectors);
  return fn === 'set_markings' ? setMarkings(object, markings, selectors) : removeMarkings(object, markings, selectors);
}

/** Some tests write a single reference where a list belongs. */
function withRefList(object: JsonObject): JsonObject {
  const refs = object['object_marking_refs'];
  return typeof refs === 'string' ? { ...object, object_marking_refs: [refs] } : object;
}

function listOf(value: JsonValue | undefined): string[] | undefined {
  if (value === undefined || value === null) return undefined;
  return (Array.isArray(value) ? value : [value]).map(markingIdOf);
}

/** The library takes a marking-definition for its id; recorded, one stands as an object or as the text of one. */
function markingIdOf(value: JsonValue): string {
  const read = typeof value === 'string' && value.startsWith('{') ? (JSON.parse(value) as JsonValue) : value;
  const id = isJsonObject(read) ? read['id'] : read;
  return typeof id === 'string' ? id : JSON.stringify(id);
}

/** The library answers with sets: their order does not count, nor does the instant of the call. */
function unordered(value: JsonValue | undefined): JsonValue | undefined {
  if (Array.isArray(value))
    return value
      .map((item) => unordered(item) ?? null)
      .toSorted((one, other) => (JSON.stringify(one) < JSON.stringify(other) ? -1 : 1));
  if (!isJsonObject(value)) return value;
  const { modified: _, ...rest } = value;
  return Object.fromEntries(Object.entries(rest).map(([key, item]) => [key, unordered(item) ?? null]));
}

const nowUs = Date.UTC(2026, 10, 23) * 1000;

function versionScore(): Score {
  return scoreOf('python-stix2 versions', callsOf('versioning'), 36, (call) =>
    judge(
      call,
      () => callVersion(call),
      (value) => {
        const isSame = isDeepStrictEqual(unordered(value ?? null), unordered(call.result ?? null));
        const asked = call.kwargs?.['modified'];
        return isSame && (asked === undefined || (isJsonObject(value) && value['modified'] === asked));
      },
    ),
  );
}

function callVersion({ fn, args, kwargs }: Call): JsonValue | undefined {
  const object = plain(args[0]);
  if (!isJsonObject(object)) return newVersion({}, {}, nowUs);
  if (fn === 'revoke') return revoke(object, nowUs);
  if (fn === 'remove_custom_stix') return withoutCustom(object, nowUs);
  const { allow_custom: allowed, ...changes } = kwargs ?? {};
  const next = newVersion(object, changes, nowUs);
  // The library refuses custom properties in the version, unless it allowed them in the object or is told to.
  const hasCustom = (each: JsonObject): boolean =>
    validateObject(each, { closed: true }).some(({ code }) => code === 'property-refused');
  const refuses = typeof allowed === 'boolean' ? !allowed : !hasCustom(object);
  if (refuses && hasCustom(next)) throw new ComityError('STIX_MALFORMED', 'Cannot add custom properties');
  return next;
}

/** Recorded instants as timestamps. */
function plain(value: JsonValue | undefined): JsonValue {
  if (Array.isArray(value)) return value.map(plain);
  if (!isJsonObject(value)) return value ?? null;
  const instant = instantUs(value);
  if (instant !== undefined) return formatTimestampUs(instant, { precision: 'any' });
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, plain(item)]));
}

const scales: Readonly<Record<string, ConfidenceScale>> = {
  none_low_medium_high: 'none-low-med-high',
  none_low_med_high: 'none-low-med-high',
  zero_ten: 'zero-ten',
  admiralty_credibility: 'admiralty',
  wep: 'wep',
  dni: 'dni',
};

function confidenceScore(): Score {
  return scoreOf(
    'python-stix2 confidence',
    callsOf('confidence'),
    559,
    ({ fn, args: [argument], result, error, source }) => {
      const scale = scales[fn.replace(/^value_to_|_to_value$/g, '')];
      if (scale === undefined) return `${fn} is unknown`;
      const found =
        typeof argument === 'number' && fn.startsWith('value_to')
          ? confidenceLabel(argument, scale)
          : confidenceOfLabel(typeof argument === 'string' ? argument : '', scale);
      const expected = error === undefined ? result : undefined;
      return found === expected
        ? undefined
        : `${source}: ${JSON.stringify(argument)} is ${JSON.stringify(found)}, not ${JSON.stringify(expected)}`;
    },
  );
}

const precisions: readonly TimestampPrecision[] = [
  { precision: 'any' },
  { precision: 'second' },
  { precision: 'millisecond' },
  { precision: 'millisecond', constraint: 'min' },
];

/** A date alone is no timestamp (§2.16): the library takes it, we do not. */
function timestampScore(): Score {
  return scoreOf('python-stix2 timestamps', callsOf('timestamps'), 39, (call) => {
    const [argument, asked] = call.args;
    if (call.fn === 'format_datetime') {
      // The recorded instant does not tell the precision it carried: one of the four gives the text.
      const us = instantUs(argument) ?? NaN;
      const texts = precisions.map((each) => formatTimestampUs(us, each));
      return texts.some((text) => text === call.result) ? undefined : `${call.source}: ${texts.join(', ')}`;
    }
    const us = typeof argument === 'string' ? recogniseTimestampUs(argument) : instantUs(argument);
    const cut = us === undefined ? undefined : cutTimestampUs(us, precisionOf(asked, call.kwargs));
    const expected = call.error === undefined ? instantUs(call.result) : undefined;
    if (cut === expected) return undefined;
    const ours = cut ?? 'no timestamp: a date alone is not of the form §2.16 asks for';
    return `${call.source}: ${JSON.stringify(argument)} is ${ours}; there ${expected ?? 'refused'}`;
  });
}

function precisionOf(asked: JsonValue | undefined, kwargs: Call['kwargs']): TimestampPrecision {
  const said = asked ?? kwargs?.['precision'];
  const name = typeof said === 'string' ? said.replace('Precision.', '').toLowerCase() : 'any';
  const precision = name === 'second' || name === 'millisecond' ? name : 'any';
  const isMin = kwargs?.['precision_constraint'] === 'PrecisionConstraint.MIN';
  return { precision, constraint: isMin ? 'min' : 'exact' };
}

/** µs of a recorded instant, which may have an offset; without one it is in UTC. */
function instantUs(value: JsonValue | undefined): number | undefined {
  const text = isJsonObject(value) ? value['$datetime'] : undefined;
  if (typeof text !== 'string') return undefined;
  const [, base = '', fraction = '', offset = ''] = /^([^.+]+?)(?:\.(\d+))?([+-]\d\d:\d\d)?$/.exec(text) ?? [];
  return Date.parse(`${base}${offset === '' ? 'Z' : offset}`) * 1000 + Number(fraction.padEnd(6, '0'));
}
