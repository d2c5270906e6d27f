import { asOwnError, ComityError, quote } from '@comity/protocol/base';
import type { Clock } from '@comity/protocol/base';
import { openShownKey, parseShownKey, shownKeyBytesMax } from '@comity/protocol/lookup';
import type { AuditBook } from './audit/index.ts';
import type { FederationParts } from './compose-federation.ts';
import type { Intel } from './intel/index.ts';
import { createNativeCrypto } from './keys/index.ts';
import { openLookup } from './lookup/index.ts';
import type { KeyLedger, LookupLink } from './lookup/index.ts';
import type { KnownMember, Members, PeerRoute } from './members/index.ts';
import type { Sharing } from './sharing/index.ts';
import type { Seal, Store } from './store/index.ts';

export interface LookupPartsDeps {
  readonly store: Store;
  readonly clock: Clock;
  readonly randomBytes: (count: number) => Uint8Array;
  readonly seal: Seal;
  readonly intel: Intel;
  readonly sharing: Sharing;
  readonly audit: AuditBook;
  readonly parts: Pick<FederationParts, 'transparency' | 'members' | 'ledgers'>;
  /** Instead of the way to members: for tests. */
  readonly lookupLink?: LookupLink;
  readonly onFault: (message: string, error: unknown) => void;
}

const recipientPrefix = 'member:';
const type = 'application/octet-stream';

/** Builds what members ask each other privately, and what they can ask this node. Part of the one place that builds things. */
export function composeLookup({ store, lookupLink, parts, audit, onFault, ...deps }: LookupPartsDeps) {
  const { sha256 } = createNativeCrypto();
  const { members, ledgers, transparency } = parts;
  /** @throws {ComityError} `LOOKUP_UNPROVEN` when it is no head of the member's ledger; `CONFLICT` when that told two stories. */
  async function observed(member: KnownMember, checkpoint: string) {
    try {
      return await ledgers.observe(member.id, checkpoint);
    } catch (error) {
      const { code, message } = asOwnError(error);
      if (code === 'CONFLICT') throw error;
      throw new ComityError('LOOKUP_UNPROVEN', message, { cause: error });
    }
  }
  const lookup = openLookup(
    store,
    { dir: store.dir },
    {
      ...deps,
      link: lookupLink ?? linkOver(members),
      ledger: keyLedger(transparency.ledger),
      async findCommitted(recipient, epoch) {
        const member = memberOf(recipient, members);
        if (member?.descriptor.body.ledger === undefined) return undefined;
        const shown = parseShownKey(await askForKey(member, epoch, members));
        const tree = await observed(member, shown.checkpoint);
        return openShownKey(shown, epoch, tree, sha256).publicKey;
      },
      note: (db, entry) => audit.append(db, { by: '', via: 'node', address: '', ...entry }),
      onStopped: (error) => onFault('Cannot offer an object', error),
    },
  );
  const peerRoutes = lookup.holder.routes.map(({ handle, ...route }): PeerRoute => ({
    ...route,
    from: 'joined',
    async handle({ member, query, request }) {
      const recipient = `${recipientPrefix}${member!.handle}`;
      return { type, ...(await handle({ recipient, query, body: request.body })) };
    },
  }));
  return { lookup, peerRoutes };
}

function memberOf(recipient: string, members: Pick<Members, 'list'>): KnownMember | undefined {
  return members.list().find(({ handle }) => `${recipientPrefix}${handle}` === recipient);
}

/** The signed way between members' nodes. */
function linkOver(members: Pick<Members, 'list' | 'link'>): LookupLink {
  return {
    async ask(recipient, { body, ...question }) {
      const member = memberOf(recipient, members);
      if (member === undefined)
        throw new ComityError('NOT_FOUND', `Cannot ask ${quote(recipient)}: there is no member of that name`);
      const content = body === undefined ? {} : { content: { type, body } };
      const { status, bytes } = await members.link.ask(member, { ...question, ...content });
      return { status: status === 204 ? 204 : 200, body: bytes };
    },
  };
}

/** @throws {ComityError} `LOOKUP_UNPROVEN` when the member, which has a ledger, shows none. */
async function askForKey(member: KnownMember, epoch: number, { link }: Pick<Members, 'link'>): Promise<Uint8Array> {
  try {
    const path = `/peer/v1/lookup/key?epoch=${epoch}`;
    return (await link.ask(member, { method: 'GET', path, answerBytesMax: shownKeyBytesMax })).bytes;
  } catch (error) {
    if (!(error instanceof ComityError && error.code === 'NOT_FOUND')) throw error;
    const message = `Cannot trust the key of ${quote(member.handle)} for epoch ${epoch}: it does not show it in its ledger`;
    throw new ComityError('LOOKUP_UNPROVEN', message, { cause: error });
  }
}

function keyLedger(ledger: FederationParts['transparency']['ledger']): KeyLedger {
  const isThere = (act: number): boolean => ledger.stateOf(act)?.index !== undefined;
  return {
    append: (db, entry) => ledger.append(db, entry).id,
    placeOf(act) {
      if (!isThere(act)) return 'waiting';
      return ledger.stateOf(act)?.origin === ledger.log()?.origin ? 'current' : 'former';
    },
    async sequenced(act, signal) {
      signal.throwIfAborted();
      const { promise, resolve, reject } = Promise.withResolvers<void>();
      const abort = (): void => reject(signal.reason as Error);
      signal.addEventListener('abort', abort);
      const stop = ledger.onChange(() => {
        if (isThere(act)) resolve();
      });
      if (isThere(act)) resolve();
      try {
        await promise;
      } finally {
        stop();
        signal.removeEventListener('abort', abort);
      }
    },
    async show(act) {
      const head = await ledger.sign();
      const { index, origin } = ledger.stateOf(act) ?? {};
      const entry = ledger.entryOf(act);
      if (head === undefined || entry === undefined || index === undefined) return undefined;
      if (origin !== head.origin || index >= head.size) return undefined;
      return { entry, index, checkpoint: head.note, proof: await ledger.inclusion(index, head.size) };
    },
  };
}
