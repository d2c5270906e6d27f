import { z } from 'zod';
import {
  canonicalJson,
  ComityError,
  hexOf,
  parseJson,
  parseUtf8,
  recogniseTimestampUs,
  timestampOfUs,
  utf8Bytes,
} from '../base/index.ts';
import type { JsonValue } from '../base/index.ts';
import type { Sha256 } from '../tlog/index.ts';
import { malformed } from './fault.ts';

/** SHA-256 in lower-case hexadecimal: of a charter, a proposal, a text, and the id of a member. */
export const digest = z.string().regex(/^[0-9a-f]{64}$/, 'is not 64 lower-case hexadecimal digits');
/** An instant in the one form `2026-01-31T12:00:00.000Z`. */
export const instant = z
  .string()
  .max(24)
  .refine((text) => isInstant(text), 'is not a time as 2026-01-31T12:00:00.000Z');
/** A word rules and articles are called by. */
export const word = z.string().regex(/^[a-z][a-z0-9-]{0,47}$/, 'is not small letters, digits and hyphens');
// What people are shown: no line can be begun in it and none be turned round.
const shownForm = /^(?!\s)[^\p{Cc}\p{Cs}\p{Co}\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]+(?<!\s)$/u;
/** A line for people. */
export const shown = (charsMax: number) =>
  z
    .string()
    .max(charsMax)
    .regex(shownForm, 'is empty, has control characters or spaces around it, or changes the direction of text');

/** A list in the one order there is of it, nothing twice. */
export function sorted<Item extends z.ZodType>(item: Item, keyOf: (value: z.infer<Item>) => string) {
  return z.array(item).refine((values) => {
    const keys = (values as z.infer<Item>[]).map(keyOf);
    return keys.every((key, index) => index === 0 || keys[index - 1]! < key);
  }, 'is not sorted, or has something twice');
}

/** Microseconds since the Unix epoch of an instant that has its form. */
export function usOf(text: string): number {
  return recogniseTimestampUs(text)!; // its form was checked
}

/** Microseconds of an hour, and of a day. */
export const [hourUs, dayUs] = [3_600_000_000, 86_400_000_000] as const;

function isInstant(text: string): boolean {
  const us = recogniseTimestampUs(text);
  return us !== undefined && timestampOfUs(us) === text;
}

/** What is read: its name for messages, its form, and how long it may be. */
export interface DocumentForm<Shape extends z.ZodType> {
  readonly name: string;
  readonly shape: Shape;
  readonly bytesMax: number;
}

/**
 * Reads canonical JSON of a form.
 *
 * @param input - hostile.
 * @throws {ComityError} `CHARTER_MALFORMED` with the place, `INPUT_TOO_LARGE`, `JSON_MALFORMED`, `ENCODING_MALFORMED`.
 */
export function parseDocument<Shape extends z.ZodType>(
  input: string | Uint8Array,
  form: DocumentForm<Shape>,
): z.infer<Shape> {
  const json = readJson(input, form);
  const value = checkForm(json, form);
  const bytes = typeof input === 'string' ? input : parseUtf8(input, form.name);
  if (canonicalJson(json) !== bytes) throw malformed(`Cannot read ${form.name}: it is not canonical JSON (RFC 8785)`);
  return value;
}

/** JSON of at most so many bytes. */
export function readJson(
  input: string | Uint8Array,
  { name, bytesMax }: Pick<DocumentForm<z.ZodType>, 'name' | 'bytesMax'>,
): JsonValue {
  const bytes = typeof input === 'string' ? utf8Bytes(input) : input;
  if (bytes.length > bytesMax)
    throw new ComityError(
      'INPUT_TOO_LARGE',
      `Cannot read ${name}: ${bytes.length} bytes, at most ${bytesMax} are read`,
    );
  return parseJson(parseUtf8(bytes, name), bytesMax, name);
}

/** @throws {ComityError} `CHARTER_MALFORMED` with the first place that is not of the form. */
export function checkForm<Shape extends z.ZodType>(
  json: unknown,
  { name, shape }: Pick<DocumentForm<Shape>, 'name' | 'shape'>,
): z.infer<Shape> {
  const read = shape.safeParse(json);
  if (read.success) return read.data;
  const [issue] = read.error.issues;
  throw malformed(`Cannot read ${name}: ${issue!.path.join('.') || 'it'}: ${issue!.message}`);
}

/** SHA-256 of the canonical JSON of a document. */
export function hashOf(document: object, sha256: Sha256): string {
  return hexOf(sha256(utf8Bytes(canonicalJson(document as JsonValue))));
}
