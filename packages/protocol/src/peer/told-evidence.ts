import { z } from 'zod';
import { canonicalJson, limits, parseJson } from '../base/index.ts';
import { malformed } from './malformed.ts';
import { signedStatementSchema } from './statement.ts';
import type { SignedStatement } from './statement.ts';

/** Pieces of evidence in one answer. */
export const evidenceMax = 32;
/** Characters of one answer with evidence. */
export const evidenceCharsMax = 1_048_576;

const note = z.string().max(limits.ledgerNoteBytesMax);
const toldSchema = z.discriminatedUnion('kind', [
  /** Two statements of one origin that cannot both be honest. */
  z.strictObject({
    kind: z.literal('contradiction'),
    statements: z.tuple([signedStatementSchema, signedStatementSchema]),
  }),
  /** Two trees of one size of a member's ledger, as it signed them. */
  z.strictObject({ kind: z.literal('split-ledger'), notes: z.tuple([note, note]) }),
]);
const answerSchema = z.strictObject({ v: z.literal(1), evidence: z.array(toldSchema).max(evidenceMax) });

/** What one member tells another of a third. Whoever hears it verifies it: who told says nothing of whether it holds. */
export type ToldEvidence = z.infer<typeof toldSchema>;

/**
 * Reads what a member tells of evidence.
 *
 * @param text - hostile; at most {@link evidenceCharsMax} characters.
 * @param place - for the message.
 * @throws {ComityError} `PEER_MALFORMED`, `INPUT_TOO_LARGE`, `JSON_MALFORMED`.
 */
export function parseToldEvidence(text: string, place: string): readonly ToldEvidence[] {
  const read = answerSchema.safeParse(parseJson(text, evidenceCharsMax, place));
  if (read.success) return read.data.evidence;
  throw malformed(place, read.error);
}

/** The answer that tells of evidence: the first of it, as much as one answer holds. */
export function printToldEvidence(evidence: readonly ToldEvidence[]): string {
  const told: string[] = [];
  let chars = 64;
  for (const each of evidence.slice(0, evidenceMax)) {
    const text = JSON.stringify(each);
    chars += text.length + 1;
    if (chars > evidenceCharsMax) break;
    told.push(text);
  }
  return `{"v":1,"evidence":[${told.join(',')}]}`;
}

/** Two statements as they are kept: whoever finds or hears of them, in whatever order, keeps the same text. */
export function contradictionText(statements: readonly [SignedStatement, SignedStatement]): string {
  return `[${statements
    .map((each) => canonicalJson(each as never))
    .toSorted()
    .join(',')}]`;
}
