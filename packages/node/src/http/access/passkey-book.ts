import { createHash } from 'node:crypto';
import { ComityError, quote } from '@comity/protocol/base';
import type { Connection } from '../../store/index.ts';
import type { Actor } from './caller.ts';
import type { AccessDeps } from './deps.ts';
import { isVouchedFor } from './identity-book.ts';

/** A key a device of somebody holds. What is kept of it is public. */
export interface Passkey {
  /** Of the credential, base64url; up to 1,364 characters. */
  readonly id: string;
  /** Stands for it in a path. */
  readonly key: string;
  readonly account: string;
  /** Name of the node's page it was made at, and works at alone. */
  readonly host: string;
  readonly name: string;
  /** COSE. */
  readonly publicKey: Uint8Array<ArrayBuffer>;
  /** How often it signed, as the device counts; 0: it does not. */
  readonly counter: number;
  readonly createdUs: number;
  readonly usedUs: number | undefined;
}

export interface PasskeyBook {
  /** Oldest first. */
  list(account: string): readonly Passkey[];
  find(id: string): Passkey | undefined;
  /** @throws {ComityError} `CONFLICT` when the key is known, or the account has as many as it may. */
  add(passkey: Omit<Passkey, 'key' | 'createdUs' | 'usedUs'>, actor: Actor): Promise<Passkey>;
  /** @throws {ComityError} `NOT_FOUND` when it is not one of the account's. */
  remove(key: string, account: string, actor: Actor): Promise<void>;
  removeAll(account: string, actor: Actor): Promise<void>;
}

const passkeysMax = 20;

interface PasskeyRow {
  readonly id: string;
  readonly account: string;
  readonly host: string;
  readonly name: string;
  readonly public_key: Uint8Array;
  readonly counter: number;
  readonly created_us: number;
  readonly used_us: number | null;
}

export function openPasskeyBook({ store, audit, clock }: AccessDeps): PasskeyBook {
  return {
    list: (account) => listOf(store.reader, account),
    find(id) {
      const row = store.reader.prepare<PasskeyRow>('select * from access_passkey where id = ?').get(id);
      return row && passkeyOf(row);
    },
    add: (passkey, actor) =>
      store.write((db) => {
        const { id, account, host, name, publicKey, counter } = passkey;
        if (isVouchedFor(db, account))
          throw new ComityError(
            'CONFLICT',
            `Cannot add a passkey: ${quote(account)} signs in by the identity provider, which says whether they still may`,
          );
        const { length } = listOf(db, account);
        if (length >= passkeysMax)
          throw new ComityError('CONFLICT', `Cannot add a passkey: there are ${length}; remove one first`);
        const createdUs = Math.floor(clock() * 1000);
        const done = db
          .prepare('insert or ignore into access_passkey values (?, ?, ?, ?, ?, ?, ?, null)')
          .run(id, account, host, name, publicKey, counter, createdUs);
        if (done.changes === 0) throw new ComityError('CONFLICT', 'Cannot add the passkey: it is known already');
        audit.append(db, { ...actor, act: 'passkey.added', about: account, details: { name, host } });
        return { ...passkey, key: keyOf(id), createdUs, usedUs: undefined };
      }),
    remove: (key, account, actor) =>
      store.write((db) => {
        const found = listOf(db, account).find((one) => one.key === key);
        if (found === undefined) throw new ComityError('NOT_FOUND', `Cannot find the passkey ${quote(key)}`);
        db.prepare('delete from access_passkey where id = ?').run(found.id);
        audit.append(db, { ...actor, act: 'passkey.removed', about: account, details: { name: found.name } });
      }),
    removeAll: (account, actor) =>
      store.write((db) => {
        for (const { name } of listOf(db, account))
          audit.append(db, { ...actor, act: 'passkey.removed', about: account, details: { name } });
        db.prepare('delete from access_passkey where account = ?').run(account);
      }),
  };
}

/**
 * Notes that a passkey signed, in the transaction of the sign-in. Undefined: it was removed, or signed something newer meanwhile;
 * else whose it is.
 */
export function notePasskeyUse(
  db: Connection,
  { id, counter }: { readonly id: string; readonly counter: number },
  nowUs: number,
): string | undefined {
  return db
    .prepare<{ account: string }>(
      `update access_passkey set counter = ?, used_us = ?
       where id = ? and (counter < ? or (counter = 0 and ? = 0)) returning account`,
    )
    .get(counter, nowUs, id, counter, counter)?.account;
}

function listOf(db: Connection, account: string): Passkey[] {
  return db
    .prepare<PasskeyRow>('select * from access_passkey where account = ? order by created_us, id')
    .all(account)
    .map(passkeyOf);
}

function passkeyOf({ public_key: publicKey, created_us: createdUs, used_us: usedUs, ...row }: PasskeyRow): Passkey {
  const key = keyOf(row.id);
  return { ...row, key, publicKey: new Uint8Array(publicKey), createdUs, usedUs: usedUs ?? undefined };
}

function keyOf(id: string): string {
  return `pk-${createHash('sha256').update(id).digest('hex').slice(0, 16)}`;
}
