import { asOwnError, hexOf, joinBytes } from '../base/index.ts';
import { openCheckpoint } from '../tlog/index.ts';
import type { SignatureClaim, TlogCrypto, VerifierKey } from '../tlog/index.ts';
import type { Charter } from './charter.ts';
import type { Decision } from './decision.ts';
import { witnessPolicyOf } from './derive.ts';
import { logOf } from './notary.ts';
import type { Roll } from './notary.ts';

/** Cryptography that also verifies on other threads, or, as browsers have it, later. */
export interface LaterCrypto extends TlogCrypto {
  readonly verifyLater: (claim: SignatureClaim) => Promise<boolean>;
}

/**
 * Verifies the signatures a history rests on, all at once. With what it gives, a replay verifies none itself but those that were not
 * foreseen: in Node it takes all processors, in a browser it can be the platform’s cryptography.
 *
 * @returns cryptography for `verifyChain` of this history. It says the same as `crypto`, sooner.
 */
export async function verifyAhead(
  genesis: Charter,
  decisions: readonly Decision[],
  roll: Roll,
  crypto: LaterCrypto,
): Promise<TlogCrypto> {
  const known = new Map<string, boolean>();
  const claims = new Map<string, SignatureClaim>();
  const foreseeing: TlogCrypto = {
    sha256: crypto.sha256,
    verify: (claim) => claims.set(nameOf(claim), claim).size > 0,
  };
  const witnesses = witnessesOf(genesis, decisions, crypto);
  for (const { acts, heads, stamps } of decisions) {
    for (const { act, checkpoint } of heads) foresee(acts[act]?.member ?? '', checkpoint, []);
    for (const { member, checkpoint } of stamps) foresee(member, checkpoint, witnesses);
  }
  await Promise.all([...claims].map(async ([name, claim]) => known.set(name, await crypto.verifyLater(claim))));
  return { sha256: crypto.sha256, verify: (claim) => known.get(nameOf(claim)) ?? crypto.verify(claim) };

  function foresee(member: string, note: string, keys: readonly VerifierKey[]): void {
    const log = logOf(roll, member, note);
    if (log === undefined) return;
    try {
      openCheckpoint(note, log, keys, foreseeing);
    } catch (error) {
      asOwnError(error); // the replay says what is wrong with it
    }
  }
}

/** Keys of all witnesses a history names, each once. */
function witnessesOf(genesis: Charter, decisions: readonly Decision[], crypto: TlogCrypto): VerifierKey[] {
  const named = decisions.flatMap(({ proposal: { action } }) =>
    action.type === 'amend' && action.witnesses !== undefined ? action.witnesses : [],
  );
  const keys = [genesis.witnesses, ...named].flatMap((witnesses) =>
    witnessPolicyOf({ ...genesis, witnesses }, [], crypto.sha256).witnesses.map(({ key }) => key),
  );
  return [...new Map(keys.map((key) => [`${key.name}+${key.keyId}`, key])).values()];
}

function nameOf({ publicKey, message, signature }: SignatureClaim): string {
  return hexOf(joinBytes(publicKey, signature, message));
}
