import { asOwnError, limits } from '../base/index.ts';
import type { TlogCrypto } from './crypto.ts';
import type { VerifierKey } from './key.ts';
import { openNote, parseSignatureLines, printSignatureLine } from './note.ts';
import type { NoteSignature, VerifiedSignature } from './note.ts';
import { parseDecimal, textOf } from './text.ts';
import type { WitnessDecision } from './witness-decision.ts';

/** An answer over HTTP. */
export interface WitnessAnswer {
  readonly status: number;
  readonly contentType: string;
  readonly body: string;
}

/** Media type of a body that is a size. */
export const sizeMediaType = 'text/x.tlog.size';
const textMediaType = 'text/plain; charset=utf-8';

/**
 * A decision as an answer.
 *
 * @param signatures - of the witness over the text of the decision; none unless its status is 200.
 */
export function printWitnessAnswer(decision: WitnessDecision, signatures: readonly NoteSignature[]): WitnessAnswer {
  const { status } = decision;
  if (status === 409) return { status, contentType: sizeMediaType, body: `${decision.size}\n` };
  const body = status === 200 ? signatures.map(printSignatureLine).join('') : `${decision.reason}\n`;
  return { status, contentType: textMediaType, body };
}

/** What a log makes of an answer. */
export type ReadAnswer =
  | { readonly outcome: 'cosigned'; readonly cosignatures: readonly VerifiedSignature[] }
  /** To be asked again with a proof from that size: three times at most. */
  | { readonly outcome: 'conflict'; readonly size: number }
  | {
      readonly outcome: 'failed';
      readonly reason: string;
      /** Whether the witness may have seen another tree of this log: somebody has to look. */
      readonly isAlarming: boolean;
    };

/**
 * Reads the answer of a witness to a checkpoint.
 *
 * Witnesses differ in the field: one says 403 for a log it does not know, one 409 without a body for a fork, one 500 for a bad
 * signature. So what is neither a cosignature nor a size is a failed witness, whatever its status, and throws nothing.
 *
 * @param answer - hostile; at most 64 KiB of body are read.
 * @param text - of the checkpoint that was sent.
 * @param keys - of this witness; the answer must state a time with each.
 */
export function readWitnessAnswer(
  answer: Pick<WitnessAnswer, 'status' | 'body'>,
  text: string,
  keys: readonly VerifierKey[],
  crypto: TlogCrypto,
): ReadAnswer {
  const { status } = answer;
  try {
    const body = textOf(answer.body, limits.ledgerAnswerBytesMax, 'answer of witness');
    if (status === 200) return readCosignatures(body, text, keys, crypto);
    if (status === 409) return readConflict(body);
  } catch (error) {
    const { message } = asOwnError(error);
    return { outcome: 'failed', reason: message, isAlarming: status === 409 };
  }
  return { outcome: 'failed', reason: `the witness answered ${status}`, isAlarming: status === 422 };
}

function readCosignatures(body: string, text: string, keys: readonly VerifierKey[], crypto: TlogCrypto): ReadAnswer {
  // Lines and nothing else: with an empty line in it the note would have another text, which the witness signed and we did not send.
  // Such a line beside our checkpoint would make every reader refuse it.
  parseSignatureLines(body);
  const { verified } = openNote(`${text}\n${body}`, keys, crypto);
  if (verified.every(({ timeSeconds }) => timeSeconds !== undefined && timeSeconds > 0)) {
    return { outcome: 'cosigned', cosignatures: verified };
  }
  return { outcome: 'failed', reason: 'the witness states no time', isAlarming: false };
}

function readConflict(body: string): ReadAnswer {
  return { outcome: 'conflict', size: parseDecimal(body.replace(/\n$/, ''), 'size the witness knows') };
}
