import { z } from 'zod';
import { saltText } from '../acts/index.ts';
import { hexOf, utf8Bytes } from '../base/index.ts';
import { leafHash } from '../tlog/index.ts';
import type { Sha256 } from '../tlog/index.ts';
import { digest } from './forms.ts';

// The reader of entries asks for a day that exists; here a wrong one only makes a leaf that is in no ledger.
const hour = z.string().regex(/^\d{4}-\d\d-\d\dT\d\d:00:00Z$/);
const head = { member: digest, at: hour, salt: saltText };
/** The act before: its name, or the place it has in the same decision, before this one. */
const previous = z.union([digest, z.int().min(0)]).optional();

/** An act of voting in a decision: an entry of a ledger without what is the same in all of them. */
export const votingActShape = z.discriminatedUnion('type', [
  z.strictObject({
    ...head,
    type: z.literal('ballot'),
    content: z.strictObject({
      choice: z.enum(['yes', 'no', 'abstain']),
      previous,
      /** Absent: that of the decision. */
      proposal: digest.optional(),
      reason: digest.optional(),
    }),
  }),
  z.strictObject({
    ...head,
    type: z.enum(['sponsorship', 'confirmation']),
    content: z.strictObject({ previous, proposal: digest.optional() }),
  }),
  z.strictObject({
    ...head,
    type: z.literal('leaving'),
    content: z.strictObject({
      bound: digest.optional(),
      charter: digest,
      federation: digest,
      previous,
    }),
  }),
]);
/** An act of voting as a decision shows it. */
export type VotingAct = z.infer<typeof votingActShape>;

/** An act of voting with what it is called. An entry does not say whose it is: the same words in two ledgers are two acts of one name. */
export interface NamedAct {
  readonly act: VotingAct;
  /** The proposal it is about; of leaving, none. */
  readonly proposal: string | undefined;
  /** Hash of the leaf in the ledger. */
  readonly leaf: Uint8Array;
  /** The same in lower-case hexadecimal: what the next act calls it. */
  readonly name: string;
  /** Name of the act before. */
  readonly previous: string | undefined;
}

/**
 * Names an act of a decision on `proposal`.
 *
 * @param before - the acts that stand before it: an act may name one of them by its place. A place where there is none makes it an act
 *   that is in no ledger.
 */
export function nameAct(act: VotingAct, proposal: string, sha256: Sha256, before: readonly NamedAct[] = []): NamedAct {
  const of = act.type === 'leaving' ? undefined : (act.content.proposal ?? proposal);
  const told = act.content.previous;
  const known = typeof told === 'number' ? (before[told]?.name ?? '') : told;
  const leaf = leafHash(utf8Bytes(entryText(act, of, known)), sha256);
  return { act, proposal: of, leaf, name: hexOf(leaf), previous: known };
}

/**
 * The entry as it stands in the ledger. Written here in the order canonical JSON has: every part is letters and digits, so that this is
 * the text `printEntry` makes, in a fifth of the time; a replay makes hundreds of thousands.
 */
function entryText(act: VotingAct, proposal: string | undefined, previous: string | undefined): string {
  const { at, salt, type } = act;
  return JSON.stringify({ at, content: orderedContent(act, proposal, previous), form: 'open', salt, type, v: 1 });
}

function orderedContent(
  { type, content }: VotingAct,
  proposal: string | undefined,
  previous: string | undefined,
): object {
  if (type === 'ballot') return { choice: content.choice, previous, proposal, reason: content.reason };
  if (type !== 'leaving') return { previous, proposal };
  return { bound: content.bound, charter: content.charter, federation: content.federation, previous };
}

/** The entry of a gathering as it stands in the ledger: the same order. */
export function gatheringText(
  { at, salt }: { readonly at: string; readonly salt: string },
  content: { readonly count: number; readonly proposal: string; readonly root: string },
): string {
  const { count, proposal, root } = content;
  return JSON.stringify({ at, content: { count, proposal, root }, form: 'open', salt, type: 'gathering', v: 1 });
}
