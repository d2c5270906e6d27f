import { z } from 'zod';
import { contactRoles } from './contact-roles.ts';
import { recogniseBase64, recogniseTimestampUs, timestampOfUs } from '../base/index.ts';

/** Longest time a descriptor is valid, in days: whoever leaves a node alone for longer has left. */
export const descriptorLifetimeDaysMax = 400;
const dayUs = 86_400_000_000;

// What people are shown: no line can be begun in it and none be turned round.
const shownForm = /^(?!\s)[^\p{Cc}\p{Cs}\p{Co}\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]+(?<!\s)$/u;
const shown = (charsMax: number) =>
  z
    .string()
    .max(charsMax)
    .regex(shownForm, 'is empty, has control characters or spaces around it, or changes the direction of text');

const sha256 = z.string().regex(/^[0-9a-f]{64}$/, 'is not 64 lower-case hexadecimal digits');
const publicKey = z
  .string()
  .max(64)
  .refine((text) => recogniseBase64(text)?.length === 32, 'is not the base64 of 32 bytes');
const instant = z
  .string()
  .max(24)
  .refine((text) => isInstant(text), 'is not a time as 2026-01-31T12:00:00.000Z');
const nodeUrl = z
  .string()
  .max(500)
  .refine((text) => isNodeUrl(text), 'is not an https URL (or an http one on loopback) without a final slash');
// Signed notes are read with these keys by the subject `tlog`; here they are text.
const verifierKeys = z.array(z.string().max(4096)).min(1).max(4);

const contactKey = z.strictObject({
  type: z.enum(['openpgp', 'smime']),
  fingerprint: z.string().regex(/^(?:[0-9A-F]{40}|[0-9A-F]{64})$/, 'is not 40 or 64 upper-case hexadecimal digits'),
  url: z
    .string()
    .max(500)
    .refine((text) => isHttpsUrl(text), 'is not an https URL')
    .optional(),
});

const contact = z
  .strictObject({
    role: z.enum(contactRoles),
    email: z
      .string()
      .max(254)
      .regex(/^[^\s@<>",;:()[\]\\\p{C}]+@[A-Za-z0-9.-]+$/u, 'is not an address')
      .optional(),
    phone: z
      .string()
      .regex(/^\+[0-9][0-9 ()-]{3,30}$/, 'is not a number as +43 1 2345')
      .optional(),
    hours: shown(100).optional(),
    languages: z.array(z.string().regex(/^[a-z]{2,3}(?:-[A-Za-z0-9]{2,8}){0,3}$/, 'is no language tag')).max(16),
    timeZone: z
      .string()
      .max(64)
      .regex(/^[A-Za-z]+(?:[/_+-][A-Za-z0-9]+)*$/, 'is no name of a time zone')
      .optional(),
    keys: z.array(contactKey).max(4),
  })
  .refine(({ email, phone }) => email !== undefined || phone !== undefined, 'has neither an address nor a number');

/**
 * What a member says of its node (docs/spec/members.md §2). Strict: a property that is not known is refused, since whoever reads it
 * otherwise would see another statement under one signature.
 */
const descriptorBody = z
  .strictObject({
    type: z.literal('comity-node'),
    version: z.literal(1),
    /** Absent in the first: it is the hash of it. */
    member: sha256.optional(),
    /** 0 in the first. */
    sequence: z.int().min(0),
    /** Hash of the descriptor before; absent in the first. */
    previous: sha256.optional(),
    name: shown(200),
    /** ISO 3166-1 alpha-2. */
    country: z
      .string()
      .regex(/^[A-Z]{2}$/, 'is not two capital letters')
      .optional(),
    sectors: z.array(z.string().regex(/^[a-z][a-z0-9-]{0,31}$/, 'is not small letters, digits and hyphens')).max(16),
    /** Where the node is reached; routes are below it. */
    url: nodeUrl,
    ledger: z.strictObject({ origin: shown(255), url: nodeUrl, keys: verifierKeys }).optional(),
    witness: z.strictObject({ url: nodeUrl, monitoringUrl: nodeUrl, keys: verifierKeys }).optional(),
    keys: z.strictObject({
      /** Ed25519, base64: signs descriptors. */
      governance: publicKey,
      /** Id of the key that is to follow it. */
      nextGovernance: sha256,
      /** Ed25519, base64: sign messages between nodes. */
      message: z.array(publicKey).min(1).max(3),
      /** ristretto255, base64. */
      oprf: publicKey.optional(),
    }),
    contacts: z.array(contact).max(8),
    issuedAt: instant,
    expiresAt: instant,
  })
  .refine(({ issuedAt, expiresAt }) => {
    const lifetimeUs = timeUs(expiresAt) - timeUs(issuedAt);
    return lifetimeUs > 0 && lifetimeUs <= descriptorLifetimeDaysMax * dayUs;
  }, `ends before it begins, or more than ${descriptorLifetimeDaysMax} days later`);

/** The body of a descriptor: what a member says of its node. */
export type DescriptorBody = z.infer<typeof descriptorBody>;
/** How to reach somebody of a member. */
export type MemberContact = z.infer<typeof contact>;

/** A descriptor as it is published: the body, and of each key what it signed. */
export const descriptorDocument = z.strictObject({
  body: descriptorBody,
  signatures: z.record(sha256, z.string().max(4096)),
});

/** Microseconds since the Unix epoch of an instant of a descriptor; not a number for what is none, which is told elsewhere. */
export function timeUs(text: string): number {
  return recogniseTimestampUs(text) ?? Number.NaN;
}

function isInstant(text: string): boolean {
  const us = recogniseTimestampUs(text);
  return us !== undefined && timestampOfUs(us) === text;
}

function isNodeUrl(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const url = new URL(text);
  const isLoopback = /^(?:localhost|127(?:\.\d+){3}|\[::1\])$/.test(url.hostname);
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && isLoopback)) return false;
  // One text for each URL, and nothing in it but the way to the node.
  return url.href.replace(/\/$/, '') === text && `${url.origin}${url.pathname}`.replace(/\/$/, '') === text;
}

function isHttpsUrl(text: string): boolean {
  return URL.canParse(text) && new URL(text).href === text && text.startsWith('https://');
}
