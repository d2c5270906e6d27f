import { asOwnError } from '../base/index.ts';
import type { RecipientKind, SharingAction } from '../sharing/index.ts';
import { makePolicy, parseVerifierKey, signatureKinds } from '../tlog/index.ts';
import type { Policy, Sha256, VerifierKey, WitnessOfPolicy } from '../tlog/index.ts';
import { charterHash } from './charter.ts';
import type { Charter } from './charter.ts';

/** The rules on sharing of a charter in the form a decision on sharing asks. */
export interface SharingRules {
  /** Names the charter in the key of decisions. */
  readonly hash: string;
  readonly rules: readonly {
    readonly id: string;
    readonly says: string;
    /** The article. */
    readonly citation: string;
    readonly actions: readonly SharingAction[];
    readonly kinds: readonly RecipientKind[];
  }[];
}

/** What a charter forbids of sharing. It permits nothing: whoever is not forbidden something still needs its own law to let it. */
export function sharingRulesOf(charter: Charter, sha256: Sha256): SharingRules {
  const rules = charter.sharing.map(({ id, says, article, actions, kinds }) => ({
    id,
    says,
    citation: article,
    actions,
    kinds,
  }));
  return { hash: charterHash(charter, sha256), rules };
}

/**
 * Whom a charter trusts to have seen what ledgers say, as a policy for verifying proofs. A member may only be stricter.
 *
 * @param logKeys - of the ledgers whose proofs are to be verified.
 */
export function witnessPolicyOf(charter: Charter, logKeys: readonly VerifierKey[], sha256: Sha256): Policy {
  return makePolicy(logKeys, witnessesOf(charter, sha256), charter.witnesses.quorum);
}

/** Witnesses with the keys that can be read: a key that cannot says nothing. */
function witnessesOf({ witnesses }: Charter, sha256: Sha256): WitnessOfPolicy[] {
  return witnesses.of.map(({ name, keys }) => ({ name, keys: keys.flatMap((text) => readKey(text, sha256) ?? []) }));
}

/** Whether every key of the witnesses states times, and none is there twice. */
export function areWitnessesUsable(charter: Charter, sha256: Sha256): boolean {
  const texts = charter.witnesses.of.flatMap(({ keys }) => keys);
  const keys = witnessesOf(charter, sha256).flatMap((each) => each.keys);
  return keys.length === texts.length && new Set(keys.map(({ publicKey }) => publicKey.join())).size === keys.length;
}

function readKey(text: string, sha256: Sha256): VerifierKey | undefined {
  try {
    const key = parseVerifierKey(text, sha256);
    return signatureKinds[key.kind].isTimed ? key : undefined;
  } catch (error) {
    asOwnError(error);
    return undefined;
  }
}
