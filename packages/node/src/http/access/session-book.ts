import { ComityError, quote } from '@comity/protocol/base';
import type { Connection } from '../../store/index.ts';
import { parseRole, rightsOfRole } from './account-book.ts';
import type { Actor, Caller } from './caller.ts';
import type { AccessDeps } from './deps.ts';
import { hashSecret, newSecret } from './secret.ts';
import { expiresUs, liveSince } from './session-life.ts';

/** Use is noted at most this often, so that reading does not write. */
const noteEveryMs = 60_000;
/** Sessions of one account; the oldest makes room. */
const sessionsMax = 20;
const agentCharsMax = 300;

/** How somebody proved who they are. */
export type SignInWay = 'link' | 'passkey' | 'oidc';

/** Where a sign-in comes from, for the list of sessions. */
export interface SignInFrom {
  readonly way: SignInWay;
  readonly address: string;
  /** What the browser calls itself; untrusted. */
  readonly agent: string;
  /** Secret of a session this browser already has: it ends. */
  readonly before: string | undefined;
}

export interface Session {
  readonly id: string;
  readonly account: string;
  readonly way: SignInWay;
  readonly address: string;
  readonly agent: string;
  readonly createdUs: number;
  readonly usedUs: number;
  readonly expiresUs: number;
}

/** A session that was opened. The secret is new and goes into the cookie and nowhere else. */
export interface OpenedSession {
  readonly caller: Caller;
  readonly secret: string;
}

/** Somebody proved who they are and may not sign in, since the account is disabled or `identify` says so: `NOT_ALLOWED`. */
export interface RefusedSession {
  /** Empty: they have none. */
  readonly account: string;
  readonly error: ComityError;
}

export interface SessionBook {
  /**
   * Opens a session for the account `identify` names, in the transaction in which it proves it; undefined: it proves nothing.
   * What it writes stays also when it refuses.
   */
  open(
    identify: (db: Connection, nowUs: number) => string | RefusedSession | undefined,
    from: SignInFrom,
  ): Promise<OpenedSession | RefusedSession | undefined>;
  /** The caller behind a session secret, with the rights their account has now. */
  find(secret: string): Promise<Caller | undefined>;
  /** Newest first; of one account, or of all. */
  list(account?: string): readonly Session[];
  /** Ends a session; `account`: only when it is theirs. @throws {ComityError} `NOT_FOUND`. */
  end(id: string, actor: Actor, account?: string): Promise<void>;
  /** Ends the session whoever asks is in. */
  signOut(id: string, actor: Actor): Promise<void>;
}

interface SessionRow {
  readonly id: string;
  readonly account: string;
  readonly way: SignInWay;
  readonly address: string;
  readonly agent: string;
  readonly created_us: number;
  readonly used_us: number;
  readonly role: string;
}

const liveSql = `select s.*, a.role from access_session s join access_account a on a.name = s.account
  where a.disabled = 0 and s.used_us > ? and s.created_us > ?`;

export function openSessionBook(deps: AccessDeps): SessionBook {
  const { store, audit, clock, randomBytes } = deps;
  const nowUs = (): number => Math.floor(clock() * 1000);
  const oldest = (): [usedUs: number, createdUs: number] => liveSince(nowUs());
  return {
    open: (identify, from) =>
      store.write((db) => {
        const name = identify(db, nowUs());
        if (typeof name !== 'string') return name;
        const account = db
          .prepare<{ role: string; disabled: number }>('select role, disabled from access_account where name = ?')
          .get(name);
        if (account?.disabled !== 0) {
          const error = new ComityError('NOT_ALLOWED', `Cannot sign in: the account ${quote(name)} is disabled`);
          return { account: name, error };
        }
        const secret = newSecret('', randomBytes);
        const id = `ses-${Buffer.from(randomBytes(8)).toString('hex')}`;
        endOld(db, name, from.before, oldest());
        db.prepare('insert into access_session values (?, ?, ?, ?, ?, ?, ?, ?)').run(
          hashSecret(secret),
          id,
          name,
          from.way,
          from.address,
          from.agent.slice(0, agentCharsMax),
          nowUs(),
          nowUs(),
        );
        db.prepare('update access_account set signed_in_us = ? where name = ?').run(nowUs(), name);
        const { address, way } = from;
        audit.append(db, { act: 'sign-in', by: name, via: 'sign-in', address, about: name, details: { way } });
        return { secret, caller: callerOf({ id, account: name, role: account.role }, nowUs(), nowUs()) };
      }),
    async find(secret) {
      const hash = hashSecret(secret);
      const row = store.reader.prepare<SessionRow>(`${liveSql} and s.secret_sha256 = ?`).get(...oldest(), hash);
      if (row === undefined) return undefined;
      const now = nowUs();
      const isNoted = now - row.used_us < noteEveryMs * 1000;
      if (!isNoted)
        await store.write((db) =>
          db.prepare('update access_session set used_us = ? where secret_sha256 = ?').run(now, hash),
        );
      return callerOf(row, isNoted ? row.used_us : now, row.created_us);
    },
    list: (account) =>
      store.reader
        .prepare<SessionRow>(`${liveSql} and (? is null or s.account = ?) order by s.created_us desc, s.id`)
        .all(...oldest(), account ?? null, account ?? null)
        .map(sessionOf),
    end: (id, actor, account) =>
      store.write((db) => {
        const ended = endOne(db, id, account);
        if (ended === undefined) throw new ComityError('NOT_FOUND', `Cannot find the session ${quote(id)}`);
        audit.append(db, { ...actor, act: 'session.ended', about: ended, details: { session: id } });
      }),
    signOut: (id, actor) =>
      store.write((db) => {
        const ended = endOne(db, id, undefined);
        if (ended !== undefined) audit.append(db, { ...actor, act: 'sign-out', about: ended });
      }),
  };
}

/** Returns whose it was. */
function endOne(db: Connection, id: string, account: string | undefined): string | undefined {
  return db
    .prepare<{ account: string }>(
      'delete from access_session where id = ? and (? is null or account = ?) returning account',
    )
    .get(id, account ?? null, account ?? null)?.account;
}

/** A browser keeps one session: the one a sign-in finds there ends, whoever planted it. */
function endOld(db: Connection, account: string, before: string | undefined, oldest: [number, number]): void {
  if (before !== undefined) db.prepare('delete from access_session where secret_sha256 = ?').run(hashSecret(before));
  db.prepare('delete from access_session where used_us <= ? or created_us <= ?').run(...oldest);
  db.prepare(
    `delete from access_session where secret_sha256 in
     (select secret_sha256 from access_session where account = ? order by created_us desc limit -1 offset ?)`,
  ).run(account, sessionsMax - 1);
}

function callerOf(row: Pick<SessionRow, 'id' | 'account' | 'role'>, usedUs: number, createdUs: number): Caller {
  return {
    name: row.account,
    account: row.account,
    boundBy: row.account,
    role: parseRole(row.role),
    scopes: rightsOfRole(row.role),
    expiresAtMs: expiresUs(usedUs, createdUs) / 1000,
    sessionId: row.id,
  };
}

function sessionOf(row: SessionRow): Session {
  const { created_us: createdUs, used_us: usedUs, id, account, way, address, agent } = row;
  return { id, account, way, address, agent, createdUs, usedUs, expiresUs: expiresUs(usedUs, createdUs) };
}
