import { quote } from '../base/index.ts';
import type { TlogCrypto } from './crypto.ts';
import { printCheckpoint } from './checkpoint.ts';
import { printNote } from './note.ts';
import { openCheckpoint } from './open-checkpoint.ts';
import type { KnownLog, OpenedCheckpoint } from './open-checkpoint.ts';
import { areBytesEqual, unproven } from './text.ts';

/**
 * Evidence that a log told two stories: two checkpoints it signed, of one size, with two roots. Complete by itself: whoever knows
 * the log's keys can verify it, and nobody but the log can have made it.
 *
 * Two checkpoints of different sizes are none, even when no proof leads from one to the other: that a proof is wrong shows something of whoever
 * gave it. A log that is honest can give a right one, or its tiles; the answer to silence is a deadline, not this.
 */
export interface Equivocation {
  readonly origin: string;
  readonly size: number;
  /** Two notes with the log's signatures alone. */
  readonly notes: readonly [string, string];
}

/**
 * The evidence in two signed checkpoints of one log, if there is any.
 *
 * @param notes - hostile.
 * @throws {ComityError} as `openCheckpoint`, when one of them is not a checkpoint the log signed.
 */
export function findEquivocation(
  notes: readonly [string, string],
  log: KnownLog,
  crypto: TlogCrypto,
): Equivocation | undefined {
  const [one, other] = notes.map((note) => openCheckpoint(note, log, [], crypto)) as [
    OpenedCheckpoint,
    OpenedCheckpoint,
  ];
  const { origin, size, root } = one.checkpoint;
  if (size !== other.checkpoint.size || areBytesEqual(root, other.checkpoint.root)) return undefined;
  return { origin, size, notes: [ownNote(one), ownNote(other)] };
}

/** What the log signed and no more: a line added by somebody else could make a reader refuse the note. */
function ownNote({ checkpoint, ofLog }: OpenedCheckpoint): string {
  return printNote({ text: printCheckpoint(checkpoint), signatures: ofLog.map(({ signature }) => signature) });
}

/**
 * Verifies evidence somebody else gathered.
 *
 * @param evidence - hostile in what it says; that it has these fields is checked before.
 * @throws {ComityError} `LEDGER_UNPROVEN` when it shows nothing; else as `openCheckpoint`.
 */
export function verifyEquivocation(evidence: Equivocation, log: KnownLog, crypto: TlogCrypto): void {
  const found = findEquivocation(evidence.notes, log, crypto);
  if (found !== undefined && found.origin === evidence.origin && found.size === evidence.size) return;
  throw unproven(`Cannot use evidence against ${quote(log.origin)}: it has no two roots of ${evidence.size} entries`);
}
