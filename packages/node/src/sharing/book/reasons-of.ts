import { asOwnError } from '@comity/protocol/base';
import type { Decision } from '@comity/protocol/sharing';
import { findFloorReason } from '../decide/floor.ts';
import { findLawReason } from '../law/ask-law.ts';
import type { Law } from '../law/law.ts';
import type { KeptDecision, LawBook } from '../sharing.ts';

/** The rules that kept decisions name by their ids; each law is read once. */
export function reasonsOf(kept: readonly KeptDecision[], laws: Pick<LawBook, 'get'>): readonly Decision['reasons'][] {
  const known = new Map<string, Law | undefined>();
  const lawOf = (hash: string): Law | undefined => {
    if (!known.has(hash)) known.set(hash, readLaw(hash, laws));
    return known.get(hash);
  };
  return kept.map(({ ruleIds, lawHash }) =>
    ruleIds.flatMap((id) => findFloorReason(id) ?? findLawReason(lawOf(lawHash), id) ?? []),
  );
}

/** Undefined: it is not kept, or was written for another version of what a law may speak of. */
function readLaw(hash: string, laws: Pick<LawBook, 'get'>): Law | undefined {
  try {
    return laws.get(hash).law;
  } catch (error) {
    asOwnError(error);
    return undefined;
  }
}
