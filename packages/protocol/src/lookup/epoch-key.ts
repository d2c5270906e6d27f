import { z } from 'zod';
import { asOwnError, base64Of, hexOf, parseJson, parseUtf8, utf8Bytes } from '../base/index.ts';
import { entryBytesMax, hashText, openActs, parseEntry, printEntry } from '../acts/index.ts';
import { isIncluded, leafHash, parseBase64 } from '../tlog/index.ts';
import type { Sha256 } from '../tlog/index.ts';
import { bytesOfHex, malformed, unproven } from './bytes.ts';
import { elementBytes } from './oprf.ts';

/** The key of a holder for one epoch: what it commits itself to before all, so that it can give nobody another. */
export interface EpochKey {
  /** Counts up; a number is never used for two keys. */
  readonly epoch: number;
  readonly publicKey: Uint8Array;
  /** When the epoch is over: a whole second. */
  readonly untilUs: number;
}

/** The act a holder publishes a key with, as it is shown to who asks: where it stands in the ledger, and the proof. */
export interface ShownKey {
  readonly entry: Uint8Array;
  readonly index: number;
  /** The ledger's head, signed; whoever reads it verifies it first. */
  readonly checkpoint: string;
  /** From the sibling of the entry up, for the tree of the head. */
  readonly proof: readonly Uint8Array[];
}

/** A shown key, read: about as long as the longest note. */
export const shownKeyBytesMax = 768 * 1024;
const hashesMax = 63;
const shownForm = z.strictObject({
  v: z.literal(1),
  entry: z.string().max(4 * Math.ceil(entryBytesMax / 3)),
  index: z.int().min(0),
  checkpoint: z.string().min(1),
  proof: z.array(hashText).max(hashesMax),
});

/**
 * Bytes of the act that publishes a key.
 *
 * @param hour - the hour it is published in, as acts have it.
 * @param salt - 16 random bytes in base64.
 */
export function epochKeyAct(
  { epoch, publicKey, untilUs }: EpochKey,
  hour: string,
  salt: string,
): Uint8Array<ArrayBuffer> {
  const content = { epoch, key: hexOf(publicKey), until: instantOf(untilUs) };
  return printEntry({ v: 1, at: hour, salt, form: 'open', type: 'lookup-key', content });
}

/** Bytes of a shown key, JSON. */
export function printShownKey({ entry, index, checkpoint, proof }: ShownKey): Uint8Array<ArrayBuffer> {
  const shown = { v: 1, entry: base64Of(entry), index, checkpoint, proof: proof.map(base64Of) };
  return utf8Bytes(JSON.stringify(shown));
}

/** Reads a shown key. @param bytes - hostile. @throws {ComityError} `LOOKUP_MALFORMED`. */
export function parseShownKey(bytes: Uint8Array): ShownKey {
  try {
    const value = parseJson(parseUtf8(bytes, 'a shown key'), shownKeyBytesMax, 'a shown key');
    const { entry, index, checkpoint, proof } = shownForm.parse(value);
    const hashes = proof.map((hash) => parseBase64(hash, 'hash'));
    return { entry: parseBase64(entry, 'entry of an act'), index, checkpoint, proof: hashes };
  } catch (error) {
    throw malformed('Cannot read the key that is shown: it has not its form', error);
  }
}

/**
 * The key a holder has published for an epoch.
 *
 * @param shown - hostile.
 * @param tree - of its checkpoint, which is verified to be of the holder's ledger.
 * @throws {ComityError} `LOOKUP_UNPROVEN` when it is not shown to be in that ledger, or is of another epoch.
 */
export function openShownKey(
  { entry, index, proof }: ShownKey,
  epoch: number,
  { size, root }: { readonly size: number; readonly root: Uint8Array },
  sha256: Sha256,
): EpochKey {
  if (!isIncluded({ index, leafHash: leafHash(entry, sha256), size, root, proof }, sha256))
    throw unproven(`Cannot trust the key of epoch ${epoch}: it is not shown to be in the ledger`);
  const content = contentOf(entry);
  if (content?.epoch !== epoch)
    throw unproven(`Cannot trust the key of epoch ${epoch}: what is shown is no act that publishes it`);
  // Its form is that of the act: 64 digits, and an instant.
  return { epoch, publicKey: bytesOfHex(content.key, elementBytes)!, untilUs: Date.parse(content.until) * 1000 };
}

/** What an act publishes; undefined: it is none of a key. */
function contentOf(entry: Uint8Array) {
  try {
    const act = parseEntry(entry);
    return act.type === 'lookup-key' ? openActs[act.type].parse(act.content) : undefined;
  } catch (error) {
    asOwnError(error);
    return undefined;
  }
}

/** To the second: a holder ends epochs at whole ones. */
export function instantOf(us: number): string {
  return `${new Date(us / 1000).toISOString().slice(0, 19)}Z`;
}
