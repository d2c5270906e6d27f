import { z } from 'zod';
import { route } from './route.ts';
import * as s from './shapes.ts';

/** Values of one question. */
const valuesMax = 1000;

const value = z.object({ kind: s.kind, value: z.string() });

const answer = z
  .object({
    member: z.string().describe('key of the recipient that was asked'),
    askedAt: s.instant,
    values: z.array(
      z.object({
        text: z.string().describe('as it was asked for'),
        value: value.optional().describe('as it was understood'),
        outcome: z
          .enum(['here', 'there', 'none', 'unreadable'])
          .describe('here: this node knows it, so nobody was asked; there: the member knows it; none: neither does'),
        listed: value
          .optional()
          .describe('of `there`: what the member lists; a name above the one that was asked for, perhaps'),
        record: z
          .object({
            id: z.string().describe('the indicator at the member'),
            name: z.string(),
            labels: z.array(z.string()),
            tlp: s.tlp,
            pap: z.enum(['clear', 'green', 'amber', 'red']),
            validUntil: z.string().optional(),
            objects: z.int().describe('objects that list the value, of those this node may have'),
            decides: z.boolean().describe('whether the value alone is what the indicator describes'),
          })
          .optional()
          .describe('of `there`: what the member says; untrusted'),
      }),
    ),
    leak: z
      .object({
        wasAsked: z.boolean().describe('the member knows that this node asked, and when'),
        evaluated: z.int().describe('values the member evaluated without seeing them'),
        records: z.enum(['none', 'all', 'some']).describe('which records were fetched: of `some` it knows the buckets'),
        buckets: z.int(),
        bucketsOf: z.int(),
        recordsPerBucket: z.int(),
      })
      .describe('what the member learnt'),
    key: z
      .enum(['committed', 'pinned'])
      .optional()
      .describe('committed: the key is the one the member has published; pinned: the one it used before, or first'),
  })
  .meta({ id: 'LookupAnswer' });

const offer = z
  .object({
    recipient: z.string(),
    values: z.int().describe('what it may find'),
    leftOut: z.int().describe('values beyond the most that are offered'),
    withheld: z.int().describe('objects that may not be told'),
    withheldBy: z.array(z.object({ rule: z.string(), count: z.int() })),
    builtAt: s.instant,
    askedToday: z.int().describe('values it asked for today, UTC'),
    askedInEpoch: z.int(),
    refused: z.int().describe('questions of this epoch that were refused'),
    lastAskedAt: s.instant.optional(),
  })
  .meta({ id: 'LookupOffer' });

/** Private look-ups: asking another member about values without telling it which, and what it may ask here. */
export const lookupRoutes = {
  askMember: route({
    method: 'POST',
    path: '/api/v1/lookups',
    summary: 'Ask another member whether it knows values, without telling it which',
    scope: 'write',
    body: 'json',
    request: z.object({
      member: z.string().min(1).max(100).describe('key of its recipient: member:cert-x'),
      values: z.array(z.string().min(1).max(8192)).min(1).max(valuesMax),
    }),
    answer: 'json',
    response: answer,
    errors: [
      'NOT_FOUND',
      'CONFLICT',
      'TOO_MANY_REQUESTS',
      'LOOKUP_MALFORMED',
      'LOOKUP_UNPROVEN',
      'SIGNATURE_REFUSED',
      'INPUT_TOO_LARGE',
      'REMOTE_FAILED',
      'ADDRESS_REFUSED',
    ],
  }),
  listLookups: route({
    method: 'GET',
    path: '/api/v1/lookups',
    summary: 'What members may ask about without telling which, and how much they did',
    scope: 'read',
    answer: 'json',
    response: z.object({
      epoch: z.int().optional(),
      key: z.string().optional().describe('public key of the epoch, hexadecimal: the same for all'),
      until: s.instant.optional(),
      rows: z.array(offer),
    }),
    errors: [],
  }),
} as const;

/** What came of asking a member. */
export type LookupAnswerView = z.infer<typeof answer>;
/** What a member may ask about. */
export type LookupOfferView = z.infer<typeof offer>;
