import { ComityError } from '../base/index.ts';

/** Name of the header, as Node and Fetch write names. */
export const idempotencyKeyHeader = 'idempotency-key';
/** Longest key, in characters. */
export const idempotencyKeyCharsMax = 200;

const form = `a quoted string of 1 to ${idempotencyKeyCharsMax} printable ASCII characters, such as "batch-2026-07-01-0007"`;

/**
 * Reads the value of an `Idempotency-Key` header.
 *
 * Spec: draft-ietf-httpapi-idempotency-key-header-07, 2.1 "Syntax": a String of RFC 9651, 3.3.3. Parameters are not
 * defined for it and not taken.
 *
 * @param text - attacker-controlled; several headers arrive joined by commas, which is no String.
 * @returns the key, 1 to {@link idempotencyKeyCharsMax} printable ASCII characters.
 * @throws {ComityError} `ARGUMENT_INVALID`.
 */
export function parseIdempotencyKey(text: string): string {
  const quoted = /^ *"((?:[ !#-[\]-~]|\\["\\])*)" *$/.exec(text.slice(0, 2 * idempotencyKeyCharsMax + 100))?.[1];
  const key = quoted?.replaceAll(/\\(["\\])/g, '$1');
  if (key === undefined || key.length === 0 || key.length > idempotencyKeyCharsMax) {
    throw new ComityError('ARGUMENT_INVALID', `Cannot use the Idempotency-Key: it is ${form}`);
  }
  return key;
}

/**
 * Writes a key as the value of the header.
 *
 * @throws {ComityError} `ARGUMENT_INVALID` when the key is empty, too long or not printable ASCII.
 */
export function formatIdempotencyKey(key: string): string {
  const text = `"${key.replaceAll(/["\\]/g, String.raw`\$&`)}"`;
  parseIdempotencyKey(text);
  return text;
}
