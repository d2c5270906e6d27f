import { z } from 'zod';
import { recallReasons } from '../peer/index.ts';
import { delivery } from './peer-shapes.ts';
import { idParam, route } from './route.ts';
import { instant } from './shapes.ts';

const days = z.int().min(1).max(400);
const handling = z
  .object({
    tlp: z.enum(['clear', 'green', 'amber', 'amber+strict']).describe('loosest label anything goes there under'),
    hops: z.int().min(0).max(7).describe('how often the member may pass it on'),
    indicatorDays: days.describe('how long an indicator is lent, unless renewed'),
    reportDays: days.describe('how long a report, an actor or a campaign is'),
  })
  .meta({ id: 'Handling' });

const quota = z
  .object({
    itemsPerDay: z.int().min(0).describe('items of its outbox that are taken in a day of UTC'),
    bytesPerDay: z.int().min(0).describe('bytes of its outbox that are read in a day, unpacked'),
    objects: z.int().min(0).describe('objects it may lend at one time'),
    sentBytesPerDay: z.int().min(0).describe('bytes of our outbox it is answered in a day'),
  })
  .meta({ id: 'Quota' });

/** How the exchange with one member stands. */
const peer = z
  .object({
    id: z.string().describe('id of the member'),
    name: z.string(),
    handling,
    waiting: z.int().describe('items put out for it that it has not taken yet'),
    acknowledged: z.int().describe('sequence up to which it has everything'),
    takenUpTo: z.int().describe('sequence of its outbox up to which we have everything'),
    lastPullAt: instant.optional(),
    failure: z.object({ at: instant, message: z.string() }).optional(),
    receiptsDue: z.int().describe('receipts for it that wait to be sent'),
    quota: quota.describe('what it may make this node read, keep and send'),
    used: z
      .object({ items: z.int(), bytes: z.int(), objects: z.int(), sentBytes: z.int() })
      .describe('how much of its quota it used today, and of objects now'),
    reached: z
      .array(
        z.object({
          limit: z.enum(['items', 'bytes', 'objects', 'sent-bytes', 'receipts', 'restarts']),
          until: instant.optional().describe('when it goes on; missing: as soon as it lends less'),
        }),
      )
      .describe('limits it reached today'),
  })
  .meta({ id: 'Peer' });
/** How the exchange with one member stands, as the API shows it. */
export type PeerView = z.infer<typeof peer>;

const signedReceipt = z
  .object({
    member: z.string(),
    name: z.string(),
    ledger: z.string().describe('origin of the ledger of this member'),
    index: z.int().optional().describe('where in it the act stands that the receipt answers'),
    receipt: z.json().describe('the receipt with its signature (docs/spec/peer.md §11)'),
  })
  .meta({ id: 'SignedReceipt' });

const evidence = z
  .object({
    member: z.string(),
    name: z.string(),
    kind: z
      .enum(['contradiction', 'split-ledger', 'double-speaking'])
      .describe(
        'contradiction: one version of one object stated twice; split-ledger: two trees of one size of its ledger; double-speaking: two descriptors of one sequence',
      ),
    foundAt: instant.optional(),
    statements: z
      .json()
      .describe(
        'what it signed: of a contradiction two statements, of a split ledger `origin`, `size` and two checkpoints (`notes`), for whoever knows its keys; of double-speaking complete by itself',
      ),
  })
  .meta({ id: 'PeerEvidence' });
/** What shows that a member said two things, as the API shows it. */
export type EvidenceView = z.infer<typeof evidence>;

/** What goes between members: how it stands, what is lent to whom, taking it back, saying that something is wrong. */
export const peerRoutes = {
  listPeers: route({
    method: 'GET',
    path: '/api/v1/peers',
    summary: 'How the exchange with each member stands',
    scope: 'read',
    answer: 'json',
    response: z.object({ rows: z.array(peer) }),
    errors: [],
  }),
  setHandling: route({
    method: 'POST',
    path: '/api/v1/peers/:id/handling',
    summary: 'Say how far what goes to a member is tightened beyond what the objects themselves say',
    scope: 'govern',
    params: idParam,
    body: 'json',
    request: handling,
    answer: 'json',
    response: peer,
    audited: 'peer.handling',
    errors: ['NOT_FOUND', 'ID_MALFORMED'],
  }),
  setQuota: route({
    method: 'POST',
    path: '/api/v1/peers/:id/quota',
    summary: 'Say how much a member may make this node read, keep and send; what was stopped goes on',
    scope: 'govern',
    params: idParam,
    body: 'json',
    request: quota,
    answer: 'json',
    response: peer,
    audited: 'peer.quota',
    errors: ['NOT_FOUND', 'ID_MALFORMED'],
  }),
  syncPeer: route({
    method: 'POST',
    path: '/api/v1/peers/:id/sync',
    summary: 'Put out what is new, sightings too, and take what the member has put out, now',
    scope: 'write',
    params: idParam,
    answer: 'json',
    response: z.object({ taken: z.int(), peer }),
    errors: [
      'NOT_FOUND',
      'ID_MALFORMED',
      'REMOTE_FAILED',
      'PEER_MALFORMED',
      'LEDGER_UNPROVEN',
      'SIGNATURE_REFUSED',
      'TOO_MANY_REQUESTS',
    ],
  }),
  listDeliveries: route({
    method: 'GET',
    path: '/api/v1/intel/:id/deliveries',
    summary: 'Which members have an object from here, and what they say they did with it',
    scope: 'read',
    params: idParam,
    answer: 'json',
    response: z.object({ rows: z.array(delivery) }),
    errors: ['ID_MALFORMED'],
  }),
  listReceipts: route({
    method: 'GET',
    path: '/api/v1/intel/:id/receipts',
    summary: 'The receipts members signed for an object, for whoever is to verify them',
    scope: 'read',
    params: idParam,
    answer: 'json',
    response: z.object({ rows: z.array(signedReceipt) }),
    errors: ['ID_MALFORMED'],
  }),
  recallObject: route({
    method: 'POST',
    path: '/api/v1/intel/:id/recall',
    summary: 'Take an object of ours back from every member that ever had it, and out of use here',
    scope: 'govern',
    params: idParam,
    body: 'json',
    request: z.object({ reason: z.enum(recallReasons) }),
    answer: 'json',
    response: z.object({ rows: z.array(delivery) }),
    audited: 'object.recalled',
    errors: ['NOT_FOUND', 'ID_MALFORMED'],
  }),
  disagreeWithObject: route({
    method: 'POST',
    path: '/api/v1/intel/:id/disagreement',
    summary: 'Tell the origin of an object, and through it all who hold it, that it is a false positive',
    scope: 'write',
    params: idParam,
    answer: 'json',
    response: z.object({ opinion: z.string() }),
    audited: 'object.disagreed',
    errors: ['NOT_FOUND', 'ID_MALFORMED'],
  }),
  holdObject: route({
    method: 'POST',
    path: '/api/v1/intel/:id/hold',
    summary: 'Keep an object in use whatever its origin says, because the law here wants it',
    scope: 'govern',
    params: idParam,
    body: 'json',
    request: z.object({ reason: z.string().min(1).max(1000) }),
    answer: 'nothing',
    status: 204,
    audited: 'object.held',
    errors: ['NOT_FOUND', 'ID_MALFORMED'],
  }),
  unholdObject: route({
    method: 'DELETE',
    path: '/api/v1/intel/:id/hold',
    summary: 'End a hold: what its origin says counts from then on',
    scope: 'govern',
    params: idParam,
    answer: 'nothing',
    status: 204,
    audited: 'object.unheld',
    errors: ['NOT_FOUND', 'ID_MALFORMED'],
  }),
  listEvidence: route({
    method: 'GET',
    path: '/api/v1/peer-evidence',
    summary: 'What shows that a member said two things that cannot both be honest',
    scope: 'read',
    answer: 'json',
    response: z.object({ rows: z.array(evidence) }),
    errors: [],
  }),
} as const;
