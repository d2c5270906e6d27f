import { sha1 } from '@noble/hashes/legacy.js';
import { hexOf, utf8Bytes } from '../base/index.ts';

const uuidForm = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** The UUID in lower case, or undefined when the value is none. MISP compares them without regard to case. */
export function recogniseMispUuid(value: unknown): string | undefined {
  if (typeof value !== 'string' || value.length !== 36) return undefined;
  const lower = value.toLowerCase();
  return uuidForm.test(lower) ? lower : undefined;
}

/** Our own namespace, drawn once: STIX keeps its own for observables (STIX 2.1 §2.9). */
const namespace = 'c6a6ac0e-7d45-4d1c-9c6f-5f2ba31d8c0b';

/**
 * A stable UUID for something the sender gave none, so that the same document read twice makes the same ids.
 *
 * Version 5: STIX 2.1 §2.9 allows no version beyond those of RFC 4122 (§4.3). No protection either: whoever writes the
 * document chooses its ids anyway.
 */
export function uuidOfText(text: string): string {
  const hex = hexOf(sha1(utf8Bytes(`${namespace}\n${text}`)));
  const variant = ((Number.parseInt(hex.slice(16, 17), 16) & 0x3) | 0x8).toString(16);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-5${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

/** A stable UUID for the pair of two others, in that order: for a relationship between two things that have ids. */
export function uuidOfPair(first: string, second: string): string {
  return uuidOfText(`${first}\n${second}`);
}
