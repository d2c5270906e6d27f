import { ComityError, quote } from '@comity/protocol/base';
import { roleNames, roles, rolesWith } from '@comity/protocol/api';
import type { Role, Scope } from '@comity/protocol/api';
import type { Connection } from '../../store/index.ts';
import { operatorAccount } from './caller.ts';
import type { Actor } from './caller.ts';
import type { AccessDeps } from './deps.ts';
import { hashSecret, newSecret } from './secret.ts';
import { liveSince } from './session-life.ts';

/** Somebody who may sign in. An account is never removed, so that its name in the audit trail stays theirs. */
export interface Account {
  readonly name: string;
  readonly role: Role;
  /** `invited` until the first sign-in. */
  readonly state: 'invited' | 'active' | 'disabled';
  readonly createdUs: number;
  readonly createdBy: string;
  readonly signedInUs: number | undefined;
  /** Until when a link signs it in that nobody used yet. */
  readonly linkUntilUs: number | undefined;
  readonly passkeys: number;
  /** Of the identity provider that vouches for it. */
  readonly issuer: string | undefined;
  /** Those that are not over. */
  readonly sessions: number;
}

/** A link that signs an account in, once. */
interface AccountLink {
  readonly secret: string;
  readonly expiresAtMs: number;
}

export interface AccountBook {
  /** By name. */
  list(): readonly Account[];
  /** @throws {ComityError} `NOT_FOUND`. */
  get(name: string): Account;
  /** Names of those who have signed in, are not disabled and have the right. */
  peopleWith(scope: Scope): readonly string[];
  /** @throws {ComityError} `CONFLICT` when the name is taken, or was. */
  invite(entry: { readonly name: string; readonly role: Role }, lifetimeMs: number, actor: Actor): Promise<AccountLink>;
  /** The link before it stops working. @throws {ComityError} `NOT_FOUND`; `CONFLICT` when it is disabled. */
  renewLink(name: string, lifetimeMs: number, actor: Actor): Promise<AccountLink>;
  /**
   * Rights follow at once. Disabling ends sessions and links and stops the tokens the account made.
   *
   * @throws {ComityError} `NOT_FOUND`; `CONFLICT` when nobody would be left who administers.
   */
  change(name: string, change: { readonly role?: Role; readonly isDisabled?: boolean }, actor: Actor): Promise<void>;
}

export const accountsMax = 10_000;

interface AccountRow {
  readonly name: string;
  readonly role: string;
  readonly disabled: number;
  readonly created_us: number;
  readonly created_by: string;
  readonly signed_in_us: number | null;
  readonly link_until_us: number | null;
  readonly passkeys: number;
  readonly issuer: string | null;
  readonly sessions: number;
}

/** Its values: now, and {@link liveSince} it. */
const accountSql = `
  select a.*, (select expires_us from access_link where account = a.name and expires_us > ?) as link_until_us,
    (select count(*) from access_passkey where account = a.name) as passkeys,
    (select issuer from access_identity where account = a.name) as issuer,
    (select count(*) from access_session where account = a.name and used_us > ? and created_us > ?) as sessions
  from access_account a`;

export function openAccountBook(deps: AccessDeps): AccountBook {
  const { store, audit, clock } = deps;
  const nowUs = (): number => Math.floor(clock() * 1000);
  const sqlValues = (): [number, number, number] => [nowUs(), ...liveSince(nowUs())];
  const newLink = (db: Connection, account: string, lifetimeMs: number): AccountLink => {
    const secret = newSecret('', deps.randomBytes);
    const expiresAtMs = Math.floor(clock()) + lifetimeMs;
    db.prepare('insert or replace into access_link values (?, ?, ?)').run(
      account,
      hashSecret(secret),
      expiresAtMs * 1000,
    );
    return { secret, expiresAtMs };
  };
  const get = (db: Connection, name: string): Account => {
    const row = db.prepare<AccountRow>(`${accountSql} where a.name = ?`).get(...sqlValues(), name);
    if (row === undefined) throw new ComityError('NOT_FOUND', `Cannot find the account ${quote(name)}`);
    return accountOf(row);
  };
  return {
    list: () =>
      store.reader
        .prepare<AccountRow>(`${accountSql} order by a.name`)
        .all(...sqlValues())
        .map(accountOf),
    get: (name) => get(store.reader, name),
    peopleWith: (scope) => peopleWith(store.reader, scope),
    invite: ({ name, role }, lifetimeMs, actor) =>
      store.write((db) => {
        if (!hasRoom(db)) throw new ComityError('CONFLICT', `Cannot invite anybody: there are ${accountsMax} accounts`);
        const done = db
          .prepare('insert or ignore into access_account (name, role, created_us, created_by) values (?, ?, ?, ?)')
          .run(name, role, nowUs(), actor.by);
        if (done.changes === 0 || name === operatorAccount)
          throw new ComityError('CONFLICT', `Cannot invite ${quote(name)}: the name is taken`);
        audit.append(db, { ...actor, act: 'account.invited', about: name, details: { role } });
        return newLink(db, name, lifetimeMs);
      }),
    renewLink: (name, lifetimeMs, actor) =>
      store.write((db) => {
        if (get(db, name).state === 'disabled')
          throw new ComityError('CONFLICT', `Cannot make a link for ${quote(name)}: the account is disabled`);
        audit.append(db, { ...actor, act: 'account.link', about: name });
        return newLink(db, name, lifetimeMs);
      }),
    change: (name, change, actor) =>
      store.write((db) => {
        const { role: roleBefore, state } = get(db, name);
        const { role = roleBefore, isDisabled = state === 'disabled' } = change;
        if (role !== roleBefore) {
          db.prepare('update access_account set role = ? where name = ?').run(role, name);
          audit.append(db, { ...actor, act: 'account.role', about: name, details: { from: roleBefore, to: role } });
        }
        if (isDisabled !== (state === 'disabled')) {
          db.prepare('update access_account set disabled = ? where name = ?').run(Number(isDisabled), name);
          audit.append(db, { ...actor, act: isDisabled ? 'account.disabled' : 'account.enabled', about: name });
        }
        if (isDisabled) {
          db.prepare('delete from access_session where account = ?').run(name);
          db.prepare('delete from access_link where account = ?').run(name);
        }
        const administered = state === 'active' && roleBefore === 'administrator';
        if (administered && (isDisabled || role !== 'administrator') && peopleWith(db, 'admin').length === 0)
          throw new ComityError('CONFLICT', `Cannot change ${quote(name)}: nobody else administers this node`);
      }),
  };
}

/** Accounts who signed in at least once: an invitation alone is nobody's eyes. */
function peopleWith(db: Connection, scope: Scope): string[] {
  const able = rolesWith(scope);
  return db
    .prepare<{ name: string }>(
      `select name from access_account where disabled = 0 and signed_in_us is not null
       and role in (${able.map(() => '?').join(', ')}) order by name`,
    )
    .all(...able)
    .map(({ name }) => name);
}

/** Makes the first administrator, when the node has none of that name yet. */
export function makeOperator(db: Connection, nowUs: number): void {
  db.prepare(
    `insert or ignore into access_account (name, role, created_us, created_by) values (?, 'administrator', ?, ?)`,
  ).run(operatorAccount, nowUs, operatorAccount);
}

/** The account a link is for; the link is used up. */
export function redeemLink(db: Connection, secret: string, nowUs: number): string | undefined {
  return db
    .prepare<{ account: string }>(
      'delete from access_link where secret_sha256 = ? and expires_us > ? returning account',
    )
    .get(hashSecret(secret), nowUs)?.account;
}

/** What a role that is stored may do; nothing, when this version does not know it. */
export function rightsOfRole(role: string): readonly Scope[] {
  return roles[parseRole(role)].rights;
}

/** A role of another version is the least there is. */
export function parseRole(text: string): Role {
  return roleNames.find((role) => role === text) ?? 'viewer';
}

/** Whether there may be another account. */
export function hasRoom(db: Connection): boolean {
  const { count } = db.prepare<{ count: number }>('select count(*) as count from access_account').get() ?? { count: 0 };
  return count < accountsMax;
}

function accountOf(row: AccountRow): Account {
  const state = row.disabled === 1 ? 'disabled' : row.signed_in_us === null ? 'invited' : 'active';
  return {
    name: row.name,
    role: parseRole(row.role),
    state,
    createdUs: row.created_us,
    createdBy: row.created_by,
    signedInUs: row.signed_in_us ?? undefined,
    linkUntilUs: row.link_until_us ?? undefined,
    passkeys: row.passkeys,
    issuer: row.issuer ?? undefined,
    sessions: row.sessions,
  };
}
