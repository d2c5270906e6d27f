import { z } from 'zod';
import { base64Of, canonicalJson, limits, parseJson, recogniseBase64, showUtf8, utf8Bytes } from '../base/index.ts';
import type { JsonValue, MemberId } from '../base/index.ts';
import { malformed } from './fault.ts';

/**
 * What one member hands another outside the network, so that they find and recognise each other.
 *
 * The secret never travels again: who was invited signs with the key that comes of it, over what it says of itself, so that nobody
 * between can put himself in its place.
 */
export interface Invitation {
  /** Node of the member that invites. */
  readonly url: string;
  readonly member: MemberId;
  /** Hash of the descriptor that was in force: a chain without it is not the one that was meant. */
  readonly descriptor: string;
  /** Seed of an Ed25519 key, 32 bytes. Secret. */
  readonly seed: Uint8Array;
}

const prefix = 'comity1';
const form = z.strictObject({
  url: z.string().max(500),
  member: z.string().regex(/^[0-9a-f]{64}$/),
  descriptor: z.string().regex(/^[0-9a-f]{64}$/),
  seed: z.string().max(64),
});
const seedBytes = 32;

/** An invitation as one word of letters, digits, `-` and `_`, to be handed over by a way its giver trusts. */
export function printInvitation({ url, member, descriptor, seed }: Invitation): string {
  const json = canonicalJson({ url, member, descriptor, seed: base64Of(seed) });
  return `${prefix}${base64Of(utf8Bytes(json)).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')}`;
}

/**
 * Reads an invitation; white space around it and within it, as mail puts there, means nothing.
 *
 * @param text - hostile.
 * @throws {ComityError} `MEMBER_MALFORMED`. No message repeats any of it: it is secret.
 */
export function parseInvitation(text: string): Invitation {
  const word = text.length <= 2 * limits.invitationCharsMax ? text.replaceAll(/\s/g, '') : '';
  const base64 = word.slice(prefix.length).replaceAll('-', '+').replaceAll('_', '/');
  const bytes = recogniseBase64(base64.padEnd(Math.ceil(base64.length / 4) * 4, '='));
  if (!word.startsWith(prefix) || word.length > limits.invitationCharsMax || bytes === undefined) throw refused();
  const read = form.safeParse(jsonOf(showUtf8(bytes)));
  const seed = read.success ? recogniseBase64(read.data.seed) : undefined;
  if (!read.success || seed?.length !== seedBytes) throw refused();
  const { url, member, descriptor } = read.data;
  return { url, member: member as MemberId, descriptor, seed };
}

function jsonOf(text: string): JsonValue | undefined {
  try {
    return parseJson(text, limits.invitationCharsMax);
  } catch {
    // What the parser says would repeat the text.
    return undefined;
  }
}

function refused(): Error {
  return malformed('Cannot read invitation: it is not whole, or none');
}

/**
 * What the key of an invitation signs to take it up.
 *
 * @param inviter - who gave it.
 * @param descriptor - hash of the descriptor of who takes it up, in force.
 */
export function acceptanceMessage(inviter: MemberId, descriptor: string): Uint8Array {
  return utf8Bytes(`comity/join/1\n${inviter}\n${descriptor}\n`);
}
