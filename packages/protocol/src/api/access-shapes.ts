import { z } from 'zod';
import { auditActs } from './audit-acts.ts';
import type { AuditAct } from './audit-acts.ts';
import { roleNames, scopes } from './rights.ts';
import { instant } from './shapes.ts';

export const role = z.enum(roleNames).meta({ id: 'Role' });
export const scope = z.enum(scopes).meta({ id: 'Scope' });

/** Name of an account, for ever: what it signs in as, and what the audit trail calls it. */
export const accountName = z
  .string()
  .max(100)
  .regex(/^[a-z0-9][a-z0-9._@+-]*$/)
  .describe('small letters, digits and . _ @ + - in it');

export const session = z
  .object({
    name: z.string(),
    role: role.optional().describe('missing for a token'),
    scopes: z.array(z.string()),
    expiresAt: instant.optional(),
  })
  .meta({ id: 'Session' });

/** A client certificate that stands for a token. */
const boundCertificate = z
  .object({
    sha256: z.string().describe('of its DER, small hexadecimal digits'),
    subject: z.string().describe('as it says of itself'),
    validFrom: instant,
    validTo: instant,
  })
  .meta({ id: 'BoundCertificate' });

export const token = z
  .object({
    id: z.string(),
    name: z.string(),
    scopes: z.array(z.string()),
    madeBy: z
      .string()
      .describe('the account that answers for it: the token may never do more than they may, unless a command made it'),
    createdAt: instant,
    expiresAt: instant.optional(),
    lastUsedAt: instant.optional(),
    certificates: z
      .array(boundCertificate)
      .describe('whoever shows one of these over TLS is the token, without its secret'),
    needsCertificate: z.boolean().describe('the secret alone signs in nobody'),
  })
  .meta({ id: 'Token' });

export const account = z
  .object({
    name: z.string(),
    role,
    state: z.enum(['invited', 'active', 'disabled']),
    createdAt: instant,
    createdBy: z.string(),
    lastSignInAt: instant.optional(),
    linkUntil: instant.optional().describe('there is a link to sign in that nobody used yet'),
    passkeys: z.int(),
    issuer: z.string().optional().describe('the identity provider that made it and gives it its role'),
    sessions: z.int(),
  })
  .meta({ id: 'Account' });

/** Somebody signed in somewhere. */
export const openSession = z
  .object({
    id: z.string(),
    account: z.string(),
    way: z.enum(['link', 'passkey', 'oidc']),
    address: z.string().describe('where the sign-in came from'),
    agent: z.string().describe('what the browser called itself, untrusted text'),
    createdAt: instant,
    usedAt: instant,
    expiresAt: instant,
    isThis: z.boolean().describe('the one that asks'),
  })
  .meta({ id: 'OpenSession' });

/** A row of the audit trail. */
export const auditRow = z
  .object({
    number: z.int().describe('counts from 1; none is left out'),
    at: instant,
    act: z.enum(Object.keys(auditActs) as [AuditAct, ...AuditAct[]]).meta({ id: 'AuditAct' }),
    by: z.string().describe('the account that answers for it; empty when nobody was signed in'),
    via: z
      .string()
      .describe(
        '`session`, `token:ID`, `token:ID certificate:SHA256` by its client certificate, `command` on the data folder, or `sign-in`',
      ),
    address: z.string(),
    about: z.string().describe('what it was done to'),
    details: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
    hash: z.string().describe('SHA-256 over the row and the hash before it'),
  })
  .meta({ id: 'AuditRow' });

/** Who is signed in and what they may do. */
export type Session = z.infer<typeof session>;
/** An API token without its secret. */
export type TokenView = z.infer<typeof token>;
/** Somebody who may sign in. */
export type AccountView = z.infer<typeof account>;
/** Somebody signed in somewhere. */
export type SessionView = z.infer<typeof openSession>;
/** Who did what, and when. */
export type AuditRowView = z.infer<typeof auditRow>;
