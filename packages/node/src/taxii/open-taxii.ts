import { createHmac, createSecretKey } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { readCursor, writeCursor } from '@comity/protocol/taxii';
import type { Clock } from '@comity/protocol/base';
import type { Seal, Store } from '../store/index.ts';
import { openCollectionBook } from './collection-book.ts';
import { openStatusBook } from './status-book.ts';
import type { Taxii } from './taxii.ts';

const keyBytes = 32;
const keyName = 'taxii cursors';

export interface TaxiiDeps {
  readonly clock: Clock;
  readonly randomBytes: (count: number) => Uint8Array;
  readonly seal: Seal;
}

/** Opens the TAXII server's memory on a store whose schemas include `taxiiSchema`. */
export async function openTaxii(store: Pick<Store, 'reader' | 'write'>, deps: TaxiiDeps): Promise<Taxii> {
  const nowUs = (): number => Math.floor(deps.clock() * 1000);
  const key = await openKey(store, deps);
  const mac = (body: Uint8Array): Uint8Array => createHmac('sha256', key).update(body).digest();
  return {
    collections: openCollectionBook(store, nowUs),
    statuses: openStatusBook(store, nowUs),
    cursors: { write: (cursor) => writeCursor(cursor, mac), read: (text, asked) => readCursor(text, mac, asked) },
  };
}

/**
 * The key of cursors, made when the node first starts, so that a cursor outlives the process. With another key of the data
 * folder it is made anew, and clients begin again with `added_after`.
 */
async function openKey(store: Pick<Store, 'reader' | 'write'>, deps: TaxiiDeps): Promise<KeyObject> {
  const row = store.reader.prepare<{ sealed: Uint8Array }>('select sealed from taxii_key where name = ?').get(keyName);
  const known = row === undefined ? undefined : deps.seal.unseal(row.sealed, keyName);
  if (known !== undefined) return createSecretKey(known, 'hex');
  const key = Buffer.from(deps.randomBytes(keyBytes));
  const sealed = deps.seal.seal(key.toString('hex'), keyName);
  await store.write((db) => db.prepare('insert or replace into taxii_key values (?, ?)').run(keyName, sealed));
  return createSecretKey(key);
}
