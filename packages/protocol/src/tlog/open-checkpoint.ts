import { ComityError, quote } from '../base/index.ts';
import { parseCheckpoint } from './checkpoint.ts';
import type { Checkpoint } from './checkpoint.ts';
import type { TlogCrypto } from './crypto.ts';
import { haveSameKey, signerOf } from './key.ts';
import type { VerifierKey } from './key.ts';
import { openNote } from './note.ts';
import type { VerifiedSignature } from './note.ts';
import { areBytesEqual, unproven } from './text.ts';
import { emptyRoot } from './tree.ts';

/** A log as its readers know it. */
export interface KnownLog {
  readonly origin: string;
  /** Its own keys, of any kind: one, one of each kind, or the old and the new ones while they change. */
  readonly keys: readonly VerifierKey[];
}

/** A checkpoint its log signed. */
export interface OpenedCheckpoint {
  readonly checkpoint: Checkpoint;
  /** By keys of the log: at least one. */
  readonly ofLog: readonly VerifiedSignature[];
  /** By keys of witnesses that were handed in. Whether they are enough a policy says. */
  readonly ofWitnesses: readonly VerifiedSignature[];
}

/**
 * Verifies a signed checkpoint of a log, and the cosignatures of the witnesses one knows.
 *
 * @param note - hostile.
 * @throws {ComityError} `LEDGER_MALFORMED`, `LEDGER_UNPROVEN` (another log's, not signed by it, a signature that is not that of its
 *   known key, or a size of 0 with the root of something), `INPUT_TOO_LARGE`, `ENCODING_MALFORMED`, and `ARGUMENT_INVALID` when
 *   a key has two roles.
 */
export function openCheckpoint(
  note: string | Uint8Array,
  log: KnownLog,
  witnessKeys: readonly VerifierKey[],
  crypto: TlogCrypto,
): OpenedCheckpoint {
  checkRoles(log.keys, witnessKeys);
  const { text, verified } = openNote(note, [...log.keys, ...witnessKeys], crypto);
  const checkpoint = parseCheckpoint(text);
  const { origin, size, root } = checkpoint;
  if (origin !== log.origin) {
    throw unproven(`Cannot trust checkpoint: it is of ${quote(origin)}, not of ${quote(log.origin)}`);
  }
  const signers = new Set(log.keys.map(signerOf));
  const ofLog = verified.filter(({ key }) => signers.has(signerOf(key)));
  if (ofLog.length === 0) throw unproven(`Cannot trust checkpoint of ${quote(origin)}: the log did not sign it`);
  if (size === 0 && !areBytesEqual(root, emptyRoot(crypto.sha256))) {
    throw unproven(`Cannot trust checkpoint of ${quote(origin)}: it has no entries and not the root of none`);
  }
  return { checkpoint, ofLog, ofWitnesses: verified.filter(({ key }) => !signers.has(signerOf(key))) };
}

/** What a key signs as a witness must say nothing as a log, under whatever name. */
function checkRoles(logKeys: readonly VerifierKey[], witnessKeys: readonly VerifierKey[]): void {
  const twice = witnessKeys.find((witness) => logKeys.some((key) => haveSameKey(key, witness)));
  if (twice === undefined) return;
  throw new ComityError(
    'ARGUMENT_INVALID',
    `Cannot use ${quote(signerOf(twice))} as a witness: it is the log's own key`,
  );
}
