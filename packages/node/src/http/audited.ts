import { routes } from '@comity/protocol/api';
import type { Route, RouteName } from '@comity/protocol/api';
import type { AuditBook, AuditEntry } from '../audit/index.ts';
import { shownUrl } from '../connectors/index.ts';
import type { Connection, Store } from '../store/index.ts';
import { operatorAccount } from './access/index.ts';
import type { Call, Handlers } from './handler.ts';

type Audited = { [N in RouteName]: (typeof routes)[N] extends { readonly audited: string } ? N : never }[RouteName];
type Told = Pick<AuditEntry, 'about' | 'details'>;

/** What was done to what, by the request; without a line here it is the id in the path. Never a secret: an address has its query cut. */
const tell: { readonly [N in Audited]?: (call: Call<N>) => Told } = {
  createSignIn: () => ({ about: operatorAccount }),
  saveIdentityProvider: ({ body: { name, issuer, clientId, roles, others, allowPrivate } }) => ({
    about: shownUrl(issuer),
    details: {
      name,
      clientId,
      roles: roles
        .map(({ value, role }) => `${value}=${role}`)
        .join(' ')
        .slice(0, 2000),
      others,
      allowPrivate,
    },
  }),
  removeIdentityProvider: () => ({ about: 'identity provider' }),
  readStatement: ({ body }) => ({ about: body.statement }),
  saveRecipient: ({ body: { key, name, tokenId } }) => ({
    about: key,
    details: { name, ...(tokenId !== undefined && { token: tokenId }) },
  }),
  saveRecipientGroup: ({ body: { id, name, members } }) => ({
    about: id,
    details: { name, members: members.join(' ') },
  }),
  saveCollection: ({ body: { id, title, audience } }) => ({
    about: id ?? title,
    details: { title, audience: audience.join(' ') },
  }),
  exportIntel: ({ query: { to, format } }) => ({ about: to ?? 'owner', details: { format } }),
  exportShared: ({ query, caller }) => ({ about: caller.name, details: { format: query.format } }),
  exportAudit: () => ({ about: 'audit' }),
  backup: () => ({ about: 'backup' }),
  saveOutlet: ({ body: { id, name, recipient, address, kind, enabled } }) => ({
    about: id ?? name,
    details: { name, recipient, kind, enabled, ...(address !== undefined && { address: shownUrl(address) }) },
  }),
  exportMatches: ({ query: { form } }) => ({ about: 'owner', details: { matches: form } }),
  addFeed: ({ body: { url, collection, name, allowPrivate } }) => ({
    about: shownUrl(url),
    details: { ...defined({ collection, name }), allowPrivate },
  }),
  addPush: ({ body: { url, collection, recipient, remoteCollection, allowPrivate } }) => ({
    about: shownUrl(url),
    details: defined({ collection, recipient, remoteCollection, allowPrivate }),
  }),
  changePush: ({ params, body }) => ({ about: params.id, details: defined(body) }),
  runPush: ({ params, query: { anew } }) => ({ about: params.id, details: { anew: anew === 'true' } }),
  changeFeed: ({ params, body }) => ({ about: params.id, details: defined(body) }),
  addSource: ({ body: { kind, name, location } }) => ({
    about: name ?? (location || kind),
    details: { kind, location },
  }),
  changeSource: ({ params, body }) => ({ about: params.id, details: defined(body) }),
  addLedgerWitness: ({ body: { name, url, allowPrivate } }) => ({
    about: name,
    details: { url: shownUrl(url), allowPrivate },
  }),
  setLedgerQuorum: ({ body }) => ({ about: 'ledger', details: defined(body) }),
  showExchangeAct: ({ params }) => ({ about: `act ${params.index}` }),
  rotateLedgerKeys: () => ({ about: 'ledger' }),
  retireLedgerKeys: () => ({ about: 'ledger' }),
  restartLedger: () => ({ about: 'ledger' }),
  initMember: ({ body: { name } }) => ({ about: name }),
  changeMember: ({ body: { name, country, url } }) => ({ about: 'member', details: defined({ name, country, url }) }),
  rotateMember: ({ body: { recovery } }) => ({ about: 'member', details: { withRecovery: recovery !== undefined } }),
  showRecovery: () => ({ about: 'member' }),
  forgetRecovery: ({ query: { keyId } }) => ({ about: keyId }),
  inviteMember: ({ body: { hint, hours, accepts, allowPrivate } }) => ({
    about: hint,
    details: { hours, accepts, allowPrivate },
  }),
  // The invitation is secret; whose it was is told by who is joined.
  joinMember: ({ body: { allowPrivate } }) => ({ about: 'invitation', details: { allowPrivate } }),
  acceptMember: ({ params, body }) => ({ about: params.id, details: defined(body) }),
  alterMember: ({ params, body }) => ({ about: params.id, details: defined(body) }),
  setQuota: ({ params, body }) => ({ about: params.id, details: body }),
  addKnownGood: ({ query }) => ({ about: query.name }),
};

/**
 * Handlers of which those whose route is `audited` leave a row in the trail: in the transaction of their first write, or, when
 * they write nothing, before they are answered. One that is refused leaves none.
 */
export function withAudit(
  handlers: Handlers,
  { store, audit }: { readonly store: Pick<Store, 'noting' | 'write'>; readonly audit: Pick<AuditBook, 'append'> },
): Handlers {
  const table: readonly (readonly [string, Route])[] = Object.entries(routes);
  const wrapped = table.flatMap(([name, { audited: act, method }]) => {
    if (act === undefined) return [];
    const handle = handlers[name as Audited] as (call: Call<Audited>) => unknown;
    const told: ((call: never) => Told) | undefined = tell[name as Audited];
    /** A file may be refused; of one that is not, the row is there before its first byte leaves. */
    const handOut = async (note: (db: Connection) => void, call: Call<Audited>) => {
      const answer = await handle(call);
      await store.write(note);
      return answer;
    };
    const handler = (call: Call<Audited>) => {
      const { about, details = {} } = told?.(call as never) ?? { about: idOf(call) };
      const note = (db: Connection): void => audit.append(db, { ...call.actor, act, about, details });
      return method === 'GET' ? handOut(note, call) : store.noting(note, () => handle(call));
    };
    return [[name, handler] as const];
  });
  return { ...handlers, ...(Object.fromEntries(wrapped) as Partial<Handlers>) };
}

function idOf({ params }: { readonly params: unknown }): string {
  return (params as { readonly id?: string } | undefined)?.id ?? '';
}

function defined(
  fields: Readonly<Record<string, string | number | boolean | undefined>>,
): NonNullable<Told['details']> {
  return Object.fromEntries(
    Object.entries(fields).flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as const])),
  );
}
