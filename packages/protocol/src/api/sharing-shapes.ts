import { z } from 'zod';
import { decisionLayers, obligations, recipientKinds, sharingActions } from '../sharing/index.ts';
import { valueKinds } from '../values/index.ts';
import type { ValueKind } from '../values/index.ts';
import { instant } from './shapes.ts';

const kindNames = Object.keys(valueKinds) as [ValueKind, ...ValueKind[]];

const key = z
  .string()
  .max(100)
  .describe('`owner`, `public`, or the kind, a colon and its own name: `client:stadtwerke`');
const action = z.enum(sharingActions).meta({ id: 'SharingAction' });
/** The answer of a decision. */
export const result = z.enum(['allow', 'deny']);

/** Somebody objects may be given to. */
export const recipient = z
  .object({
    key,
    kind: z.enum(recipientKinds),
    name: z.string(),
    sector: z.string(),
    country: z.string(),
    groups: z.array(z.string()),
    tokenId: z.string().optional(),
  })
  .meta({ id: 'Recipient' });

/** What is entered of a recipient. */
export const recipientEntry = z.object({
  key,
  name: z.string().min(1).max(200),
  sector: z.string().max(200).default(''),
  country: z.string().max(2).default('').describe('ISO 3166-1, two capital letters'),
  tokenId: z.string().max(100).optional().describe('the API token it signs in with; of scope `share` alone'),
});

/** Recipients an object may be given to together. */
export const recipientGroup = z
  .object({ id: z.string().max(64), name: z.string().min(1).max(200), members: z.array(key).max(10_000) })
  .meta({ id: 'RecipientGroup' });

const reason = z
  .object({
    layer: z.enum(decisionLayers),
    ruleId: z.string(),
    effect: z.enum(['permit', 'forbid']),
    says: z.string(),
    citation: z.string(),
  })
  .meta({ id: 'SharingReason' });

/** One line of the answer to "who gets this?". */
export const explained = z
  .object({
    recipient: key,
    name: z.string(),
    action,
    result,
    reasons: z.array(reason),
    obligations: z.array(z.enum(obligations)),
  })
  .meta({ id: 'SharingExplanation' });

/** One line of the answer to "who gets something of this collection?". */
export const collectionShare = z
  .object({
    recipient: key,
    name: z.string(),
    isInAudience: z.boolean().describe('it is there for them; who is not of its audience gets nothing of it'),
    allowed: z.int().describe('objects the law lets them be given'),
    denied: z.int(),
    reasons: z
      .array(z.object({ reason, objects: z.int() }))
      .describe('what stands against those that are denied, that of most objects first; at most ten'),
  })
  .meta({ id: 'CollectionShare' });

/** A law with what became of it. */
export const lawEntry = z
  .object({
    hash: z.string(),
    name: z.string(),
    state: z.enum(['proposed', 'active', 'past']),
    proposedBy: z.string(),
    proposedAt: instant,
    activatedBy: z.string().optional(),
    activatedAt: instant.optional(),
  })
  .meta({ id: 'LawEntry' });

const lawRule = z.object({
  id: z.string(),
  effect: z.enum(['permit', 'forbid']),
  citation: z.string(),
  says: z.string(),
  text: z.string(),
});

/** A law that was read and found sound. */
export const law = z
  .object({ hash: z.string(), text: z.string(), rules: z.array(lawRule), warnings: z.array(z.string()) })
  .meta({ id: 'Law' });

/** What a law would change. */
export const lawDiff = z
  .object({
    fromHash: z.string(),
    toHash: z.string(),
    objects: z.int().describe('looked at'),
    newlyShared: z.int().describe('objects somebody would newly get'),
    newlyWithheld: z.int().describe('objects somebody would no longer get'),
    changes: z.array(
      z.object({
        recipient: key,
        action,
        to: result,
        objects: z.int(),
        examples: z.array(z.object({ id: z.string(), reasons: z.array(reason) })).describe('at most 5'),
      }),
    ),
  })
  .meta({ id: 'LawDiff' });

/** A TAXII collection: a saved filter, and who may ask for what passes it. */
export const collection = z
  .object({
    id: z.string(),
    alias: z.string().optional(),
    title: z.string(),
    description: z.string(),
    types: z.array(z.string()).describe('STIX types; empty: any'),
    kinds: z.array(z.enum(kindNames)).describe('kinds of the first value an indicator lists; empty: any'),
    source: z.string().optional().describe('only what this source of intelligence told of'),
    audience: z.array(z.string()).describe('keys of recipients and `group:ID`; empty: the owner alone'),
    takesObjects: z.boolean(),
    url: z.string().describe('where TAXII clients find it'),
    listsUrl: z.string().describe('where its lists for other tools are: followed by the name of a form'),
    mispUrl: z.string().describe('where MISPs do: a feed, and a server to synchronise with'),
  })
  .meta({ id: 'Collection' });

/** What is entered of a collection. */
export const collectionEntry = z.object({
  id: z.string().max(36).optional().describe('the collection to change; a new one when left out'),
  alias: z.string().max(63).optional(),
  title: z.string().min(1).max(200),
  description: z.string().max(2000).default(''),
  types: z.array(z.string().max(250)).max(1000).default([]),
  kinds: z.array(z.enum(kindNames)).max(100).default([]),
  source: z.string().max(40).optional(),
  audience: z.array(z.string().max(100)).max(1000).default([]),
  takesObjects: z.boolean().default(false),
});

/** A decision that was taken, and how often. */
export const keptDecision = z
  .object({
    object: z.string().optional().describe('missing when more were decided than could be written down one by one'),
    modifiedAt: instant.optional(),
    recipient: key,
    action,
    result,
    ruleIds: z.array(z.string()),
    reasons: z.array(reason).describe('those rules, as they read in that law; without those of a law that is gone'),
    lawHash: z.string(),
    firstAt: instant,
    lastAt: instant,
    count: z.int(),
  })
  .meta({ id: 'SharingDecision' });

/** A recipient as routes answer it. */
export type RecipientView = z.infer<typeof recipient>;
/** A group of recipients as routes take and answer it. */
export type RecipientGroupView = z.infer<typeof recipientGroup>;
/** A law that was found sound, as routes answer it. */
export type LawView = z.infer<typeof law>;
/** What became of a law, as routes answer it. */
export type LawEntryView = z.infer<typeof lawEntry>;
/** What a law would change, as routes answer it. */
export type LawDiffView = z.infer<typeof lawDiff>;
/** A collection as routes answer it. */
export type CollectionView = z.infer<typeof collection>;
/** A decision that was taken, as routes answer it. */
export type KeptDecisionView = z.infer<typeof keptDecision>;
