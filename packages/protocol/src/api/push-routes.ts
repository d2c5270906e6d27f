import { z } from 'zod';
import { flag, idParam, route } from './route.ts';
import { instant } from './shapes.ts';

const interval = z.int().min(5).max(43_200);

/** A TAXII collection of ours that is sent to one elsewhere, and how that goes. */
const push = z
  .object({
    id: z.string(),
    collection: z.string().describe('of ours, by its id'),
    recipient: z.string().describe('key of whom the server elsewhere belongs to'),
    url: z.string(),
    remoteCollection: z.string().optional().describe('of the TAXII server at the URL'),
    intervalMinutes: interval,
    allowPrivate: z.boolean(),
    enabled: z.boolean(),
    status: z.enum(['new', 'ok', 'failing', 'pushing']),
    sent: z.int().describe('objects the server took'),
    failed: z.int().describe('objects it did not take'),
    reachedAt: instant.optional().describe('what came into the collection up to then was decided on and sent'),
    isPending: z.boolean().describe('whether the server has still to say what became of what it was sent last'),
    lastPushAt: instant.optional(),
    nextPushAt: instant.optional(),
    lastError: z.string().optional(),
  })
  .meta({ id: 'Push' });

const pushFailure = z
  .object({
    objectId: z.string(),
    message: z.string().describe('what the server says is wrong'),
    attempts: z.int(),
    isGivenUp: z.boolean().describe('whether it is left until somebody begins the push anew'),
    lastAt: instant,
  })
  .meta({ id: 'PushFailure' });

/** A push as the API shows it. */
export type PushView = z.infer<typeof push>;
/** An object a push could not hand over. */
export type PushFailureView = z.infer<typeof pushFailure>;

/** Collections of ours that are sent to TAXII servers elsewhere. */
export const pushRoutes = {
  listPushes: route({
    method: 'GET',
    path: '/api/v1/pushes',
    summary: 'Collections that are sent to TAXII servers elsewhere, and how that goes',
    scope: 'read',
    answer: 'json',
    response: z.object({ rows: z.array(push) }),
    errors: [],
  }),
  addPush: route({
    method: 'POST',
    path: '/api/v1/pushes',
    summary: 'Send a collection to a TAXII server elsewhere: what its recipient may have of it, and nothing else',
    scope: 'govern',
    body: 'json',
    request: z.object({
      collection: z.string().min(1).max(63).describe('of ours: its id or alias'),
      recipient: z
        .string()
        .min(1)
        .max(100)
        .describe('key of whom the server belongs to; of the audience of the collection'),
      url: z.url().max(2000).describe('of a collection, an API root or a discovery; may hold user and password'),
      remoteCollection: z.string().min(1).max(300).optional().describe('id, alias or title'),
      token: z.string().min(1).max(4000).optional().describe('bearer token'),
      intervalMinutes: interval.default(60),
      allowPrivate: z.boolean().default(false),
    }),
    answer: 'json',
    response: push,
    status: 201,
    audited: 'push.added',
    errors: ['NOT_FOUND', 'ADDRESS_REFUSED', 'CONFLICT'],
  }),
  changePush: route({
    method: 'PATCH',
    path: '/api/v1/pushes/:id',
    summary: 'Switch a push on or off, or change how often it is made',
    scope: 'govern',
    params: idParam,
    body: 'json',
    request: z.object({
      intervalMinutes: interval.optional(),
      enabled: z.boolean().optional(),
      allowPrivate: z.boolean().optional(),
    }),
    answer: 'json',
    response: push,
    audited: 'push.changed',
    errors: ['NOT_FOUND', 'ID_MALFORMED'],
  }),
  removePush: route({
    method: 'DELETE',
    path: '/api/v1/pushes/:id',
    summary: 'Remove a push; what was sent stays where it is',
    scope: 'govern',
    params: idParam,
    answer: 'nothing',
    status: 204,
    audited: 'push.removed',
    errors: ['NOT_FOUND', 'ID_MALFORMED'],
  }),
  runPush: route({
    method: 'POST',
    path: '/api/v1/pushes/:id/run',
    summary: 'Push now; with `anew`, everything from the beginning of the collection',
    scope: 'govern',
    params: idParam,
    query: z.object({ wait: flag, anew: flag }),
    answer: 'json',
    response: push,
    status: 202,
    audited: 'push.run',
    errors: ['NOT_FOUND', 'ID_MALFORMED'],
  }),
  listPushFailures: route({
    method: 'GET',
    path: '/api/v1/pushes/:id/failures',
    summary: 'Objects the server elsewhere did not take, with what it says is wrong',
    scope: 'read',
    params: idParam,
    answer: 'json',
    response: z.object({ rows: z.array(pushFailure) }),
    errors: ['NOT_FOUND', 'ID_MALFORMED'],
  }),
} as const;
