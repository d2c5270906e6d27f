import { joinBytes, base64Of, hexOf, limits, quote } from '../base/index.ts';
import type { TlogCrypto } from './crypto.ts';
import { isKeyName, keysBySigner, signerOf } from './key.ts';
import type { VerifierKey } from './key.ts';
import { signatureBytes, signedBytes, verifySignature } from './signature.ts';
import { linesOf, malformed, parseBase64, parseDecimal, textOf, unproven } from './text.ts';

/** A signature line: what somebody claims to have signed. */
export interface NoteSignature {
  readonly name: string;
  /** Eight lower-case hexadecimal digits. */
  readonly keyId: string;
  /** What follows the id: at least one byte. */
  readonly bytes: Uint8Array;
}

/** A text and who claims to have signed it (C2SP signed-note v1.0.0). Nothing of it is verified. */
export interface Note {
  /** Ends with a newline. */
  readonly text: string;
  readonly signatures: readonly NoteSignature[];
}

const keyIdBytes = 4;

/**
 * Reads a signed note.
 *
 * @throws {ComityError} `LEDGER_MALFORMED`, `INPUT_TOO_LARGE`, `ENCODING_MALFORMED`.
 */
export function parseNote(input: string | Uint8Array): Note {
  const whole = textOf(input, limits.ledgerNoteBytesMax, 'note');
  if (/[\0-\t\v-\x1f]/.test(whole)) throw malformed('Cannot read note: it has control characters');
  // The last empty line: texts may have their own.
  const border = whole.lastIndexOf('\n\n');
  if (border === -1) throw malformed('Cannot read note: no empty line between text and signatures');
  return { text: whole.slice(0, border + 1), signatures: parseSignatureLines(whole.slice(border + 2)) };
}

/**
 * Reads signature lines alone, as a witness answers with.
 *
 * @throws {ComityError} `LEDGER_MALFORMED`.
 */
export function parseSignatureLines(block: string): NoteSignature[] {
  if (!block.endsWith('\n')) throw malformed('Cannot read note: its signatures do not end with a newline');
  const lines = linesOf(block);
  if (lines.length > limits.ledgerSignaturesMax) {
    throw malformed(`Cannot read note: ${lines.length} signatures, at most ${limits.ledgerSignaturesMax} are read`);
  }
  return lines.map(parseSignatureLine);
}

const lineForm = /^\u2014 ([^ ]+) ([^ ]+)$/u;

function parseSignatureLine(line: string, index: number): NoteSignature {
  const place = `signature ${index + 1} of note`;
  const [, name = '', base64 = ''] = lineForm.exec(line) ?? [];
  if (!isKeyName(name)) throw malformed(`Cannot read ${place}: ${quote(line)} is not "\u2014 name base64"`);
  const bytes = parseBase64(base64, place);
  if (bytes.length <= keyIdBytes) throw malformed(`Cannot read ${place}: ${bytes.length} bytes are no signature`);
  return { name, keyId: hexOf(bytes.subarray(0, keyIdBytes)), bytes: bytes.subarray(keyIdBytes) };
}

/** One signature line, with its newline. */
export function printSignatureLine({ name, keyId, bytes }: NoteSignature): string {
  return `\u2014 ${name} ${base64Of(joinBytes(bytesOfKeyId(keyId), bytes))}\n`;
}

/**
 * A note as text.
 *
 * @throws {ComityError} `LEDGER_MALFORMED` for what {@link parseNote} would not read.
 */
export function printNote({ text, signatures }: Note): string {
  if (!text.endsWith('\n')) throw malformed('Cannot write note: its text does not end with a newline');
  const whole = `${text}\n${signatures.map(printSignatureLine).join('')}`;
  parseNote(whole);
  return whole;
}

function bytesOfKeyId(keyId: string): Uint8Array {
  return Uint8Array.from({ length: keyIdBytes }, (_, index) => Number(`0x${keyId.slice(2 * index, 2 * index + 2)}`));
}

/** A signature that was verified, and by which key. */
export interface VerifiedSignature {
  readonly key: VerifierKey;
  readonly signature: NoteSignature;
  /** POSIX time in seconds it states; 0 for none; undefined where the kind has none. */
  readonly timeSeconds: number | undefined;
}

/** A note of which at least one signature is of a known key. */
export interface OpenedNote {
  readonly text: string;
  /** The first of each key. */
  readonly verified: readonly VerifiedSignature[];
  /** Lines of other keys, each once: they say nothing. */
  readonly unknown: readonly NoteSignature[];
}

/**
 * Verifies a note with known keys. A line of a key that is not known is passed over; one of a known key that does not verify
 * makes the whole note worthless. At most one signature a key is verified.
 *
 * @param note - hostile.
 * @throws {ComityError} `LEDGER_MALFORMED` for a note or keys of the wrong form, `LEDGER_UNPROVEN` when no known key signed, or
 *   one did not what stands there; `INPUT_TOO_LARGE`, `ENCODING_MALFORMED`.
 */
export function openNote(note: string | Uint8Array, keys: readonly VerifierKey[], crypto: TlogCrypto): OpenedNote {
  const { text, signatures } = parseNote(note);
  const known = keysBySigner(keys);
  const verified = new Map<string, VerifiedSignature>();
  const unknown = new Map<string, NoteSignature>();
  for (const signature of signatures) {
    const signer = signerOf(signature);
    const key = known.get(signer);
    if (key === undefined) unknown.set(printSignatureLine(signature), signature);
    else if (!verified.has(signer)) {
      const found = verifySignature(key, text, signature.bytes, crypto);
      if (found === undefined) throw unproven(`Cannot trust note: the signature of ${quote(signer)} is not its own`);
      verified.set(signer, { key, signature, timeSeconds: found.timeSeconds });
    }
  }
  if (verified.size === 0) throw unproven('Cannot trust note: no known key signed it');
  return { text, verified: [...verified.values()], unknown: [...unknown.values()] };
}

/** Whoever can sign with a key: in this process, in another, on a device. */
export interface NoteSigner {
  readonly key: VerifierKey;
  /** The algorithm's signature over `message`: 64 or 2420 bytes. */
  readonly sign: (message: Uint8Array) => Uint8Array;
}

/**
 * Signs a text: a line for each signer.
 *
 * @param timeSeconds - POSIX time that timed signatures state.
 * @throws {ComityError} `LEDGER_MALFORMED` when a signer gives no signature, or an ML-DSA-44 key is to sign what is no checkpoint.
 */
export function signText(text: string, signers: readonly NoteSigner[], timeSeconds: number): NoteSignature[] {
  parseDecimal(String(timeSeconds), 'time of signature');
  return signers.map(({ key, sign }) => {
    const signature = sign(signedBytes(key, text, timeSeconds));
    return { name: key.name, keyId: key.keyId, bytes: signatureBytes(key, signature, timeSeconds) };
  });
}
