import { roles } from '@comity/protocol/api';
import { assertMayGive } from '../access/index.ts';
import type { Access } from '../access/index.ts';
import type { Handlers } from '../handler.ts';
import { accountView, sessionView } from '../views/access-view.ts';
import { instantOfMs, optional } from '../views/instants.ts';

export interface AccountRoutesDeps {
  readonly access: Pick<Access, 'accounts' | 'sessions'>;
  /** The link people open for a secret. */
  readonly signInUrl: (secret: string) => string;
}

type AccountRoutes = Pick<
  Handlers,
  | 'listAccounts'
  | 'inviteAccount'
  | 'changeAccount'
  | 'renewAccountLink'
  | 'listSessions'
  | 'endSession'
  | 'listOwnSessions'
  | 'endOwnSession'
>;

const hourMs = 3_600_000;

export function accountRoutes({ access: { accounts, sessions }, signInUrl }: AccountRoutesDeps): AccountRoutes {
  const linkView = ({ secret, expiresAtMs }: { readonly secret: string; readonly expiresAtMs: number }) => ({
    url: signInUrl(secret),
    expiresAt: instantOfMs(expiresAtMs),
  });
  return {
    listAccounts: () => ({ rows: accounts.list().map(accountView) }),
    async inviteAccount({ body: { name, role, expiresInHours }, caller, actor }) {
      assertMayGive(caller, roles[role].rights);
      const link = await accounts.invite({ name, role }, expiresInHours * hourMs, actor);
      return { account: accountView(accounts.get(name)), ...linkView(link) };
    },
    async changeAccount({ params: { id }, body: { role, isDisabled }, caller, actor }) {
      // Also of what they are now: nobody takes away, or gives back by enabling, what they have not got.
      for (const one of [accounts.get(id).role, role]) if (one !== undefined) assertMayGive(caller, roles[one].rights);
      await accounts.change(id, { ...optional('role', role), ...optional('isDisabled', isDisabled) }, actor);
      return accountView(accounts.get(id));
    },
    async renewAccountLink({ params: { id }, body, caller, actor }) {
      assertMayGive(caller, roles[accounts.get(id).role].rights);
      return linkView(await accounts.renewLink(id, body.expiresInHours * hourMs, actor));
    },
    listSessions: ({ caller }) => ({ rows: sessions.list().map((one) => sessionView(one, caller.sessionId)) }),
    endSession: ({ params, actor }) => sessions.end(params.id, actor),
    listOwnSessions: ({ caller }) => ({
      rows:
        caller.role === undefined ? [] : sessions.list(caller.account).map((one) => sessionView(one, caller.sessionId)),
    }),
    // A token has no sessions, though somebody answers for it.
    endOwnSession: ({ params, actor, caller }) =>
      sessions.end(params.id, actor, caller.role === undefined ? '' : caller.account),
  };
}
