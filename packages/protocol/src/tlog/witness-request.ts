import { base64Of, hexOf, limits, quote, utf8Bytes } from '../base/index.ts';
import { parseCheckpoint } from './checkpoint.ts';
import type { Checkpoint } from './checkpoint.ts';
import type { Sha256 } from './crypto.ts';
import { parseNote } from './note.ts';
import { malformed, parseDecimal, parseHash, textOf } from './text.ts';

/** What a log sends a witness to have a checkpoint cosigned (C2SP tlog-witness, `add-checkpoint`). */
export interface AddCheckpointRequest {
  /** Size of the last checkpoint the witness cosigned, as the log believes. */
  readonly oldSize: number;
  /** That the tree only grew since: at most 63 hashes. */
  readonly proof: readonly Uint8Array[];
  /** The signed checkpoint as text. */
  readonly note: string;
}

/** A request that has its form. Nothing of it is verified. */
export interface ParsedRequest extends AddCheckpointRequest {
  /** What the note says: whose log, so that a witness finds what it knows of it. */
  readonly checkpoint: Checkpoint;
}

const proofMax = 63;

/**
 * Reads the body of a request; one that is refused here is answered 400.
 *
 * @param body - hostile; at most 128 KiB.
 * @throws {ComityError} `LEDGER_MALFORMED`, `INPUT_TOO_LARGE`, `ENCODING_MALFORMED`.
 */
export function parseAddCheckpoint(body: string | Uint8Array): ParsedRequest {
  const text = textOf(body, limits.ledgerRequestBytesMax, 'request');
  const border = text.indexOf('\n\n');
  if (border === -1) throw malformed('Cannot read request: no empty line before the checkpoint');
  const [first = '', ...lines] = text.slice(0, border).split('\n');
  if (!first.startsWith('old ')) throw malformed(`Cannot read request: it begins with ${quote(first)}, not "old"`);
  if (lines.length > proofMax) throw malformed(`Cannot read request: ${lines.length} hashes, at most ${proofMax}`);
  const note = text.slice(border + 2);
  return {
    oldSize: parseDecimal(first.slice('old '.length), 'old size of request'),
    proof: lines.map((line, index) => parseHash(line, `hash ${index + 1} of request`)),
    note,
    checkpoint: parseCheckpoint(parseNote(note).text),
  };
}

/**
 * The body of a request. It should carry the log's own signatures and no others: some witnesses read no more than 16 KiB.
 *
 * @throws {ComityError} `INPUT_TOO_LARGE` beyond that; `LEDGER_MALFORMED` for what {@link parseAddCheckpoint} would not read.
 */
export function printAddCheckpoint({ oldSize, proof, note }: AddCheckpointRequest): string {
  const body = `${[`old ${oldSize}`, ...proof.map(base64Of)].join('\n')}\n\n${note}`;
  parseAddCheckpoint(textOf(body, limits.ledgerRequestWrittenBytesMax, 'request'));
  return body;
}

/** Path below the monitoring URL of a witness where it shows the last checkpoint of a log it cosigned. */
export function monitoringPathOf(origin: string, sha256: Sha256): string {
  return `${hexOf(sha256(utf8Bytes(origin)))}/checkpoint`;
}
