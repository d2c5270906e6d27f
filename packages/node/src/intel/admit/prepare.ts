import { ComityError, timestampOfUs } from '@comity/protocol/base';
import { strictestTlp } from '@comity/protocol/markings';
import type { MarkingLookup } from '@comity/protocol/markings';
import { modifiedAheadUsMax } from '../bounds.ts';
import { keyOfStixId } from '../codes.ts';
import type { Candidate, Loan, ValueCandidate, WithdrawCandidate } from '../import.ts';
import { readObjectFacts } from './object-facts.ts';
import type { ObjectFacts } from './object-facts.ts';
import type { VersionContext } from './version-book.ts';

/** One candidate, read: what it says, or why it cannot be used. */
export type Prepared =
  | { readonly kind: 'object'; readonly facts: ObjectFacts; readonly loan: Loan | undefined }
  | { readonly kind: 'value'; readonly candidate: ValueCandidate }
  | { readonly kind: 'withdrawal'; readonly candidate: WithdrawCandidate; readonly key: Buffer }
  | { readonly kind: 'rejected'; readonly error: ComityError };

/** Reads candidates: whatever is wrong with one rejects that one. */
export function prepareCandidates(
  candidates: readonly Candidate[],
  { source, nowUs }: VersionContext,
  findMarking: MarkingLookup,
): Prepared[] {
  return candidates.map((candidate) => {
    if ('value' in candidate) return { kind: 'value', candidate };
    if ('withdraw' in candidate) return { kind: 'withdrawal', candidate, key: keyOfStixId(candidate.withdraw) };
    try {
      const facts = readObjectFacts(candidate.object, source.defaultTlp, findMarking);
      assertNotAhead(facts, nowUs);
      const { loan } = candidate;
      if (loan === undefined) return { kind: 'object', facts, loan };
      return { kind: 'object', facts: { ...facts, tlp: strictestTlp([facts.tlp, loan.tlp]) }, loan };
    } catch (error) {
      if (error instanceof ComityError) return { kind: 'rejected', error };
      throw error;
    }
  });
}

/**
 * A version from far ahead would outlive every honest one that follows.
 *
 * @throws {ComityError} `STIX_MALFORMED`.
 */
function assertNotAhead({ id, modifiedUs }: ObjectFacts, nowUs: number): void {
  if (modifiedUs === undefined || modifiedUs <= nowUs + modifiedAheadUsMax) return;
  const modified = timestampOfUs(modifiedUs);
  throw new ComityError(
    'STIX_MALFORMED',
    `Cannot take ${id}: modified ${modified} is more than a day ahead of the clock`,
  );
}
