import { ComityError, quote } from '@comity/protocol/base';
import type { EpochKey } from '@comity/protocol/lookup';
import type { Store } from '../store/index.ts';

export interface KnownKeysDeps {
  readonly nowUs: () => number;
  /** The key a member has published for an epoch, where all can see it; undefined: none is known. */
  readonly findCommitted: (member: string, epoch: number) => Promise<Uint8Array | undefined>;
}

/** Keys other members used: one an epoch, else they could tell by the key who asks. */
export interface KnownKeys {
  /**
   * Notes the key of a set, the first time, and holds it against what is known.
   *
   * @returns `committed`: it is the one the member has published. `pinned`: the one it used before, or first.
   * @throws {ComityError} `LOOKUP_UNPROVEN` when it is another.
   */
  check(member: string, key: EpochKey): Promise<'committed' | 'pinned'>;
}

/** Opens the keys of a store whose schemas include `lookupSchema`. */
export function openKnownKeys(store: Pick<Store, 'reader' | 'write'>, deps: KnownKeysDeps): KnownKeys {
  return {
    async check(member, { epoch, publicKey }) {
      const committed = await deps.findCommitted(member, epoch);
      if (committed !== undefined && !Buffer.from(committed).equals(publicKey))
        throw otherKey(member, epoch, 'it is not the one it has published');
      const pinned = store.reader
        .prepare<{ public_key: Uint8Array }>('select public_key from lookup_peer_key where member = ? and epoch = ?')
        .get(member, epoch);
      if (pinned === undefined)
        await store.write((db) => {
          db.prepare('insert into lookup_peer_key values (?, ?, ?, ?)').run(member, epoch, publicKey, deps.nowUs());
        });
      else if (!Buffer.from(pinned.public_key).equals(publicKey))
        throw otherKey(member, epoch, 'it used another before');
      return committed === undefined ? 'pinned' : 'committed';
    },
  };
}

function otherKey(member: string, epoch: number, why: string): ComityError {
  return new ComityError(
    'LOOKUP_UNPROVEN',
    `Cannot trust the key of ${quote(member)} for epoch ${epoch}: ${why}. With a key of its own for each asker it could tell them apart`,
  );
}
