import { z } from 'zod';
import { limits } from '../base/index.ts';
import type { Sha256 } from '../tlog/index.ts';
import { actionShape } from './action.ts';
import { membersMax } from './charter.ts';
import { digest, hashOf, instant, parseDocument, sorted, usOf } from './forms.ts';

/** The form of a proposal. */
export const proposalShape = z
  .strictObject({
    type: z.literal('comity-proposal'),
    version: z.literal(1),
    federation: digest,
    /** Hash of the charter that is to be changed. */
    base: digest,
    /** A member says yes to one charter in place of the base in each round; a new one begins when nothing came of those before. */
    round: z.int().min(0),
    action: actionShape,
    /** Hash of the charter it installs, fixed before the vote; absent for an emergency, which installs none. */
    target: digest.optional(),
    /** Members that said nothing to the decision that made the base; all others said something. Absent: nothing is recorded of it. */
    absent: sorted(digest, (id) => id)
      .max(membersMax)
      .optional(),
    /** Members that left, and are struck off; each with the leaf of its act. */
    left: sorted(z.strictObject({ member: digest, act: digest }), ({ member }) => member)
      .max(membersMax)
      .optional(),
    /** Members that put it forward. */
    sponsors: sorted(digest, (id) => id)
      .min(1)
      .max(16),
    /** SHA-256 of the text that says why. */
    rationale: digest,
    opensAt: instant,
    closesAt: instant,
    /** When what it installs is in effect, once it has passed. */
    effectiveAt: instant,
  })
  .refine(({ opensAt, closesAt }) => usOf(opensAt) < usOf(closesAt), 'closes before it opens')
  .refine(
    ({ action, target, absent, left }) =>
      action.type === 'emergency'
        ? target === undefined && absent === undefined && left === undefined
        : target !== undefined,
    'names a target for an emergency, or none for anything else',
  );
/** What is voted on (docs/spec/charter.md §4). */
export type Proposal = z.infer<typeof proposalShape>;

const form = { name: 'proposal', shape: proposalShape, bytesMax: limits.proposalBytesMax };

/**
 * Reads a proposal: canonical JSON and nothing else.
 *
 * @param input - hostile; at most `limits.proposalBytesMax` bytes.
 * @throws {ComityError} `CHARTER_MALFORMED` with the place, also for an action that is not one of the closed list; `INPUT_TOO_LARGE`,
 *   `JSON_MALFORMED`, `ENCODING_MALFORMED`.
 */
export function parseProposal(input: string | Uint8Array): Proposal {
  return parseDocument(input, form);
}

/** What a proposal is called: SHA-256 of its canonical JSON, in lower-case hexadecimal. Ballots name it. */
export function proposalHash(proposal: Proposal, sha256: Sha256): string {
  return hashOf(proposal, sha256);
}
