import { z } from 'zod';
import { idParam, page, pageOf, route } from './route.ts';
import { instant } from './shapes.ts';

const index = z.int().min(0).describe('place in the ledger, from 0');
const indexParam = z.object({ index: z.coerce.number().int().min(0).max(Number.MAX_SAFE_INTEGER) });
const erasureReason = z
  .enum(['personal-data', 'order', 'contract', 'mistake'])
  .describe('everybody who reads the ledger reads it');
const parts = <T extends z.ZodType>(of: T) => z.object({ content: of, recipients: of, decision: of });
const direction = z.enum(['sent', 'received']);

/** An act of the ledger that exchanged something, opened. */
const exchangeAct = z
  .object({
    ledger: z.string().describe('origin of the ledger'),
    index,
    entry: z.base64().describe('its bytes, as they are hashed'),
    at: z.string().describe('the hour of the act'),
    direction: direction.optional(),
    member: z.string().optional().describe('id of the other side'),
    name: z.string().optional(),
    openings: parts(z.base64()).optional().describe('of each commitment 32 bytes'),
    payloads: z
      .object({
        content: z.json(),
        recipients: z.object({ from: z.string(), to: z.string() }),
        decision: z.object({ lawHash: z.string(), rules: z.array(z.string()) }),
      })
      .optional()
      .describe('what each commits to (docs/spec/peer.md §6); missing, with the openings, where it was erased'),
    holds: parts(z.boolean()).optional().describe('whether each opens what stands in the entry'),
    objects: z
      .array(z.object({ id: z.string(), version: z.int().optional().describe('missing: it was lent no longer') }))
      .describe('what it is about'),
    erased: z
      .object({
        at: instant,
        reason: erasureReason,
        approvals: z.int().describe('people who decided it'),
        index: index.optional().describe('of the redaction that says so'),
      })
      .optional(),
    due: z.boolean().describe('it is erased as soon as its receipt is there'),
    proof: z.string().optional().describe('a receipt (C2SP tlog-proof) for the entry, once it is published'),
  })
  .meta({ id: 'ExchangeAct' });
/** An act of the ledger that exchanged something, as the API shows it. */
export type ExchangeActView = z.infer<typeof exchangeAct>;

const actOfObject = z
  .object({ index, at: z.string().describe('the hour of the act'), direction, member: z.string(), name: z.string() })
  .meta({ id: 'ActOfObject' });
/** An act about an object, as the API lists it. */
export type ActOfObjectView = z.infer<typeof actOfObject>;

const erasure = z
  .object({
    state: z
      .enum(['erased', 'proposed'])
      .describe('proposed: a second person has to want the same, for the same reason'),
    reason: erasureReason,
    approvals: z.int().describe('people who want it'),
  })
  .meta({ id: 'Erasure' });
/** What became of the wish to erase something, as the API shows it. */
export type ErasureView = z.infer<typeof erasure>;

const ledgerAct = z
  .object({
    index,
    type: z
      .string()
      .describe('exchange, or what everybody may read: descriptor, redaction, continuation, lookup-key; else other'),
    at: z.string().optional().describe('the hour of the act; missing of other'),
    direction: direction.optional().describe('of an exchange that was not erased'),
    member: z.string().optional(),
    name: z.string().optional(),
    objects: z.int().describe('how many it is about, as far as it can be opened'),
    isErased: z.boolean(),
    isPublished: z.boolean().describe('everybody can read it, and a quorum has seen it'),
  })
  .meta({ id: 'LedgerAct' });
/** An act of the ledger as the API lists it. */
export type LedgerActView = z.infer<typeof ledgerAct>;

/** What the ledger of this node commits to: opened to whoever audits, and erased. */
export const actRoutes = {
  listLedgerActs: route({
    method: 'GET',
    path: '/api/v1/ledger/acts',
    summary:
      'Acts of the ledger that is written, the newest first; a page looks through five hundred, so it may be short and not the end',
    scope: 'audit',
    query: z.object({
      type: z.enum(['exchange', 'open']).optional().describe('open: what everybody may read'),
      direction: direction.optional(),
      member: z.string().max(100).optional().describe('id of the other side'),
      ...page,
    }),
    answer: 'json',
    response: pageOf(ledgerAct),
    errors: [],
  }),
  showExchangeAct: route({
    method: 'GET',
    path: '/api/v1/ledger/acts/:index',
    summary: 'An act of the ledger that exchanged something, opened: what, with whom, under which law',
    scope: 'audit',
    params: indexParam,
    answer: 'json',
    response: exchangeAct,
    audited: 'act.opened',
    errors: ['NOT_FOUND'],
  }),
  listActsOfObject: route({
    method: 'GET',
    path: '/api/v1/intel/:id/acts',
    summary: 'Where in the ledger the acts about an object stand that were not erased: the oldest five hundred',
    scope: 'audit',
    params: idParam,
    answer: 'json',
    response: z.object({ rows: z.array(actOfObject) }),
    errors: ['ID_MALFORMED'],
  }),
  eraseExchangeAct: route({
    method: 'POST',
    path: '/api/v1/ledger/acts/:index/erasure',
    summary: 'Destroy what opens an act and what is kept of that exchange, and say so in the ledger; for good',
    scope: 'govern',
    params: indexParam,
    body: 'json',
    request: z.object({ reason: erasureReason }),
    answer: 'json',
    response: erasure,
    errors: ['NOT_FOUND', 'CONFLICT'],
  }),
  eraseObject: route({
    method: 'POST',
    path: '/api/v1/intel/:id/erasure',
    summary:
      'Remove all that is known here of an object but its id, take it back where it is ours, and erase the acts about it; for good',
    scope: 'govern',
    params: idParam,
    body: 'json',
    request: z.object({ reason: erasureReason }),
    answer: 'json',
    response: erasure.extend({
      acts: z
        .object({
          erased: z.int(),
          waiting: z.int().describe('whose receipt is still to come, or to be sent: they are erased with it'),
        })
        .optional()
        .describe('of the ledger, about the object; missing where it is proposed'),
    }),
    errors: ['NOT_FOUND', 'ID_MALFORMED'],
  }),
} as const;
