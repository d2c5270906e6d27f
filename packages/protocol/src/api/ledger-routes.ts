import { z } from 'zod';
import { route } from './route.ts';
import { instant } from './shapes.ts';

const size = z.int().describe('number of entries');
const reason = z.string().describe('a sentence without its end');

/** A log of this node. Only the last one is written. */
const log = z
  .object({
    number: z.int(),
    origin: z.string().describe('its name for ever'),
    size: size.describe('entries that have their place'),
    published: z.object({ size, at: instant }).optional().describe('what everybody can read and a quorum has seen'),
    frozen: z
      .object({
        at: instant,
        reason,
        note: z.string().optional().describe('the checkpoint with our signature that shows it'),
      })
      .optional()
      .describe('it signs nothing any more'),
  })
  .meta({ id: 'LedgerLog' });

const witness = z
  .object({
    name: z.string(),
    url: z.string().describe('`add-checkpoint` is below'),
    monitoringUrl: z.string().describe('its checkpoints are below'),
    keys: z.array(z.string()).describe('verifier keys'),
    allowPrivate: z.boolean(),
    addedAt: instant,
    last: z
      .object({ at: instant, good: z.boolean(), reason, size: size.optional().describe('it last cosigned') })
      .optional()
      .describe('what it did when it was last asked; missing before the first time since the start'),
  })
  .meta({ id: 'LedgerWitness' });

/** What may be wrong with a ledger, with a word for each in every language of the page. */
export const ledgerAlarmKinds = [
  'frozen',
  'stopped',
  'no-quorum',
  'witness-fork',
  'unknown-size',
  'equivocation',
  'unproven',
  'withheld',
  'stale',
] as const;

const alarm = z
  .object({
    kind: z.enum(ledgerAlarmKinds),
    about: z.string().describe('the origin of a log, or the name of a witness'),
    reason,
    since: instant,
  })
  .meta({ id: 'LedgerAlarm' });

const state = z
  .object({
    logs: z.array(log).describe('the oldest first; none before the first start'),
    keys: z.array(z.string()).describe('verifier keys of the log in use'),
    witnessKeys: z.array(z.string()).describe('verifier keys this node cosigns the logs of others with'),
    waiting: z.int().describe('acts that have no place yet'),
    witnesses: z.array(witness),
    quorum: z.int().describe('witnesses that must have cosigned'),
    alarms: z.array(alarm),
  })
  .meta({ id: 'LedgerState' });

/** How the ledger is, as the API shows it. */
export type LedgerStateView = z.infer<typeof state>;

const witnessName = z.string().min(1).max(100);

/** This node's own log and who witnesses it. Its files stand below `/ledger/`, open to everybody. */
export const ledgerRoutes = {
  showLedger: route({
    method: 'GET',
    path: '/api/v1/ledger',
    summary: 'The ledger of this node: its logs, its witnesses and what they last said, what is wrong',
    scope: 'read',
    answer: 'json',
    response: state,
    errors: [],
  }),
  checkLedger: route({
    method: 'POST',
    path: '/api/v1/ledger/check',
    summary: 'Check everything: bundles, tiles, roots, signatures, head and what the database holds',
    scope: 'read',
    answer: 'json',
    response: z.object({
      entries: z.int().describe('of all logs'),
      faults: z
        .array(z.object({ path: z.string().describe('of the file, or `head`'), reason }))
        .describe('the first hundred'),
    }),
    errors: ['TOO_MANY_REQUESTS'],
  }),
  getLedgerProof: route({
    method: 'GET',
    path: '/api/v1/ledger/proofs/:index',
    summary: 'A receipt (C2SP tlog-proof) for an entry, under the published checkpoint',
    scope: 'read',
    params: z.object({ index: z.coerce.number().int().min(0).max(Number.MAX_SAFE_INTEGER) }),
    answer: 'json',
    response: z.object({ proof: z.string().describe('the receipt as text') }),
    errors: ['NOT_FOUND'],
  }),
  getLedgerEntry: route({
    method: 'GET',
    path: '/api/v1/ledger/entries/:index',
    summary: 'The bytes of an entry, as they are hashed',
    scope: 'read',
    params: z.object({ index: z.coerce.number().int().min(0).max(Number.MAX_SAFE_INTEGER) }),
    answer: 'json',
    response: z.object({ entry: z.base64() }),
    errors: ['NOT_FOUND'],
  }),
  getLedgerPolicy: route({
    method: 'GET',
    path: '/api/v1/ledger/policy',
    summary: 'Whom a reader of receipts has to trust (C2SP tlog-policy): the keys of the log, its witnesses, how many',
    scope: 'read',
    query: z.object({ at: instant.optional().describe('when the receipt was made; now unless given') }),
    answer: 'json',
    response: z.object({ policy: z.string().describe('the policy as text') }),
    errors: ['NOT_FOUND'],
  }),
  addLedgerWitness: route({
    method: 'POST',
    path: '/api/v1/ledger/witnesses',
    summary: 'Have the log witnessed by somebody; one of the same name is replaced, so that its keys can change',
    scope: 'govern',
    body: 'json',
    request: z.object({
      name: witnessName,
      url: z.url().max(2000).describe('`add-checkpoint` is below'),
      monitoringUrl: z.url().max(2000).optional().describe('its checkpoints are below; the URL unless given'),
      keys: z.array(z.string().max(4096)).min(1).max(8).describe('verifier keys of types 04 and 06'),
      allowPrivate: z.boolean().default(false),
    }),
    answer: 'json',
    response: state,
    status: 201,
    audited: 'ledger.witness-added',
    errors: ['ADDRESS_REFUSED', 'LEDGER_MALFORMED'],
  }),
  removeLedgerWitness: route({
    method: 'DELETE',
    path: '/api/v1/ledger/witnesses/:id',
    summary: 'Ask a witness no more; receipts it cosigned stay valid',
    scope: 'govern',
    params: z.object({ id: witnessName }),
    answer: 'nothing',
    status: 204,
    audited: 'ledger.witness-removed',
    errors: ['NOT_FOUND'],
  }),
  setLedgerQuorum: route({
    method: 'POST',
    path: '/api/v1/ledger/quorum',
    summary: 'Fix how many witnesses must cosign before something is published',
    scope: 'govern',
    body: 'json',
    request: z.object({ quorum: z.int().min(0).max(64).optional().describe('left out: by the number of witnesses') }),
    answer: 'json',
    response: state,
    audited: 'ledger.quorum',
    errors: [],
  }),
  rotateLedgerKeys: route({
    method: 'POST',
    path: '/api/v1/ledger/keys',
    summary: 'Make new keys of the log; old and new ones sign until the old are retired',
    scope: 'admin',
    answer: 'json',
    response: state,
    status: 201,
    audited: 'ledger.keys-made',
    errors: ['CONFLICT'],
  }),
  retireLedgerKeys: route({
    method: 'DELETE',
    path: '/api/v1/ledger/keys',
    summary: 'Sign with the newest keys of the log alone',
    scope: 'admin',
    answer: 'json',
    response: state,
    audited: 'ledger.keys-retired',
    errors: ['CONFLICT'],
  }),
  restartLedger: route({
    method: 'POST',
    path: '/api/v1/ledger/restart',
    summary: 'Open the next log after one that is frozen; acts that are in none go into it',
    scope: 'admin',
    answer: 'json',
    response: state,
    status: 201,
    audited: 'ledger.restarted',
    errors: ['CONFLICT'],
  }),
} as const;
