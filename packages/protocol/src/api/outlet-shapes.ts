import { z } from 'zod';
import { instant } from './shapes.ts';

/** How an outlet reaches its receiver. */
export const outletKinds = ['webhook', 'syslog'] as const;
/** The forms in which a match is written: our own, and the Elastic Common Schema. */
export const matchForms = ['comity', 'ecs'] as const;

const kind = z.enum(outletKinds);
const form = z.enum(matchForms).meta({ id: 'MatchForm' });

/** What is entered of an outlet. */
export const outletEntry = z.object({
  id: z.string().max(100).optional().describe('of the outlet that is changed; a new one when left out'),
  name: z.string().min(1).max(200),
  kind,
  address: z
    .string()
    .min(1)
    .max(2000)
    .optional()
    .describe(
      'https://… or http://… of a webhook; udp://host:port, tcp://host:port or tls://host:port of syslog. Left out: as it was',
    ),
  form: form.default('comity'),
  recipient: z.string().max(100).describe('key of an organisation of ours: organisation:soc'),
  alarmsOnly: z.boolean().default(true).describe('leave out what raises no alarm: a value seen on another port'),
  allowPrivate: z.boolean().default(false),
  enabled: z.boolean().default(true),
  from: z.enum(['now', 'start']).default('now').describe('of a new outlet: matches from now on, or all that are kept'),
  authorization: z
    .string()
    .min(1)
    .max(4096)
    .optional()
    .describe(
      'of a webhook: the header `Authorization`, such as `Bearer …`. Sealed and never shown; a new address forgets it',
    ),
  signingKey: z
    .string()
    .max(200)
    .optional()
    .describe('of a webhook: `whsec_` and 24 to 64 bytes in Base64; the node makes one for a new webhook. Sealed'),
  ca: z
    .string()
    .max(64 * 1024)
    .optional()
    .describe(
      'certificates (PEM) the receiver’s has to come from, instead of those the system trusts; empty: the system’s',
    ),
});

/** Where matches are sent on their own, and how that goes. */
export const outlet = z
  .object({
    id: z.string(),
    name: z.string(),
    kind,
    address: z.string().describe('without credentials and query'),
    form,
    recipient: z.string(),
    alarmsOnly: z.boolean(),
    allowPrivate: z.boolean(),
    enabled: z.boolean(),
    hasAuthorization: z.boolean(),
    hasCa: z.boolean(),
    status: z.enum(['paused', 'failing', 'sending', 'waiting']).describe('waiting: for matches'),
    waiting: z.int().describe('matches not yet looked at; counted up to 100,000'),
    sent: z.int(),
    withheld: z.int().describe('matches whose indicator may not be given to the recipient'),
    withheldBy: z.array(z.object({ rule: z.string(), count: z.int() })),
    lost: z.int().describe('matches that were deleted before they were sent'),
    lastSentAt: instant.optional(),
    failingSince: instant.optional(),
    lastError: z.string().optional(),
    nextTryAt: instant.optional(),
  })
  .meta({ id: 'Outlet' });

/** Where matches are sent on their own, and how that goes. */
export type OutletView = z.infer<typeof outlet>;
/** A form in which a match is written. */
export type MatchForm = (typeof matchForms)[number];
