import { Readable } from 'node:stream';
import { ComityError, parseStixId, quote } from '@comity/protocol/base';
import type { Clock } from '@comity/protocol/base';
import { isOutside, recipientKinds } from '@comity/protocol/sharing';
import type { RecipientKind } from '@comity/protocol/sharing';
import type { Intel, StoredObject } from '../../intel/index.ts';
import { parseLaw, readStarterLaw, starterLaws } from '../../sharing/index.ts';
import type { Sharing } from '../../sharing/index.ts';
import { isFor, objectsOf } from '../../taxii/index.ts';
import type { Taxii } from '../../taxii/index.ts';
import type { AuditBook } from '../../audit/index.ts';
import type { Access } from '../access/index.ts';
import { exportTypes, gateFor, ownGate } from '../export-gate.ts';
import type { Handlers } from '../handler.ts';
import { recipientOf } from '../recipient-of.ts';
import {
  collectionShareView,
  explainedView,
  keptDecisionView,
  lawDiffView,
  lawEntryView,
  lawView,
  recipientView,
} from '../views/sharing-view.ts';
import { optional } from '../views/instants.ts';

export interface SharingRoutesDeps {
  readonly sharing: Sharing;
  readonly intel: Pick<Intel, 'stored' | 'findStored' | 'export' | 'arrivals'>;
  readonly taxii: Pick<Taxii, 'collections'>;
  readonly access: Pick<Access, 'accounts' | 'tokens'>;
  readonly audit: Pick<AuditBook, 'append'>;
  readonly clock: Clock;
}

type SharingRoutes = Pick<
  Handlers,
  | 'listRecipients'
  | 'saveRecipient'
  | 'removeRecipient'
  | 'saveRecipientGroup'
  | 'removeRecipientGroup'
  | 'explainSharing'
  | 'explainCollection'
  | 'getLaw'
  | 'listStarterLaws'
  | 'checkLaw'
  | 'activateLaw'
  | 'diffLaw'
  | 'listSharingDecisions'
  | 'readStatement'
  | 'exportShared'
>;

const dayUs = 86_400_000_000;
/** Objects of a collection that are looked at to say who gets something of it: some seconds. */
const countedMax = 100_000;

export function sharingRoutes({ sharing, intel, taxii, access, audit, clock }: SharingRoutesDeps): SharingRoutes {
  const { recipients, laws } = sharing;
  /** It reads everything of the time it is asked for: one at a time. */
  let isComparing = false;
  /** It may go through a whole collection: one at a time. */
  let isCounting = false;
  return {
    listRecipients: () => ({
      rows: recipients.list().map(recipientView),
      groups: recipients.groups().map(({ id, name, members }) => ({ id, name, members: [...members] })),
    }),
    async saveRecipient({ body }) {
      const { key, name, sector, country, tokenId } = body;
      const kind = kindOf(key);
      if (tokenId !== undefined) assertToken(access, tokenId, kind);
      await recipients.save({ key, kind, name, sector, country, tokenId });
      return recipientView(recipients.get(key));
    },
    removeRecipient: ({ params }) => recipients.remove(params.id),
    async saveRecipientGroup({ body }) {
      await recipients.saveGroup(body);
      return { ...body, members: [...new Set(body.members)] };
    },
    removeRecipientGroup: ({ params }) => recipients.removeGroup(params.id),
    explainSharing({ params, query }) {
      const object = storedObject(intel, params.id);
      const to = query.to === undefined ? undefined : recipients.get(query.to);
      const rows = sharing.explain(object, to).map(explainedView);
      return { id: object.id, lawHash: laws.active().law.hash, rows };
    },
    async explainCollection({ params }) {
      const collection = taxii.collections.find(params.id);
      if (collection === undefined)
        throw new ComityError('NOT_FOUND', `Cannot find the collection ${quote(params.id)}`);
      if (isCounting)
        throw new ComityError('TOO_MANY_REQUESTS', 'Cannot go through the collection yet: one is gone through', {
          details: { retryAfterSeconds: 5 },
        });
      isCounting = true;
      try {
        const lawHash = laws.active().law.hash;
        const others = recipients.list().filter(({ kind }) => kind !== 'owner' && kind !== 'public');
        const objects = objectsOf(collection, (query, rowsMax) => intel.arrivals(query, rowsMax), countedMax);
        const counted = await sharing.countShares(objects, others);
        const rows = counted.rows.map((row) => collectionShareView(row, isFor(collection, row.recipient)));
        return { id: collection.id, lawHash, objects: counted.objects, isWhole: counted.objects < countedMax, rows };
      } finally {
        isCounting = false;
      }
    },
    getLaw({ query }) {
      const { entry, law } = query.hash === undefined ? laws.active() : laws.get(query.hash);
      return { entry: lawEntryView(entry), law: lawView(law), history: laws.history().map(lawEntryView) };
    },
    listStarterLaws: () => ({ rows: starterLaws.map((name) => ({ name, text: readStarterLaw(name) })) }),
    checkLaw: ({ body }) => lawView(parseLaw(body.text)),
    async activateLaw({ body, caller, actor }) {
      const { account: by } = caller;
      const others = access.accounts.peopleWith('govern').filter((name) => name !== by);
      const entry = await laws.activate(
        body.text,
        body.name,
        { by, others },
        (db, { hash, name, state, proposedBy }) => {
          const act = state === 'active' ? 'law.activated' : 'law.proposed';
          audit.append(db, { ...actor, act, about: name, details: { hash, proposedBy } });
        },
      );
      return lawEntryView(entry);
    },
    async diffLaw({ body }) {
      if (isComparing)
        throw new ComityError('TOO_MANY_REQUESTS', 'Cannot compare laws: another comparison is under way');
      isComparing = true;
      try {
        const addedSinceUs = Math.max(0, Math.floor(clock() * 1000) - body.days * dayUs);
        return lawDiffView(await sharing.diff(body.text, intel.stored({ addedSinceUs })));
      } finally {
        isComparing = false;
      }
    },
    async listSharingDecisions({ query }) {
      const rows = await sharing.decisions({
        ...(query.object !== undefined && { object: parseStixId(query.object) }),
        ...optional('recipient', query.recipient),
        ...optional('result', query.result),
        limit: query.limit,
      });
      const reasons = sharing.reasonsOf(rows);
      return { rows: rows.map((row, index) => keptDecisionView(row, reasons[index] ?? [])), ...sharing.backlog() };
    },
    readStatement: ({ body, caller }) => sharing.readStatement(body.statement, caller.account),
    async exportShared({ query, caller }) {
      const recipient = recipientOf(caller, recipients);
      const { open, type, fileName } = exportTypes[query.format];
      const format = open();
      const filter = { type: 'indicator', state: 'active' } as const;
      const gate =
        recipient.kind === 'owner'
          ? ownGate(sharing)
          : await gateFor(recipient, format, () => intel.stored(filter), sharing);
      return { type, fileName, body: Readable.from(intel.export(format, filter, gate), { objectMode: false }) };
    },
  };
}

function storedObject(intel: Pick<Intel, 'findStored'>, id: string): StoredObject {
  const object = intel.findStored(id);
  if (object === undefined) throw new ComityError('NOT_FOUND', `Cannot find ${quote(id)}`);
  return object;
}

/** The part of a key before its colon; what is none is refused by the book. */
function kindOf(key: string): RecipientKind {
  return recipientKinds.find((kind) => key.startsWith(`${kind}:`)) ?? 'public';
}

/** A token that is somebody else's must not read what is only the owner's. */
function assertToken(access: Pick<Access, 'tokens'>, tokenId: string, kind: RecipientKind): void {
  const token = access.tokens.list().find(({ id }) => id === tokenId);
  if (token === undefined) throw new ComityError('NOT_FOUND', `Cannot find the token ${quote(tokenId)}`);
  if (isOutside(kind) && token.scopes.some((scope) => scope !== 'share' && scope !== 'contribute'))
    throw new ComityError(
      'CONFLICT',
      `Cannot give ${quote(tokenId)} to somebody outside: it may ${token.scopes.join(', ')}; make one of scope share or contribute`,
    );
}
