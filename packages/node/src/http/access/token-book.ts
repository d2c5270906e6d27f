import { ComityError, quote } from '@comity/protocol/base';
import { scopes as allScopes } from '@comity/protocol/api';
import type { Scope } from '@comity/protocol/api';
import { rightsOfRole } from './account-book.ts';
import { operatorAccount, parseScopes } from './caller.ts';
import type { Actor, Caller } from './caller.ts';
import type { AccessDeps } from './deps.ts';
import { hashSecret, newSecret } from './secret.ts';

export interface Token {
  readonly id: string;
  readonly name: string;
  readonly scopes: readonly Scope[];
  /** The account that answers for it. */
  readonly madeBy: string;
  readonly createdUs: number;
  /** Undefined: never. */
  readonly expiresUs: number | undefined;
  readonly lastUsedUs: number | undefined;
}

interface TokenEntry {
  readonly name: string;
  readonly scopes: readonly Scope[];
  /** Account whose role bounds the token, and which made it; undefined: nobody's. */
  readonly boundBy: string | undefined;
  /** Undefined: for ever. */
  readonly lifetimeMs: number | undefined;
}

export interface TokenBook {
  /** The secret is in the answer and nowhere else. */
  create(entry: TokenEntry, actor: Actor): Promise<{ readonly token: Token; readonly secret: string }>;
  /**
   * The caller behind a secret. A token may never do more than the account that made it may now, and nothing when that is
   * disabled; what a command on the data folder made, or a token of one, is bound by nobody's role.
   */
  find(secret: string): Promise<Caller | undefined>;
  /** The same at once, of a token that was found within the last minute, while nothing was withdrawn or changed since. */
  recall(secret: string): Caller | undefined;
  /** Finds every token anew from now on. */
  forget(): void;
  /** Newest first. */
  list(): readonly Token[];
  /** @throws {ComityError} `NOT_FOUND`. */
  delete(id: string, actor: Actor): Promise<void>;
  /** A token that lives as long as the process, for commands on the same data folder. */
  local(name: string): string;
}

/** Use is noted at most this often, so that reading does not write. */
const noteEveryUs = 60_000_000;
/** Tokens remembered; beyond that all are read anew. */
const recalledMax = 10_000;

interface TokenRow {
  readonly id: string;
  readonly name: string;
  readonly scopes: string;
  readonly created_us: number;
  readonly last_used_us: number | null;
  readonly made_by: string | null;
  readonly expires_us: number | null;
  readonly role: string | null;
}

export function openTokenBook({ store, audit, clock, randomBytes }: AccessDeps): TokenBook {
  const locals = new Map<string, Caller>();
  /** Callers by the digest of their token, and until when: pollers ask thousands of times a second. */
  const recalled = new Map<string, { readonly caller: Caller; readonly untilUs: number }>();
  const nowUs = (): number => Math.floor(clock() * 1000);
  const rowOf = (hash: Buffer): TokenRow | undefined =>
    store.reader
      .prepare<TokenRow>(
        `select t.*, a.role from access_token t left join access_account a on a.name = t.made_by
         where t.secret_sha256 = ? and coalesce(a.disabled, 0) = 0 and coalesce(t.expires_us > ?, 1)`,
      )
      .get(hash, nowUs());
  function recall(name: string): Caller | undefined {
    const kept = recalled.get(name);
    return kept !== undefined && nowUs() < kept.untilUs ? kept.caller : undefined;
  }
  return {
    async create({ name, scopes, boundBy, lifetimeMs }, actor) {
      const secret = newSecret('comity_', randomBytes);
      const id = `tok-${Buffer.from(randomBytes(8)).toString('hex')}`;
      const createdUs = nowUs();
      const unique = allScopes.filter((scope) => scopes.includes(scope));
      const expiresUs = lifetimeMs === undefined ? undefined : createdUs + lifetimeMs * 1000;
      await store.write((db) => {
        db.prepare(
          `insert into access_token (id, name, scopes, secret_sha256, created_us, made_by, expires_us)
           values (?, ?, ?, ?, ?, ?, ?)`,
        ).run(id, name, unique.join(' '), hashSecret(secret), createdUs, boundBy ?? null, expiresUs ?? null);
        audit.append(db, {
          ...actor,
          act: 'token.made',
          about: id,
          details: {
            name,
            scopes: unique.join(' '),
            ...(lifetimeMs !== undefined && { days: lifetimeMs / 86_400_000 }),
          },
        });
      });
      const token = { id, name, scopes: unique, madeBy: actor.by, createdUs, expiresUs, lastUsedUs: undefined };
      return { secret, token };
    },
    recall: (secret) => recall(hashSecret(secret).toString('latin1')),
    forget: () => recalled.clear(),
    async find(secret) {
      const hash = hashSecret(secret);
      const name = hash.toString('latin1');
      const known = locals.get(name) ?? recall(name);
      if (known !== undefined) return known;
      const row = rowOf(hash);
      if (row === undefined) return undefined;
      const isNoted = (row.last_used_us ?? 0) >= nowUs() - noteEveryUs;
      if (!isNoted)
        await store.write((db) =>
          db.prepare('update access_token set last_used_us = ? where id = ?').run(nowUs(), row.id),
        );
      // It may have been withdrawn, or its maker changed, while its use was noted.
      const now = isNoted ? row : rowOf(hash);
      if (now === undefined) return undefined;
      const caller = callerOf(now);
      if (recalled.size >= recalledMax) recalled.clear();
      recalled.set(name, { caller, untilUs: Math.min(nowUs() + noteEveryUs, now.expires_us ?? Number.MAX_VALUE) });
      return caller;
    },
    list: () =>
      store.reader
        .prepare<TokenRow>('select *, null as role from access_token order by created_us desc, id')
        .all()
        .map(tokenOf),
    async delete(id, actor) {
      await store.write((db) => {
        const row = db.prepare<{ name: string }>('delete from access_token where id = ? returning name').get(id);
        if (row === undefined) throw new ComityError('NOT_FOUND', `Cannot find the token ${quote(id)}`);
        audit.append(db, { ...actor, act: 'token.withdrawn', about: id, details: { name: row.name } });
      });
      recalled.clear();
    },
    local(name) {
      const secret = newSecret('comity_local_', randomBytes);
      const caller = { name, scopes: allScopes, account: operatorAccount, boundBy: undefined };
      locals.set(hashSecret(secret).toString('latin1'), caller);
      return secret;
    },
  };
}

function callerOf(row: TokenRow): Caller {
  const bounds = row.role === null ? allScopes : rightsOfRole(row.role);
  const scopes = parseScopes(row.scopes).filter((scope) => bounds.includes(scope));
  const account = row.made_by ?? operatorAccount;
  return { name: row.name, scopes, tokenId: row.id, account, boundBy: row.made_by ?? undefined };
}

function tokenOf(row: TokenRow): Token {
  return {
    id: row.id,
    name: row.name,
    scopes: parseScopes(row.scopes),
    madeBy: row.made_by ?? operatorAccount,
    createdUs: row.created_us,
    expiresUs: row.expires_us ?? undefined,
    lastUsedUs: row.last_used_us ?? undefined,
  };
}
