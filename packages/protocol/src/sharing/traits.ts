import type { JsonObject } from '../base/index.ts';

/**
 * What a decision on sharing reads in the text of an object. It is kept beside the text when the object is written, so that
 * whoever gives out a million of them need not read each again: most share a handful of traits.
 *
 * What is told here is written in data folders: who changes what it means empties the kept ones (intel/schema.ts).
 */
export interface ObjectTraits {
  /** `object_marking_refs` as it stands; undefined: there is none. */
  readonly markingRefs: readonly string[] | undefined;
  /** Whether it is likely to hold what identifies a person: {@link isPersonal}. */
  readonly personal: boolean;
}

/** Markings of an object that are kept apart from it; one with more is read from its text. */
const refsMax = 20;
const refCharsMax = 100;

/** Undefined for an object that has to be read itself: its parts are marked, or its markings are no plain list. */
export function traitsOf(object: JsonObject): ObjectTraits | undefined {
  const { object_marking_refs: refs, granular_markings: parts } = object;
  if (parts !== undefined) return undefined;
  const personal = isPersonal(object);
  if (refs === undefined) return { markingRefs: undefined, personal };
  if (!Array.isArray(refs) || refs.length > refsMax) return undefined;
  const texts = refs.filter((ref) => typeof ref === 'string').filter(({ length }) => length <= refCharsMax);
  return texts.length === refs.length ? { markingRefs: texts, personal } : undefined;
}

const personalTypes: ReadonlySet<string> = new Set(['email-addr', 'email-message', 'user-account']);
/** Properties of a pattern that name people: `[email-message:from_ref.value = …]`. */
const personalPattern = /\b(?:email-addr|email-message|user-account):/;

/**
 * Whether an object is likely to hold what identifies a person: an account, a mail address or a mail, a named individual, or
 * an indicator that looks for one. It errs to yes; a law says what follows (an address may be the attacker's, and is
 * personal data all the same: GDPR Art. 4(1)).
 */
export function isPersonal(value: JsonObject): boolean {
  const { type, pattern } = value;
  if (typeof type === 'string' && personalTypes.has(type)) return true;
  if (type === 'identity') return value['identity_class'] === 'individual';
  return type === 'indicator' && typeof pattern === 'string' && personalPattern.test(pattern);
}
