import { ComityError, quote } from '@comity/protocol/base';
import type { Clock } from '@comity/protocol/base';
import { scopes as allScopes } from '@comity/protocol/api';
import type { Scope } from '@comity/protocol/api';
import type { Store } from '../../store/index.ts';
import { hashSecret, newSecret } from './secret.ts';
import type { RandomBytes } from './secret.ts';

/** Who makes a request. `session` names the session that ends on sign-out. */
export interface Caller {
  readonly name: string;
  readonly scopes: readonly Scope[];
  readonly expiresAtMs?: number;
  readonly session?: Buffer;
  /** Id of the API token; undefined: a session, or a command on the data folder. Both are the operator. */
  readonly tokenId?: string;
}

export interface Token {
  readonly id: string;
  readonly name: string;
  readonly scopes: readonly Scope[];
  readonly createdUs: number;
  readonly lastUsedUs: number | undefined;
}

/** Sessions and API tokens: made, recognised, withdrawn. */
export interface Access {
  /** Opens a session with every scope; the secret goes into the cookie and nowhere else. */
  openSession(name: string): Promise<{ readonly caller: Caller; readonly secret: string }>;
  endSession(session: Buffer): Promise<void>;
  /** The caller behind a session secret, or undefined; a session in use lives {@link sessionLifetimeMs} longer. */
  findBySession(secret: string): Promise<Caller | undefined>;
  findByToken(secret: string): Promise<Caller | undefined>;
  /** The same at once, of a token that was found within the last minute and was not withdrawn since. */
  recallByToken(secret: string): Caller | undefined;
  /** A token that lives as long as the process, for commands on the same data folder. */
  localToken(name: string): string;
  createToken(name: string, scopes: readonly Scope[]): Promise<{ readonly token: Token; readonly secret: string }>;
  tokens(): Token[];
  /** @throws {ComityError} `NOT_FOUND`. */
  deleteToken(id: string): Promise<void>;
}

/** A session ends this long after its last use. */
export const sessionLifetimeMs = 12 * 3_600_000;
/** Use is noted at most this often, so that reading does not write. */
const noteEveryMs = 60_000;
/** Tokens remembered; beyond that all are read anew. */
const knownMax = 10_000;
const scopeNames: ReadonlySet<string> = new Set(allScopes);

interface TokenRow {
  id: string;
  name: string;
  scopes: string;
  created_us: number;
  last_used_us: number | null;
}
interface SessionRow {
  name: string;
  scopes: string;
  expires_us: number;
}

export function createAccess(deps: {
  readonly store: Pick<Store, 'reader' | 'write'>;
  readonly clock: Clock;
  readonly randomBytes: RandomBytes;
}): Access {
  const { store, clock, randomBytes } = deps;
  const local = new Map<string, Caller>();
  /** Callers by the digest of their token, with when use is to be noted next: pollers ask thousands of times a second. */
  const known = new Map<string, { readonly caller: Caller; readonly noteAtMs: number }>();
  const recall = (name: string): Caller | undefined => {
    const kept = known.get(name);
    return kept !== undefined && clock() < kept.noteAtMs ? kept.caller : undefined;
  };
  return {
    async openSession(name) {
      const secret = newSecret('', randomBytes);
      const session = hashSecret(secret);
      const now = clock();
      const expiresAtMs = now + sessionLifetimeMs;
      await store.write((db) => {
        db.prepare('DELETE FROM access_session WHERE expires_us < ?').run(now * 1000);
        db.prepare('INSERT INTO access_session VALUES (?, ?, ?, ?, ?)').run(
          session,
          name,
          allScopes.join(' '),
          now * 1000,
          expiresAtMs * 1000,
        );
      });
      return { secret, caller: { name, scopes: allScopes, expiresAtMs, session } };
    },

    async endSession(session) {
      await store.write((db) => db.prepare('DELETE FROM access_session WHERE secret_sha256 = ?').run(session));
    },

    async findBySession(secret) {
      const session = hashSecret(secret);
      const row = store.reader
        .prepare<SessionRow>('SELECT name, scopes, expires_us FROM access_session WHERE secret_sha256 = ?')
        .get(session);
      const now = clock();
      if (row === undefined || row.expires_us <= now * 1000) return undefined;
      let expiresAtMs = row.expires_us / 1000;
      if (expiresAtMs - now < sessionLifetimeMs - noteEveryMs) {
        expiresAtMs = now + sessionLifetimeMs;
        await store.write((db) =>
          db
            .prepare('UPDATE access_session SET expires_us = ? WHERE secret_sha256 = ?')
            .run(expiresAtMs * 1000, session),
        );
      }
      return { name: row.name, scopes: parseScopes(row.scopes), expiresAtMs, session };
    },

    recallByToken: (secret) => recall(hashSecret(secret).toString('latin1')),

    async findByToken(secret) {
      const hash = hashSecret(secret);
      const name = hash.toString('latin1');
      const kept = local.get(name) ?? recall(name);
      if (kept !== undefined) return kept;
      const row = store.reader.prepare<TokenRow>('SELECT * FROM access_token WHERE secret_sha256 = ?').get(hash);
      if (row === undefined) return undefined;
      const nowUs = clock() * 1000;
      if ((row.last_used_us ?? 0) < nowUs - noteEveryMs * 1000) {
        await store.write((db) =>
          db.prepare('UPDATE access_token SET last_used_us = ? WHERE id = ?').run(nowUs, row.id),
        );
      }
      const caller = { name: row.name, scopes: parseScopes(row.scopes), tokenId: row.id };
      if (isThere(store, row.id)) remember(known, name, { caller, noteAtMs: clock() + noteEveryMs });
      return caller;
    },

    localToken(name) {
      const secret = newSecret('comity_local_', randomBytes);
      local.set(hashSecret(secret).toString('latin1'), { name, scopes: allScopes });
      return secret;
    },

    async createToken(name, scopes) {
      const secret = newSecret('comity_', randomBytes);
      const id = `tok-${Buffer.from(randomBytes(8)).toString('hex')}`;
      const createdUs = clock() * 1000;
      const unique = allScopes.filter((scope) => scopes.includes(scope));
      await store.write((db) =>
        db
          .prepare('INSERT INTO access_token (id, name, scopes, secret_sha256, created_us) VALUES (?, ?, ?, ?, ?)')
          .run(id, name, unique.join(' '), hashSecret(secret), createdUs),
      );
      return { secret, token: { id, name, scopes: unique, createdUs, lastUsedUs: undefined } };
    },

    tokens() {
      return store.reader
        .prepare<TokenRow>('SELECT * FROM access_token ORDER BY created_us DESC, id')
        .all()
        .map((row) => ({
          id: row.id,
          name: row.name,
          scopes: parseScopes(row.scopes),
          createdUs: row.created_us,
          lastUsedUs: row.last_used_us ?? undefined,
        }));
    },

    async deleteToken(id) {
      const { changes } = await store.write((db) => db.prepare('DELETE FROM access_token WHERE id = ?').run(id));
      known.clear();
      if (changes === 0) throw new ComityError('NOT_FOUND', `Cannot find the token ${quote(id)}`);
    },
  };
}

/** Whether a token is still there: it may have been withdrawn while its use was noted. */
function isThere({ reader }: Pick<Store, 'reader'>, id: string): boolean {
  return reader.prepare('SELECT 1 FROM access_token WHERE id = ?').get(id) !== undefined;
}

function remember<T>(known: Map<string, T>, name: string, value: T): void {
  if (known.size >= knownMax) known.clear();
  known.set(name, value);
}

function parseScopes(text: string): Scope[] {
  return text.split(' ').filter((scope): scope is Scope => scopeNames.has(scope));
}
