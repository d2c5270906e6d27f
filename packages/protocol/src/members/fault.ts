import { ComityError } from '../base/index.ts';

/**
 * Why a descriptor is not believed. Stable words: they stand in `details.reason` of `MEMBER_UNPROVEN`.
 *
 * `not-first`: a chain begins with a descriptor that says it follows another. `other-member`: it names another member than the chain
 * is of. `wrong-sequence`, `wrong-previous`: it does not follow the one before. `back-in-time`: it was issued before that one.
 * `not-committed`: its governance key is neither the former one nor the one that was announced. `commitment-changed`: the governance
 * key stayed and the announced one changed. `unsigned`: a signature that must be there is not. `tampered`: a signature is not of
 * its key. `foreign-signature`: a key signed that has no business here. `no-evidence`: two descriptors contradict each other in nothing.
 */
export const descriptorFaults = [
  'not-first',
  'other-member',
  'wrong-sequence',
  'wrong-previous',
  'back-in-time',
  'not-committed',
  'commitment-changed',
  'unsigned',
  'tampered',
  'foreign-signature',
  'no-evidence',
] as const;
/** One of {@link descriptorFaults}. */
export type DescriptorFault = (typeof descriptorFaults)[number];

/** An error about the form of something untrusted. */
export function malformed(message: string, cause?: unknown): ComityError {
  return new ComityError('MEMBER_MALFORMED', message, { cause });
}

/** An error about a claim that signatures do not bear out. */
export function unproven(reason: DescriptorFault, message: string): ComityError {
  return new ComityError('MEMBER_UNPROVEN', message, { details: { reason } });
}
