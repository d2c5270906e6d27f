import { ComityError } from '@comity/protocol/base';
import type { StixId } from '@comity/protocol/base';
import type { LentItem, ReceiptLine, ReceivedItem } from '@comity/protocol/peer';
import { traitsOf } from '@comity/protocol/sharing';
import { parseStixObject } from '@comity/protocol/stix';
import type { Candidate, Loan, Outcome } from '../../intel/index.ts';
import type { ShareableObject } from '../../sharing/index.ts';

/** What an item carries, read; undefined: its object cannot be. */
export function candidateOf(item: LentItem, text: string, loan: Loan): LentCandidate | undefined {
  try {
    const object = parseStixObject(text);
    if (object.id !== item.statement.id) return undefined;
    return { object, place: `item ${item.sequence}`, loan };
  } catch (error) {
    if (error instanceof ComityError) return undefined;
    throw error;
  }
}

type LentCandidate = Extract<Candidate, { object: unknown }> & { readonly loan: Loan };

/** What is lent, as sharing judges it before it is here. */
export function arrivingOf({ object, loan }: LentCandidate): ShareableObject {
  const { id, type, modifiedUs, text, value } = object;
  const { tlp, pap: lentPap, untilUs: leaseUntilUs } = loan;
  return {
    id,
    type,
    modifiedUs,
    text,
    tlp,
    leaseUntilUs,
    lentPap,
    recalled: false,
    own: false,
    traits: traitsOf(value),
  };
}

/** Whether an item may go in together with those before it: it lends, and none of `ids`. It is noted there. */
export function isJoinable({ item }: ReceivedItem, ids: Set<string>): boolean {
  if (item.kind !== 'lent' || ids.has(item.statement.id)) return false;
  ids.add(item.statement.id);
  return true;
}

/** The line of a receipt about an item, without what became of it. */
export function lineOf(item: ReceivedItem['item']): Pick<ReceiptLine, 'sequence' | 'id' | 'version'> {
  const { sequence } = item;
  switch (item.kind) {
    case 'lent':
    case 'recalled':
      return { sequence, id: item.statement.id, version: item.statement.version };
    case 'ended':
      return { sequence, id: item.id };
    case 'renewed':
      return { sequence };
  }
}

/** What became of what was admitted. */
export function effectOf(outcome: Outcome): Pick<ReceiptLine, 'effect' | 'reason'> {
  switch (outcome.kind) {
    case 'rejected':
      // What was erased here does not come back.
      return { effect: 'refused', reason: outcome.error.details?.['reason'] === 'erased' ? 'law' : 'malformed' };
    case 'held-back':
      return { effect: 'stored', reason: 'held-back' };
    case 'not-there':
      return { effect: 'refused', reason: 'malformed' };
    case 'taken':
      // Its origin itself lent what is dated later: that one counts, under the terms it came with.
      if (outcome.change === 'old-version') return { effect: 'refused', reason: 'older-version' };
      // Kept beside a version that counts, it changes nothing.
      return { effect: outcome.change === 'conflict' ? 'stored' : useOf(outcome.id) };
    case 'duplicate':
      return { effect: useOf(outcome.id) };
  }
}

function useOf(id: StixId): 'applied' | 'stored' {
  return id.startsWith('indicator--') ? 'applied' : 'stored';
}
