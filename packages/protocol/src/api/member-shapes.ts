import { z } from 'zod';
import { contactRoles } from '../members/index.ts';
import { ledgerAlarmKinds } from './ledger-routes.ts';
import { instant } from './shapes.ts';

const handle = z.string().max(64);
/** Id of a member, its beginning as people see it, or its handle here. */
export const memberName = z.object({ id: z.string().min(1).max(100) });

const contact = z.object({
  role: z.enum(contactRoles),
  email: z.string().max(254).optional(),
  phone: z.string().max(40).optional(),
  hours: z.string().max(100).optional(),
  languages: z.array(z.string().max(40)).max(16).default([]),
  timeZone: z.string().max(64).optional(),
  keys: z
    .array(
      z.object({
        type: z.enum(['openpgp', 'smime']),
        fingerprint: z.string().max(64),
        url: z.string().max(500).optional(),
      }),
    )
    .max(4)
    .default([]),
});

/** What a person says of this member. */
export const memberProfile = z.object({
  name: z.string().min(1).max(200),
  country: z.string().max(2).optional().describe('ISO 3166-1, two capital letters'),
  sectors: z.array(z.string().max(32)).max(16).default([]),
  url: z.string().max(500).optional().describe('where other nodes reach this one; else where people do'),
  contacts: z.array(contact).max(8).default([]),
});

/** What is changed of it: what is not given stays. */
export const memberProfileChange = z.object({
  name: z.string().min(1).max(200).optional(),
  country: z.string().max(2).optional(),
  sectors: z.array(z.string().max(32)).max(16).optional(),
  url: z.string().max(500).optional(),
  contacts: z.array(contact).max(8).optional(),
});

const saying = {
  id: z.string().describe('SHA-256 of the first descriptor'),
  shortId: z.string().describe('its beginning, for people to compare'),
  name: z.string(),
  country: z.string().optional(),
  sectors: z.array(z.string()),
  url: z.string(),
  contacts: z.array(contact),
  sequence: z.int().describe('of the descriptor in force'),
  issuedAt: instant,
  expiresAt: instant,
};

/** Who gave an invitation, as its node says, verified. */
export const giver = z
  .object({ ...saying, isKnown: z.boolean().describe('it is among the members here already') })
  .meta({ id: 'Giver' });

/** One description of the chain a member's is, and what it changed. */
export const memberStep = z
  .object({
    sequence: z.int(),
    step: z
      .enum(['first', 'update', 'rotation', 'recovery'])
      .describe(
        'rotation: the key before it handed over to the announced one; recovery: the announced one took over without it',
      ),
    issuedAt: instant,
    expiresAt: instant,
    hash: z.string(),
    keys: z.array(z.object({ role: z.enum(['governance', 'message', 'ledger', 'witness']), id: z.string() })),
    announced: z.string().describe('id of the governance key that comes next'),
  })
  .meta({ id: 'MemberStep' });

/** What was seen here of a member's ledger. */
export const memberLedger = z
  .object({
    origin: z.string().describe('its name for ever'),
    url: z.string().describe('its files are below'),
    keys: z.array(z.string()).describe('verifier keys it signs with now'),
    checked: z
      .object({
        size: z.int().describe('number of entries'),
        root: z.string().describe('of the tree, base64'),
        seenAt: instant.describe('when this size was first seen here'),
        cosignatures: z
          .array(z.object({ name: z.string(), at: instant }))
          .describe('of members known here, with the newest time each states'),
      })
      .optional()
      .describe('the largest checkpoint that was shown to be of one history with those before; missing: none was seen'),
    isFresh: z.boolean().describe('a known witness cosigned it within twenty minutes'),
    isTrusted: z.boolean().describe('no two trees of one size were seen'),
    alarms: z.array(z.object({ kind: z.enum(ledgerAlarmKinds), reason: z.string(), since: instant })),
  })
  .meta({ id: 'MemberLedger' });

/** This member; without `member` the node is none yet. */
export const ownMember = z
  .object({
    member: z
      .object({
        ...saying,
        holdsRecovery: z.boolean().describe('whether the announced governance key is on this node still'),
        hasLedger: z.boolean(),
        hasWitness: z.boolean(),
      })
      .optional(),
  })
  .meta({ id: 'OwnMember' });

/** Another member. */
export const member = z
  .object({
    ...saying,
    handle: handle.describe('what it is called here, for ever; `member:` and this is the recipient'),
    state: z
      .enum(['asked', 'asking', 'joined', 'suspended'])
      .describe('`asked`: it has not said yes yet; `asking`: nobody here has'),
    source: z.enum(['we-invited', 'they-invited']),
    isFrozen: z.boolean().describe('it said two things at once'),
    allowPrivate: z.boolean(),
    hasLedger: z.boolean(),
    hasWitness: z.boolean(),
    ledger: z
      .object({
        origin: z.string(),
        size: z.int().optional().describe('entries of the largest checkpoint that was checked here'),
        isFresh: z.boolean().describe('a known witness cosigned it within twenty minutes'),
        isTrusted: z.boolean().describe('no two trees of one size were seen'),
        alarms: z.int().describe('how many hold, beside that it is not fresh'),
      })
      .optional()
      .describe('what was seen here of its ledger; missing: it is not followed'),
    addedAt: instant,
    checkedAt: instant.optional().describe('when its node was last asked what it says of itself'),
    seenAt: instant.optional().describe('when its node last sent or answered something it signed'),
    answerMs: z.number().optional().describe('how long the last ping took'),
    lastError: z.string().optional(),
  })
  .meta({ id: 'Member' });

/** An invitation this member gave. */
export const invitation = z
  .object({
    id: z.string(),
    hint: z.string(),
    accepts: z.boolean(),
    madeAt: instant,
    until: instant,
    usedBy: z.string().optional().describe('id of the member that took it up'),
  })
  .meta({ id: 'Invitation' });

/** Another member as the API shows it. */
export type MemberView = z.infer<typeof member>;
/** This member as the API shows it. */
export type OwnMemberView = z.infer<typeof ownMember>;
/** An invitation as the API shows it. */
export type InvitationView = z.infer<typeof invitation>;
/** Who a member says it is, as the API shows it. */
export type SayingView = Pick<z.infer<typeof giver>, keyof typeof saying>;
/** One description of a member's chain as the API shows it. */
export type MemberStepView = z.infer<typeof memberStep>;
/** What was seen here of a member's ledger, as the API shows it. */
export type MemberLedgerView = z.infer<typeof memberLedger>;
