/**
 * Why a signed message is refused. Stable words: they stand in `details.reason` of `SIGNATURE_REFUSED`.
 *
 * `unsigned`: it has no signature. `malformed`: its signature has not the form of docs/spec/members.md §5. `missing-component`: what must
 * be signed is not. `stale`, `future`: its time is over, or has not come. `unknown-key`: nobody known has that key.
 * `bad-digest`: its content is not what was signed. `wrong-audience`: it was signed for another URL. `tampered`: it is not what its
 * sender signed. `replayed`: it was used before; whoever keeps what was used says so.
 */
export const signatureRefusals = [
  'unsigned',
  'malformed',
  'missing-component',
  'stale',
  'future',
  'unknown-key',
  'bad-digest',
  'wrong-audience',
  'tampered',
  'replayed',
] as const;
/** One of {@link signatureRefusals}. */
export type SignatureRefusalReason = (typeof signatureRefusals)[number];

/** The answer no, with its reason and a sentence for whoever set up the sender. */
export interface SignatureRefusal {
  readonly kind: 'refused';
  readonly reason: SignatureRefusalReason;
  readonly message: string;
}

/** A refusal. */
export function refuse(reason: SignatureRefusalReason, message: string): SignatureRefusal {
  return { kind: 'refused', reason, message };
}
