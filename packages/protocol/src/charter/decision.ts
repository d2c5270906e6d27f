import { z } from 'zod';
import { saltText } from '../acts/index.ts';
import { hexOf, limits, utf8Bytes } from '../base/index.ts';
import type { Sha256 } from '../tlog/index.ts';
import { checkForm, digest, readJson } from './forms.ts';
import { proposalShape } from './proposal.ts';
import { votingActShape } from './voting-act.ts';

const actsMax = 4096;
/** Place of an act in the list of them. */
const place = z.int().min(0).max(actsMax);
const index = z.int().min(0);
/** Hashes of a proof in base64, one behind the other: 63 at most. */
const proof = z.string().max(2688);
const checkpoint = z.string().max(64 * 1024);

/** Shows that an act stands in its member’s ledger: a head the ledger signed, and the way to it. */
const headShape = z.strictObject({ act: place, index, proof, checkpoint });

/**
 * Shows when acts were there: a head a quorum of witnesses cosigned, of a ledger with the act in it, or with a gathering in which somebody
 * named acts it had seen.
 */
const stampShape = z.strictObject({
  /** Whose ledger. */
  member: digest,
  index,
  proof,
  checkpoint,
  of: z.union([
    place,
    z.strictObject({
      at: z.string().max(20),
      salt: saltText,
      /** Of which proposal; absent: that of the decision. */
      proposal: digest.optional(),
      /** Places of acts, and names of those that are not shown, in the order they were gathered. */
      acts: z
        .array(z.union([place, digest]))
        .min(1)
        .max(actsMax),
    }),
  ]),
});

/** The form of a decision. */
export const decisionShape = z.strictObject({
  type: z.literal('comity-decision'),
  version: z.literal(1),
  proposal: proposalShape,
  acts: z.array(votingActShape).max(actsMax),
  heads: z.array(headShape).max(actsMax),
  stamps: z.array(stampShape).max(256),
  /** Rationale and reasons, where they are still there: 24 signs of salt, a newline, the words. */
  texts: z
    .array(
      z
        .string()
        .max(8192)
        .regex(/^[A-Za-z0-9+/]{21}[AQgw]==\n/),
    )
    .max(1024)
    .optional(),
});
/**
 * What decided a proposal: the proposal, what members said to it and that they confirmed it, and what shows that they did, in time. Anybody may assemble one from
 * the ledgers, and two may show different ballots; what they install is the same (docs/spec/charter.md §7).
 */
export type Decision = z.infer<typeof decisionShape>;
/** What shows when acts were there. */
export type Stamp = Decision['stamps'][number];
/** What shows that an act stands in a ledger. */
export type Head = Decision['heads'][number];

const form = { name: 'decision', shape: decisionShape, bytesMax: limits.decisionBytesMax };

/**
 * Reads a decision. Nothing of it is verified: that is for `tally`.
 *
 * @param input - hostile; at most `limits.decisionBytesMax` bytes of JSON.
 * @throws {ComityError} `CHARTER_MALFORMED` with the place, `INPUT_TOO_LARGE`, `JSON_MALFORMED`, `ENCODING_MALFORMED`.
 */
export function parseDecision(input: string | Uint8Array): Decision {
  return checkForm(readJson(input, form), form);
}

/** The words behind a digest (of a rationale, of a reason), without the salt; undefined when they are not there any more. */
export function findText({ texts = [] }: Decision, named: string, sha256: Sha256): string | undefined {
  return texts.find((text) => textDigest(text, sha256) === named)?.replace(/^[^\n]*\n/, '');
}

/** What a rationale or a reason is called: SHA-256 of salt, newline and words, in lower-case hexadecimal. */
export function textDigest(text: string, sha256: Sha256): string {
  return hexOf(sha256(utf8Bytes(text)));
}
