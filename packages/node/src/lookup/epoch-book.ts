import { utf8Bytes } from '@comity/protocol/base';
import { epochKeyText } from '@comity/protocol/lookup';
import type { EpochKey, OprfKey } from '@comity/protocol/lookup';
import type { Seal, Store } from '../store/index.ts';

/** How long a key is in use, from Thursday to Thursday: 1970 began on one. */
export const epochUs = 7 * 86_400 * 1_000_000;
/** How long it is answered with after that: until what takes its place is built, and for who has just fetched the set. */
const graceUs = 6 * 3600 * 1_000_000;

const outputsAtOnce = 1000;
const deleteOutputs = `delete from lookup_output where (epoch, input) in
  (select epoch, input from lookup_output where epoch = ? limit ?)`;

/** A key with its secret. */
export interface HeldKey extends EpochKey, OprfKey {}

export interface EpochBook {
  /**
   * The key to build with now; made, and committed to, when there is none.
   *
   * @throws whatever `commit` throws: nothing is told under a key that is not committed to.
   */
  current(): Promise<HeldKey>;
  /** A key that may be answered with: committed to and not over. */
  find(epoch: number): Promise<HeldKey | undefined>;
  /** Forgets keys that are over, and all outputs of them. */
  sweep(): Promise<void>;
}

export interface EpochBookDeps {
  readonly nowUs: () => number;
  readonly randomBytes: (count: number) => Uint8Array;
  readonly seal: Seal;
  readonly deriveKey: (seed: Uint8Array, info: Uint8Array) => Promise<OprfKey>;
  /** Publishes a key for all to see; called until it succeeds, so also for what it has published before. */
  readonly commit: (text: string) => Promise<void>;
}

interface EpochRow {
  readonly epoch: number;
  readonly sealed: Uint8Array;
  readonly until_us: number;
  readonly committed: number;
}

/** Opens the keys of a store whose schemas include `lookupSchema`. */
export function openEpochBook(store: Pick<Store, 'reader' | 'write'>, deps: EpochBookDeps): EpochBook {
  const { nowUs } = deps;
  const known = new Map<number, HeldKey>();

  /** Undefined when its seed was sealed with another key than that of the folder. */
  const keyOf = async ({ epoch, sealed, until_us: untilUs }: EpochRow): Promise<HeldKey | undefined> => {
    const kept = known.get(epoch);
    if (kept !== undefined) return kept;
    const seed = deps.seal.unseal(sealed, ownerOf(epoch));
    if (seed === undefined) return undefined;
    const key = { epoch, untilUs, ...(await deps.deriveKey(Buffer.from(seed, 'hex'), infoOf(epoch))) };
    known.set(epoch, key);
    return key;
  };
  const make = async (epoch: number): Promise<HeldKey> => {
    const seed = deps.randomBytes(32);
    const untilUs = (epoch + 1) * epochUs + graceUs;
    const key = { epoch, untilUs, ...(await deps.deriveKey(seed, infoOf(epoch))) };
    const sealed = deps.seal.seal(Buffer.from(seed).toString('hex'), ownerOf(epoch));
    // Kept before it is published: a key that was published and lost would leave the epoch without one.
    await store.write((db) =>
      db.prepare('insert into lookup_epoch values (?, ?, ?, ?, 0)').run(epoch, sealed, key.publicKey, untilUs),
    );
    known.set(epoch, key);
    return key;
  };

  const committed = async (key: HeldKey, isDone: boolean): Promise<HeldKey> => {
    if (isDone) return key;
    await deps.commit(epochKeyText(key));
    await store.write((db) => db.prepare('update lookup_epoch set committed = 1 where epoch = ?').run(key.epoch));
    return key;
  };

  return {
    async current() {
      const number = Math.floor(nowUs() / epochUs);
      const rows = store.reader
        .prepare<EpochRow>(
          'select epoch, sealed, until_us, committed from lookup_epoch where epoch >= ? order by epoch',
        )
        .all(number);
      // A data folder that lost the key of its seal lost those of its epochs: it goes on with a number that was never used.
      for (const row of rows) {
        const key = await keyOf(row);
        if (key !== undefined) return await committed(key, row.committed === 1);
      }
      return await committed(await make((rows.at(-1)?.epoch ?? number - 1) + 1), false);
    },
    async find(epoch) {
      const row = store.reader
        .prepare<EpochRow>('select epoch, sealed, until_us, committed from lookup_epoch where epoch = ?')
        .get(epoch);
      return row === undefined || row.committed !== 1 || row.until_us <= nowUs() ? undefined : await keyOf(row);
    },
    async sweep() {
      const over = store.reader
        .prepare<{ epoch: number }>('select epoch from lookup_epoch where until_us <= ?')
        .all(nowUs());
      for (const { epoch } of over) {
        known.delete(epoch);
        let changes: number;
        do {
          ({ changes } = await store.write((db) => db.prepare(deleteOutputs).run(epoch, outputsAtOnce)));
        } while (changes > 0);
        await store.write((db) => db.prepare('delete from lookup_epoch where epoch = ?').run(epoch));
      }
    },
  };
}

function ownerOf(epoch: number): string {
  return `lookup epoch ${epoch}`;
}

function infoOf(epoch: number): Uint8Array {
  return utf8Bytes(`comity/lookup/v1 epoch ${epoch}`);
}
