import { ComityError, quote } from '@comity/protocol/base';
import { scopes as allScopes } from '@comity/protocol/api';
import type { Scope } from '@comity/protocol/api';
import { rightsOfRole } from './account-book.ts';
import { operatorAccount, parseScopes } from './caller.ts';
import type { Actor, Caller } from './caller.ts';
import { shownDigest } from './certificate.ts';
import type { ClientCertificate } from './certificate.ts';
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
  /** Whether its secret works only together with a certificate that is bound to it. */
  readonly needsCertificate: boolean;
}

/** What a request brings to say which token it is. */
export interface Credentials {
  /** Untrusted; undefined: it brings none. */
  readonly secret: string | undefined;
  /** Of the connection. */
  readonly certificate: ClientCertificate | undefined;
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
   * The caller behind a secret or a certificate; of both, when they are of one token. A secret that stands for itself counts beside a
   * certificate that is nobody's. A token may never do more than the account that made it may now, and nothing when that is
   * disabled; what a command on the data folder made, or a token of one, is bound by nobody's role.
   */
  find(credentials: Credentials): Promise<Caller | undefined>;
  /** The same at once, of a token that was found within the last minute, while nothing was withdrawn or changed since. */
  recall(credentials: Credentials): Caller | undefined;
  /** Why a certificate, or a secret without one, is nobody: a sentence. Undefined where it has to do with no certificate. */
  explain(credentials: Credentials): string | undefined;
  /** Finds every token anew from now on. */
  forget(): void;
  /** Newest first. */
  list(): readonly Token[];
  /** @throws {ComityError} `NOT_FOUND`. */
  get(id: string): Token;
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
  readonly needs_certificate: number;
  readonly role: string | null;
}

/** Which token credentials are, or why they are none. */
interface Identified {
  readonly row?: TokenRow;
  /** Digest of the certificate that is bound to it. */
  readonly certificate?: string;
  readonly why?: string;
}

export function openTokenBook({ store, audit, clock, randomBytes }: AccessDeps): TokenBook {
  const locals = new Map<string, Caller>();
  /** Callers by the digest of their token, and until when: pollers ask thousands of times a second. */
  const recalled = new Map<string, { readonly caller: Caller; readonly untilUs: number }>();
  const nowUs = (): number => Math.floor(clock() * 1000);
  const rowOf = (column: 'secret_sha256' | 'id', value: Buffer | string): TokenRow | undefined =>
    store.reader
      .prepare<TokenRow>(
        `select t.*, a.role from access_token t left join access_account a on a.name = t.made_by
         where t.${column} = ? and coalesce(a.disabled, 0) = 0 and coalesce(t.expires_us > ?, 1)`,
      )
      .get(value, nowUs());
  const ofCertificate = ({ sha256, validFromMs, validToMs }: ClientCertificate): Identified => {
    const named = `the client certificate ${shownDigest(sha256)}`;
    if (clock() >= validToMs) return { why: `${named} is over since ${new Date(validToMs).toISOString()}` };
    if (clock() < validFromMs) return { why: `${named} is not valid before ${new Date(validFromMs).toISOString()}` };
    const bound = store.reader
      .prepare<{ token: string }>('select token from access_certificate where sha256 = ?')
      .get(sha256);
    const row = bound && rowOf('id', bound.token);
    return row === undefined ? { why: `${named} stands for no token that works` } : { row, certificate: sha256 };
  };
  function identify({ secret, certificate }: Credentials): Identified {
    const shown = certificate === undefined ? {} : ofCertificate(certificate);
    if (secret === undefined) return shown;
    const row = rowOf('secret_sha256', hashSecret(secret));
    if (row === undefined) return {};
    if (shown.row?.id === row.id) return shown;
    if (shown.row !== undefined) return { why: 'the token and the client certificate stand for two different tokens' };
    if (row.needs_certificate === 0) return { row };
    return {
      why: `the token works only with its client certificate${shown.why === undefined ? '' : `, and ${shown.why}`}`,
    };
  }
  function recall(key: string): Caller | undefined {
    const kept = recalled.get(key);
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
      const made = { id, name, scopes: unique, madeBy: actor.by, createdUs, expiresUs };
      return { secret, token: { ...made, lastUsedUs: undefined, needsCertificate: false } };
    },
    recall: (credentials) => recall(keyOf(credentials)),
    explain: (credentials) => identify(credentials).why,
    forget: () => recalled.clear(),
    async find(credentials) {
      const { secret, certificate } = credentials;
      if (secret === undefined && certificate === undefined) return undefined;
      const key = keyOf(credentials);
      const known = (secret && locals.get(hashSecret(secret).toString('latin1'))) || recall(key);
      if (known) return known;
      const { row } = identify(credentials);
      if (row === undefined) return undefined;
      const isNoted = (row.last_used_us ?? 0) >= nowUs() - noteEveryUs;
      if (!isNoted)
        await store.write((db) =>
          db.prepare('update access_token set last_used_us = ? where id = ?').run(nowUs(), row.id),
        );
      // It may have been withdrawn, or its maker changed, while its use was noted.
      const now = identify(credentials);
      if (now.row === undefined) return undefined;
      const caller = callerOf(now.row, now.certificate);
      if (recalled.size >= recalledMax) recalled.clear();
      const endsUs = Math.min(now.row.expires_us ?? Infinity, certificate ? certificate.validToMs * 1000 : Infinity);
      recalled.set(key, { caller, untilUs: Math.min(nowUs() + noteEveryUs, endsUs) });
      return caller;
    },
    list: () =>
      store.reader
        .prepare<TokenRow>('select *, null as role from access_token order by created_us desc, id')
        .all()
        .map(tokenOf),
    get(id) {
      const row = store.reader.prepare<TokenRow>('select *, null as role from access_token where id = ?').get(id);
      if (row === undefined) throw notFound(id);
      return tokenOf(row);
    },
    async delete(id, actor) {
      await store.write((db) => {
        const row = db.prepare<{ name: string }>('delete from access_token where id = ? returning name').get(id);
        if (row === undefined) throw notFound(id);
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

/** Stands for credentials where callers are remembered. */
function keyOf({ secret, certificate }: Credentials): string {
  const ofSecret = secret === undefined ? '' : hashSecret(secret).toString('latin1');
  return `${ofSecret} ${certificate?.sha256 ?? ''}`;
}

function callerOf(row: TokenRow, certificate: string | undefined): Caller {
  const bounds = row.role === null ? allScopes : rightsOfRole(row.role);
  const scopes = parseScopes(row.scopes).filter((scope) => bounds.includes(scope));
  const account = row.made_by ?? operatorAccount;
  const boundBy = row.made_by ?? undefined;
  return {
    name: row.name,
    scopes,
    tokenId: row.id,
    account,
    boundBy,
    ...(certificate !== undefined && { certificate }),
  };
}

function notFound(id: string): ComityError {
  return new ComityError('NOT_FOUND', `Cannot find the token ${quote(id)}`);
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
    needsCertificate: row.needs_certificate === 1,
  };
}
