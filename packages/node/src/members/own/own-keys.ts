import { ComityError, hexOf } from '@comity/protocol/base';
import type { Clock } from '@comity/protocol/base';
import { keyIdOf } from '@comity/protocol/members';
import type { KeyId, MemberSigner } from '@comity/protocol/members';
import type { TlogCrypto } from '@comity/protocol/tlog';
import { signerOfSeed } from '../../keys/index.ts';
import type { Connection, Seal, Store } from '../../store/index.ts';

/** A key of this member, before or after it is kept. */
export interface OwnKey extends MemberSigner {
  readonly id: KeyId;
  /** Secret. */
  readonly seed: Uint8Array;
  /** As `sign`, on another thread. */
  readonly signLater: (message: Uint8Array) => Promise<Uint8Array>;
}

export interface OwnKeysDeps {
  readonly seal: Seal;
  readonly randomBytes: (count: number) => Uint8Array;
  readonly crypto: TlogCrypto;
  readonly clock: Clock;
}

const seedBytes = 32;

/** Ed25519 keys of this member: seeds, sealed at rest, that leave this file only when the announced key is taken out. */
export class OwnKeys {
  readonly #store: Pick<Store, 'reader'>;
  readonly #deps: OwnKeysDeps;
  /** Opened ones: opening takes longer than signing. */
  readonly #opened = new Map<string, OwnKey>();

  constructor(store: Pick<Store, 'reader'>, deps: OwnKeysDeps) {
    this.#store = store;
    this.#deps = deps;
  }

  make(): OwnKey {
    return this.ofSeed(this.#deps.randomBytes(seedBytes));
  }

  /** @throws {ComityError} `ARGUMENT_INVALID` for what is no seed. */
  ofSeed(seed: Uint8Array): OwnKey {
    if (seed.length !== seedBytes)
      throw new ComityError('ARGUMENT_INVALID', `Cannot use the key: ${seed.length} bytes, a seed has ${seedBytes}`);
    const { crypto } = this.#deps;
    const { key, sign, signLater } = signerOfSeed('member', 'note', seed, crypto);
    const { publicKey } = key;
    return { id: keyIdOf(publicKey, crypto.sha256), seed, publicKey, sign, signLater };
  }

  keep(db: Connection, role: 'governance' | 'message', key: OwnKey): void {
    const sealed = this.#deps.seal.seal(hexOf(key.seed), ownerOf(key.id));
    db.prepare('insert into members_key values (?, ?, ?, ?) on conflict do nothing').run(
      key.id,
      role,
      sealed,
      Math.floor(this.#deps.clock() * 1000),
    );
  }

  remove(db: Connection, id: string): void {
    db.prepare('delete from members_key where id = ?').run(id);
    this.#opened.delete(id);
  }

  has(id: string): boolean {
    return this.#store.reader.prepare('select 1 from members_key where id = ?').get(id) !== undefined;
  }

  /** Undefined when it is not here, or the key file of the folder is not the one it was sealed with. */
  find(id: string): OwnKey | undefined {
    const known = this.#opened.get(id);
    if (known !== undefined) return known;
    const sql = 'select sealed from members_key where id = ?';
    const row = this.#store.reader.prepare<{ sealed: Uint8Array }>(sql).get(id);
    const seed = row === undefined ? undefined : this.#deps.seal.unseal(row.sealed, ownerOf(id));
    if (seed === undefined) return undefined;
    const key = this.ofSeed(Buffer.from(seed, 'hex'));
    this.#opened.set(id, key);
    return key;
  }

  /** @throws {ComityError} `FILE_UNREADABLE`. */
  get(id: string): OwnKey {
    const key = this.find(id);
    if (key !== undefined) return key;
    throw new ComityError(
      'FILE_UNREADABLE',
      'Cannot open the keys of this member: comity.key in the data folder is not the key they were sealed with. Put that file back, or recover with comity member rotate --recovery FILE',
    );
  }
}

function ownerOf(id: string): string {
  return `member key ${id}`;
}
