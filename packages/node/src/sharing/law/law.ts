import { hash } from 'node:crypto';
import { ComityError, quote } from '@comity/protocol/base';
import type { DetailedError, PolicyJson } from '@cedar-policy/cedar-wasm';
import { assertSimple } from './law-limits.ts';
import { withCedar } from './cedar-engine.ts';
import type { Cedar } from './cedar-engine.ts';
import { lawSchema } from './cedar-schema.ts';

/** One policy of a law. */
export interface LawRule {
  /** Its `@id`. */
  readonly id: string;
  readonly effect: 'permit' | 'forbid';
  /** Its `@law`: where it is written that this is so. */
  readonly citation: string;
  /** Its `@says`, a sentence for people; one is made of the id when it has none. */
  readonly says: string;
  /** Cedar text. */
  readonly text: string;
}

/** A member's own law that was read and found sound. */
export interface Law {
  /** SHA-256 of `text`, hexadecimal. */
  readonly hash: string;
  readonly text: string;
  readonly rules: readonly LawRule[];
  /** What is allowed and odd: a policy that can never apply. */
  readonly warnings: readonly string[];
}

const lawBytesMax = 128 * 1024;
/** Each takes a millisecond or two to check, and nothing else happens meanwhile. */
const lawRulesMax = 200;
const annotationCharsMax = 500;

/**
 * Reads a law: Cedar policies, each with an `@id` and with `@law("…")`, the citation; `@says("…")` may add a sentence.
 *
 * It is checked against {@link lawSchema}, strictly: a name that is none, an attribute that may be missing and a comparison
 * of two kinds of things are errors here and not decisions that go wrong later.
 *
 * @param text - Of whoever writes the law; at most {@link lawBytesMax} bytes and {@link lawRulesMax} policies.
 * @throws {ComityError} `LAW_MALFORMED`, with the line in its details where there is one; `INPUT_TOO_LARGE`.
 */
export function parseLaw(text: string): Law {
  const bytes = Buffer.byteLength(text);
  if (bytes > lawBytesMax)
    throw new ComityError('INPUT_TOO_LARGE', `Cannot read a law of ${bytes} bytes: at most ${lawBytesMax}`);
  assertSimple(text);
  try {
    return withCedar((cedar) => readLaw(text, cedar));
  } catch (error) {
    if (error instanceof ComityError) throw error;
    throw new ComityError('LAW_MALFORMED', 'Cannot read the law: it is more than the engine can read', {
      cause: error,
    });
  }
}

function readLaw(text: string, cedar: Cedar): Law {
  const parts = cedar.policySetTextToParts(text);
  if (parts.type === 'failure') throw malformed({ text, line: 1 }, parts.errors);
  if (parts.policy_templates.length > 0)
    throw new ComityError('LAW_MALFORMED', 'Cannot use a law with templates: write each policy out');
  if (parts.policies.length > lawRulesMax)
    throw new ComityError(
      'LAW_MALFORMED',
      `Cannot use a law of ${parts.policies.length} policies: at most ${lawRulesMax}`,
    );
  const places = placesOf(parts.policies, text);
  const rules = places.map((place) => ruleOf(place, cedar));
  assertUnique(rules, places);
  const answer = cedar.validate({ schema: lawSchema, policies: { staticPolicies: policiesOf(rules) } });
  if (answer.type === 'failure') throw malformed({ text, line: 1 }, answer.errors);
  const [wrong] = answer.validationErrors;
  if (wrong !== undefined) {
    const { message, help } = wrong.error;
    const place = places[rules.findIndex(({ id }) => id === wrong.policyId)];
    throw unusable(
      place === undefined ? undefined : lineOf(place, wrong.error),
      `${clean(message)}${help === null ? '' : ` (${clean(help)})`}`,
    );
  }
  const warnings = answer.validationWarnings.map(({ error }) => clean(error.message));
  return { hash: hash('sha256', text), text, rules, warnings };
}

/** A part of a law, and the line of the law in which it begins, counted from 1. */
interface Place {
  readonly text: string;
  readonly line: number;
}

/** Where each policy begins; the engine gives them in their order. */
function placesOf(policies: readonly string[], text: string): readonly Place[] {
  let [behind, counted, line] = [0, 0, 1];
  return policies.map((policy) => {
    const at = Math.max(counted, text.indexOf(policy, behind));
    line += text.slice(counted, at).split('\n').length - 1;
    counted = at;
    behind = at + policy.length;
    return { text: policy, line };
  });
}

/** The policies by their ids, so that the engine names them by these. */
export function policiesOf(rules: readonly LawRule[]): Record<string, string> {
  return Object.fromEntries(rules.map(({ id, text }) => [id, text]));
}

function ruleOf({ text, line }: Place, cedar: Cedar): LawRule {
  const read = cedar.policyToJson(text);
  if (read.type === 'failure') throw malformed({ text, line }, read.errors);
  const { effect, annotations = {} }: PolicyJson = read.json;
  const id = annotations['id'] ?? '';
  const citation = annotations['law'] ?? '';
  const says = annotations['says'] ?? '';
  if (!/^[a-z0-9][a-z0-9.-]{0,99}$/.test(id))
    throw unusable(line, `a policy needs an @id of small letters, digits, dots and hyphens, not ${quote(id)}`);
  if (citation.trim() === '')
    throw unusable(line, `the policy ${quote(id)} needs @law("…"), where it is written that this is so`);
  if (citation.length > annotationCharsMax || says.length > annotationCharsMax)
    throw unusable(line, `an annotation of the policy ${quote(id)} is longer than ${annotationCharsMax} characters`);
  const sentence = says === '' ? `The law ${effect === 'permit' ? 'permits' : 'forbids'} it: ${id}` : says;
  return { id, effect, citation, says: sentence, text };
}

function assertUnique(rules: readonly LawRule[], places: readonly Place[]): void {
  const seen = new Set<string>();
  for (const [index, { id }] of rules.entries()) {
    if (seen.has(id)) throw unusable(places[index]?.line, `two policies have the @id ${quote(id)}`);
    seen.add(id);
  }
}

function unusable(line: number | undefined, what: string): ComityError {
  if (line === undefined) return new ComityError('LAW_MALFORMED', `Cannot use the law: ${what}`);
  return new ComityError('LAW_MALFORMED', `Cannot use the law in line ${line}: ${what}`, { details: { line } });
}

function malformed(place: Place, errors: readonly DetailedError[]): ComityError {
  const [first] = errors;
  const line = first && lineOf(place, first);
  const where = line === undefined ? '' : ` in line ${line}`;
  const what = clean(first?.message ?? 'no reason is given');
  return new ComityError(
    'LAW_MALFORMED',
    `Cannot read the law${where}: ${what}`,
    line === undefined ? {} : { details: { line } },
  );
}

/** The line of the law an error of the engine is in, where it says so. */
function lineOf({ text, line }: Place, { sourceLocations }: DetailedError): number | undefined {
  const start = sourceLocations?.[0]?.start;
  // The engine counts bytes.
  return start === undefined
    ? undefined
    : line + Buffer.from(text).subarray(0, start).toString().split('\n').length - 1;
}

function clean(message: string): string {
  return message.replaceAll(/\s+/g, ' ').slice(0, 500);
}
