import { z } from 'zod';
import { recallReasons } from '../peer/index.ts';
import { delivery } from './peer-shapes.ts';
import { page, pageOf, route } from './route.ts';
import { instant, tlp } from './shapes.ts';

const named = {
  object: z.string().describe('STIX id'),
  title: z
    .string()
    .optional()
    .describe('its name, else its pattern, cut; missing: it has neither, or is here no more; untrusted'),
};
const member = z.string().max(100).optional().describe('id of a member; of all unless given');

const given = delivery
  .extend({ ...named, isTaken: z.boolean().describe('it has read the outbox that far, or sent a receipt') })
  .meta({ id: 'GivenObject' });
/** An object that is lent to a member, or was, as the API shows it. */
export type GivenView = z.infer<typeof given>;

const loan = z
  .object({
    ...named,
    member: z.string().describe('id of the member that lends it here'),
    name: z.string(),
    origin: z.string().describe('id of the member whose object it is'),
    originName: z.string(),
    tlp,
    hops: z.int().describe('how often it may be passed on from here'),
    receivedAt: instant,
    leaseUntil: instant.describe('when it is out of use here, unless renewed'),
  })
  .meta({ id: 'Loan' });
/** An object that a member lends this one, as the API shows it. */
export type LoanView = z.infer<typeof loan>;

const recall = z
  .object({
    ...named,
    reason: z.enum([...recallReasons, 'narrowed']).optional(),
    deliveries: z.array(delivery).describe('every member that ever had it, and what it says it did'),
  })
  .meta({ id: 'Recall' });
/** An object that was taken back, as the API shows it. */
export type RecallView = z.infer<typeof recall>;

/** States an answer of what was given can be limited to. */
export const givenStates = ['waiting', 'refused', 'recalled'] as const;

/** What goes to members and comes from them, object by object. */
export const exchangeRoutes = {
  listGiven: route({
    method: 'GET',
    path: '/api/v1/given',
    summary:
      'What is lent to members, or was, and what they say they did: of all of them by object, the newest first; of one in the order it was last put out',
    scope: 'read',
    query: z.object({
      member,
      state: z
        .enum(givenStates)
        .optional()
        .describe(
          'waiting: no receipt yet, of the forty batches put out last; refused: by the member; recalled: taken back',
        ),
      ...page,
    }),
    answer: 'json',
    response: pageOf(given),
    errors: ['ID_MALFORMED'],
  }),
  listLoans: route({
    method: 'GET',
    path: '/api/v1/loans',
    summary: 'What members lend this one, the newest first',
    scope: 'read',
    query: z.object({ member, ...page }),
    answer: 'json',
    response: pageOf(loan),
    errors: ['ID_MALFORMED'],
  }),
  listRecalls: route({
    method: 'GET',
    path: '/api/v1/recalls',
    summary:
      'Objects that were taken back, the newest objects first, with every member that had them: at most twenty at once',
    scope: 'read',
    query: z.object({ cursor: page.cursor }),
    answer: 'json',
    response: pageOf(recall),
    errors: [],
  }),
} as const;
