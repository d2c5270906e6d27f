import { createHash } from 'node:crypto';
import { assert, ComityError, quote } from '@comity/protocol/base';
import type { Role } from '@comity/protocol/api';
import type { Connection } from '../../store/index.ts';
import { accountsMax, hasRoom } from './account-book.ts';
import { operatorAccount } from './caller.ts';
import type { AccessDeps } from './deps.ts';
import type { OpenedSession, RefusedSession, SessionBook, SignInFrom } from './session-book.ts';
import type { TokenBook } from './token-book.ts';

/** Whom the identity provider vouches for, after everything about its word was verified. */
export interface ProvedIdentity {
  /** Its issuer and what it calls them by for ever: the two an account is bound to, and nothing else. */
  readonly issuer: string;
  readonly subject: string;
  /** A name a new account may have, when it is free: of the form of `accountName`, at most 80 characters. */
  readonly name: string;
  /** Undefined: the provider gives them none, and they may not sign in. */
  readonly role: Role | undefined;
}

/** People the identity provider vouches for, and their accounts here. */
export interface IdentityBook {
  /**
   * Signs somebody in with the role they have now; the first time it makes their account. Who has no role any more is refused, and
   * loses the sessions and the role they had. An account that is disabled stays as it is.
   */
  signIn(proved: ProvedIdentity, from: Omit<SignInFrom, 'way'>): Promise<OpenedSession | RefusedSession>;
}

interface IdentityDeps extends Pick<AccessDeps, 'audit'> {
  readonly sessions: Pick<SessionBook, 'open'>;
  readonly tokens: Pick<TokenBook, 'forget'>;
}

/** Who makes accounts of people the provider vouches for; no account can have that name. */
const madeBy = 'identity provider';
/** Names are counted on as far as this; then they get a digest. */
const countedNamesMax = 99;

export function openIdentityBook({ audit, sessions, tokens }: IdentityDeps): IdentityBook {
  return {
    async signIn(proved, from) {
      const opened = await sessions.open((db, nowUs) => identify(db, proved, { address: from.address, audit, nowUs }), {
        ...from,
        way: 'oidc',
      });
      // What a token may do follows its maker at once.
      tokens.forget();
      assert(opened !== undefined, 'somebody who is vouched for is signed in or refused');
      return opened;
    },
  };
}

interface Now extends Pick<AccessDeps, 'audit'> {
  readonly nowUs: number;
  readonly address: string;
}

function identify(db: Connection, proved: ProvedIdentity, now: Now): string | RefusedSession {
  const known = db
    .prepare<{ name: string; role: string; disabled: number }>(
      `select a.name, a.role, a.disabled from access_identity i join access_account a on a.name = i.account
       where i.issuer = ? and i.subject = ?`,
    )
    .get(proved.issuer, proved.subject);
  if (known === undefined)
    return proved.role === undefined ? refused('', noRole) : makeAccount(db, proved, proved.role, now);
  const { name, role, disabled } = known;
  if (disabled === 1) return name;
  // Of the roles there are, the least: an account is never without one.
  setRole(db, name, { from: role, to: proved.role ?? 'viewer' }, now);
  if (proved.role !== undefined) return name;
  db.prepare('delete from access_session where account = ?').run(name);
  db.prepare('delete from access_link where account = ?').run(name);
  return refused(name, noRole);
}

function makeAccount(
  db: Connection,
  proved: ProvedIdentity,
  role: Role,
  { audit, nowUs, address }: Now,
): string | RefusedSession {
  if (!hasRoom(db)) return refused('', `there are ${accountsMax} accounts already`);
  const { issuer, subject } = proved;
  const name = freeName(db, proved);
  db.prepare('insert into access_account (name, role, created_us, created_by) values (?, ?, ?, ?)').run(
    name,
    role,
    nowUs,
    madeBy,
  );
  db.prepare('insert into access_identity values (?, ?, ?)').run(issuer, subject, name);
  const details = { role, issuer, subject };
  audit.append(db, { act: 'account.made', by: '', via: 'sign-in', address, about: name, details });
  return name;
}

/** A name nobody has or ever had: `ada`, else `ada-2`. The first administrator's is taken, whether they came yet or not. */
function freeName(db: Connection, { name, issuer, subject }: ProvedIdentity): string {
  const one = db.prepare('select 1 from access_account where name = ?');
  const isFree = (each: string): boolean => each !== operatorAccount && one.get(each) === undefined;
  if (isFree(name)) return name;
  for (let count = 2; count <= countedNamesMax; count += 1) if (isFree(`${name}-${count}`)) return `${name}-${count}`;
  const digest = createHash('sha256').update(`${issuer} ${subject}`).digest('hex');
  return `${name}-${digest.slice(0, 16)}`;
}

function setRole(
  db: Connection,
  name: string,
  change: { readonly from: string; readonly to: Role },
  { audit, address }: Now,
): void {
  if (change.from === change.to) return;
  db.prepare('update access_account set role = ? where name = ?').run(change.to, name);
  audit.append(db, { act: 'account.role', by: '', via: 'sign-in', address, about: name, details: { ...change } });
}

const noRole = 'the identity provider gives you no role here; ask who administers it';

function refused(account: string, why: string): RefusedSession {
  const who = account === '' ? '' : ` as ${quote(account)}`;
  return { account, error: new ComityError('NOT_ALLOWED', `Cannot sign in${who}: ${why}`) };
}

/** Whether the identity provider there is says if somebody may sign in: then nothing else may say it for longer. */
export function isVouchedFor(db: Connection, account: string): boolean {
  const sql = 'select 1 from access_identity i join access_provider p on p.issuer = i.issuer where i.account = ?';
  return db.prepare(sql).get(account) !== undefined;
}
