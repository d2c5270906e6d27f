import { base64Of, limits, quote, utf8Bytes } from '../base/index.ts';
import { nameBytesMax } from './key.ts';
import { hashBytes, linesOf, malformed, parseDecimal, parseHash, textOf } from './text.ts';

/** What a log says of itself: so many entries, and the hash over all of them. */
export interface Checkpoint {
  /** The log's name for ever: 1 to 255 bytes of UTF-8, usually its URL without scheme. */
  readonly origin: string;
  /** Number of entries, up to 2^53−1. */
  readonly size: number;
  /** 32 bytes. */
  readonly root: Uint8Array;
}

/**
 * Reads the text of a checkpoint (C2SP tlog-checkpoint): origin, size, root.
 *
 * Extension lines are refused: ML-DSA-44 does not sign them, some witnesses do and some do not take them.
 *
 * @throws {ComityError} `LEDGER_MALFORMED`, `INPUT_TOO_LARGE`, `ENCODING_MALFORMED`.
 */
export function parseCheckpoint(text: string): Checkpoint {
  const checked = textOf(text, limits.ledgerNoteBytesMax, 'checkpoint');
  if (!checked.endsWith('\n')) throw malformed('Cannot read checkpoint: its last line does not end');
  const [origin = '', size = '', root = '', ...extensions] = linesOf(checked);
  if (extensions.length > 0) throw malformed(`Cannot read checkpoint of ${quote(origin)}: it has extension lines`);
  checkOrigin(origin);
  return { origin, size: parseDecimal(size, 'size of checkpoint'), root: parseHash(root, 'root of checkpoint') };
}

/**
 * The text of a checkpoint, which is what is signed.
 *
 * @throws {ComityError} `LEDGER_MALFORMED` for what {@link parseCheckpoint} would not read.
 */
export function printCheckpoint({ origin, size, root }: Checkpoint): string {
  checkOrigin(origin);
  if (root.length !== hashBytes) throw malformed(`Cannot write checkpoint: a root of ${root.length} bytes`);
  return `${origin}\n${parseDecimal(String(size), 'size of checkpoint')}\n${base64Of(root)}\n`;
}

function checkOrigin(origin: string): void {
  const isOne = origin !== '' && utf8Bytes(origin).length <= nameBytesMax && !/[\0-\x1f]/.test(origin);
  if (!isOne || !origin.isWellFormed()) {
    throw malformed(`Cannot use ${quote(origin)} as an origin: 1 to ${nameBytesMax} bytes without control characters`);
  }
}
