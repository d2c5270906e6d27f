import type { JsonObject } from '@comity/protocol/base';

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
