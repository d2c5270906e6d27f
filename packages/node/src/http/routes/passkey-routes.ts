import { ComityError, timestampOfUs } from '@comity/protocol/base';
import { roles } from '@comity/protocol/api';
import type { PasskeyView } from '@comity/protocol/api';
import { assertMayGive, notePasskeyUse, userHandleOf } from '../access/index.ts';
import type { Access, Caller, Passkey, PasskeyCeremony, SignInFailures } from '../access/index.ts';
import type { Handlers } from '../handler.ts';
import type { SessionCookie } from '../session-cookie.ts';
import { callerView } from '../views/access-view.ts';
import { optionalInstant } from '../views/instants.ts';

export interface PasskeyRoutesDeps {
  readonly access: Pick<Access, 'accounts' | 'passkeys' | 'sessions'>;
  readonly ceremony: PasskeyCeremony;
  readonly fail: SignInFailures;
  readonly cookie: () => SessionCookie;
}

type PasskeyRoutes = Pick<
  Handlers,
  | 'challengeSignIn'
  | 'signInWithPasskey'
  | 'listPasskeys'
  | 'challengePasskey'
  | 'addPasskey'
  | 'removePasskey'
  | 'removePasskeys'
>;

/** The same whatever was wrong: it says nothing of which keys there are. */
const refused = (): ComityError =>
  new ComityError(
    'NOT_SIGNED_IN',
    'Cannot sign in: the passkey is not one of this node, or did not sign what it was asked to',
  );

export function passkeyRoutes({ access, ceremony, fail, cookie }: PasskeyRoutesDeps): PasskeyRoutes {
  const { accounts, passkeys, sessions } = access;
  return {
    challengeSignIn: ({ browser }) => ceremony.begin(browser.origin),
    async signInWithPasskey({ body, address, browser, setHeader }) {
      const passkey = passkeys.find(body.id);
      const use = passkey && (await ceremony.verifyUse(body, browser.origin, passkey));
      const opened =
        use &&
        (await sessions.open((db, nowUs) => notePasskeyUse(db, { id: body.id, counter: use.counter }, nowUs), {
          way: 'passkey',
          address,
          agent: browser.agent,
          before: browser.session,
        }));
      if (opened === undefined || 'error' in opened)
        return await fail({ address, account: passkey?.account ?? '', way: 'passkey', error: refused(), ...opened });
      setHeader('set-cookie', cookie().set(opened.secret));
      return callerView(opened.caller);
    },
    listPasskeys: ({ caller }) => ({
      rows: caller.role === undefined ? [] : passkeys.list(caller.account).map(passkeyView),
    }),
    challengePasskey({ caller, browser }) {
      const account = personOf(caller);
      const known = passkeys.list(account).map(({ id }) => id);
      return {
        ...ceremony.begin(browser.origin, account),
        userHandle: userHandleOf(account),
        userName: account,
        known,
      };
    },
    async addPasskey({ body: { name, ...attestation }, caller, browser, actor }) {
      const account = personOf(caller);
      const made = await ceremony.verifyNew(attestation, browser.origin, account);
      if (made === undefined)
        throw new ComityError('CONFLICT', 'Cannot add the passkey: it did not sign what it was asked to; begin again');
      return passkeyView(await passkeys.add({ ...made, account, name }, actor));
    },
    removePasskey: ({ params, caller, actor }) =>
      passkeys.remove(params.id, caller.role === undefined ? '' : caller.account, actor),
    removePasskeys({ params, caller, actor }) {
      const { name, role } = accounts.get(params.id);
      assertMayGive(caller, roles[role].rights);
      return passkeys.removeAll(name, actor);
    },
  };
}

/** @throws {ComityError} `CONFLICT` for a token or a command, which have no device. */
function personOf({ role, account }: Caller): string {
  if (role === undefined) throw new ComityError('CONFLICT', 'Cannot add a passkey: sign in at the page first');
  return account;
}

function passkeyView({ key: id, name, host, createdUs, usedUs }: Passkey): PasskeyView {
  return { id, name, host, createdAt: timestampOfUs(createdUs), ...optionalInstant('usedAt', usedUs) };
}
