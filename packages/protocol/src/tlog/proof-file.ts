import { base64Of, limits, quote } from '../base/index.ts';
import { parseCheckpoint } from './checkpoint.ts';
import type { Checkpoint } from './checkpoint.ts';
import type { TlogCrypto } from './crypto.ts';
import { parseNote } from './note.ts';
import type { VerifiedSignature } from './note.ts';
import { openCheckpoint } from './open-checkpoint.ts';
import { isQuorum, logOfPolicy } from './policy.ts';
import type { Policy } from './policy.ts';
import { malformed, parseBase64, parseDecimal, parseHash, textOf, unproven } from './text.ts';
import { isIncluded, leafHash } from './tree.ts';

/** A receipt that an entry is in a log (C2SP tlog-proof): what a `.tlog-proof` file says. Nothing of it is verified. */
export interface TlogProof {
  /** Whatever its writer wanted to say; nobody signed it. */
  readonly extra: Uint8Array | undefined;
  /** Place of the entry, from 0. */
  readonly index: number;
  /** From the sibling of the entry up. */
  readonly hashes: readonly Uint8Array[];
  /** A signed checkpoint, as it came. */
  readonly checkpoint: string;
}

const header = 'c2sp.org/tlog-proof@v1';
/** Longest way up a tree, as witnesses have it too. */
const hashesMax = 63;

/**
 * Reads a proof. The checkpoint in it is taken as it stands.
 *
 * @throws {ComityError} `LEDGER_MALFORMED`, `INPUT_TOO_LARGE`, `ENCODING_MALFORMED`.
 */
export function parseTlogProof(input: string | Uint8Array): TlogProof {
  const text = textOf(input, limits.ledgerNoteBytesMax, 'proof');
  const border = text.indexOf('\n\n');
  if (border === -1) throw malformed('Cannot read proof: no empty line before the checkpoint');
  const lines = text.slice(0, border).split('\n');
  if (valueOf(lines, header) !== '') throw malformed(`Cannot read proof: its first line is not ${quote(header)}`);
  const extra = valueOf(lines, 'extra ');
  const index = valueOf(lines, 'index ');
  if (index === undefined) throw malformed('Cannot read proof: it has no index');
  if (lines.length > hashesMax) throw malformed(`Cannot read proof: ${lines.length} hashes, at most ${hashesMax}`);
  return {
    extra: extra === undefined ? undefined : parseBase64(extra, 'extra of proof'),
    index: parseDecimal(index, 'index of proof'),
    hashes: lines.map((line, at) => parseHash(line, `hash ${at + 1} of proof`)),
    checkpoint: text.slice(border + 2),
  };
}

/** Takes the first line when it begins so, and gives what follows. */
function valueOf(lines: string[], beginning: string): string | undefined {
  return lines[0]?.startsWith(beginning) === true ? lines.shift()!.slice(beginning.length) : undefined;
}

/**
 * A proof as text.
 *
 * @throws {ComityError} `LEDGER_MALFORMED` for what {@link parseTlogProof} would not read.
 */
export function printTlogProof({ extra, index, hashes, checkpoint }: TlogProof): string {
  const lines = [
    header,
    ...(extra === undefined ? [] : [`extra ${base64Of(extra)}`]),
    `index ${index}`,
    ...hashes.map(base64Of),
  ];
  const text = `${lines.join('\n')}\n\n${checkpoint}`;
  parseTlogProof(text);
  return text;
}

/** What a proof shows: the entry is in the log at that place, and a quorum saw the log so. */
export interface ProvenEntry {
  readonly checkpoint: Checkpoint;
  readonly index: number;
  /** Of witnesses of the policy. Times are as they state them: how old a view may be is for the caller to say. */
  readonly cosignatures: readonly VerifiedSignature[];
}

/**
 * Verifies a proof: the log is one of the policy's and signed the checkpoint, the quorum cosigned it, the entry is in it.
 *
 * @param proof - hostile.
 * @param entry - the bytes that are claimed to be in the log.
 * @throws {ComityError} `LEDGER_UNPROVEN` when a step fails; `LEDGER_MALFORMED`, `INPUT_TOO_LARGE`, `ENCODING_MALFORMED`.
 */
export function verifyTlogProof(
  proof: string | Uint8Array,
  entry: Uint8Array,
  policy: Policy,
  crypto: TlogCrypto,
): ProvenEntry {
  const { index, hashes, checkpoint: note } = parseTlogProof(proof);
  const log = logOfPolicy(policy, parseCheckpoint(parseNote(note).text).origin);
  const witnessKeys = policy.witnesses.map(({ key }) => key);
  const { checkpoint, ofWitnesses } = openCheckpoint(note, log, witnessKeys, crypto);
  const cosigners = ofWitnesses.map(({ key }) => key);
  if (!isQuorum(policy, cosigners)) {
    throw unproven(`Cannot trust proof: its ${cosigners.length} cosignatures are not the quorum of the policy`);
  }
  const { size, root } = checkpoint;
  const claim = { index, leafHash: leafHash(entry, crypto.sha256), size, root, proof: hashes };
  if (!isIncluded(claim, crypto.sha256)) {
    throw unproven(`Cannot trust proof: it does not show the entry at ${index} of ${size} of ${quote(log.origin)}`);
  }
  return { checkpoint, index, cosignatures: ofWitnesses };
}
