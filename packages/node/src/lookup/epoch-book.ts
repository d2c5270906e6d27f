import { base64Of, utf8Bytes } from '@comity/protocol/base';
import { hourOf } from '@comity/protocol/acts';
import { epochKeyAct } from '@comity/protocol/lookup';
import type { EpochKey, OprfKey, ShownKey } from '@comity/protocol/lookup';
import type { Connection, Seal, Store } from '../store/index.ts';
import type { KeyLedger } from './lookup.ts';

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
   * The key to build with now; made, and published in the ledger, when there is none. Resolves when it is there: nothing is told under
   * a key that is not published.
   *
   * @throws what the signal aborts with.
   */
  current(signal: AbortSignal): Promise<HeldKey>;
  /** A key that may be answered with: published and not over. */
  find(epoch: number): Promise<HeldKey | undefined>;
  /** The act that publishes a key, with its proof; undefined when there is none, or the ledger cannot be signed now. */
  show(epoch: number): Promise<ShownKey | undefined>;
  /** Forgets keys that are over, and all outputs of them. */
  sweep(): Promise<void>;
}

export interface EpochBookDeps {
  readonly nowUs: () => number;
  readonly randomBytes: (count: number) => Uint8Array;
  readonly seal: Seal;
  readonly deriveKey: (seed: Uint8Array, info: Uint8Array) => Promise<OprfKey>;
  readonly ledger: KeyLedger;
}

interface EpochRow {
  readonly epoch: number;
  readonly sealed: Uint8Array;
  readonly until_us: number;
  readonly act: number;
}

const columns = 'epoch, sealed, until_us, act';

/** Opens the keys of a store whose schemas include `lookupSchema`. */
export function openEpochBook(store: Pick<Store, 'reader' | 'write'>, deps: EpochBookDeps): EpochBook {
  const { nowUs, ledger } = deps;
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
  const make = async (epoch: number): Promise<{ readonly key: HeldKey; readonly act: number }> => {
    const seed = deps.randomBytes(32);
    const untilUs = (epoch + 1) * epochUs + graceUs;
    const key = { epoch, untilUs, ...(await deps.deriveKey(seed, infoOf(epoch))) };
    const sealed = deps.seal.seal(Buffer.from(seed).toString('hex'), ownerOf(epoch));
    // Both or neither: a key that was published and lost would leave the epoch without one.
    const act = await store.write((db) => {
      const made = publish(db, key);
      db.prepare('insert into lookup_epoch values (?, ?, ?, ?, ?)').run(epoch, sealed, key.publicKey, untilUs, made);
      return made;
    });
    known.set(epoch, key);
    return { key, act };
  };

  const publish = (db: Connection, key: EpochKey): number =>
    ledger.append(db, epochKeyAct(key, hourOf(nowUs()), base64Of(deps.randomBytes(16))));

  /** In a log that goes on where another stopped it is said once more: the same, so that it can be shown. */
  const published = async (key: HeldKey, act: number, signal: AbortSignal): Promise<HeldKey> => {
    const place = ledger.placeOf(act);
    if (place === 'former')
      await store.write((db) =>
        db.prepare('update lookup_epoch set act = ? where epoch = ?').run(publish(db, key), key.epoch),
      );
    else if (place === 'waiting') await ledger.sequenced(act, signal);
    return key;
  };

  const rowOf = (epoch: number): EpochRow | undefined =>
    store.reader.prepare<EpochRow>(`select ${columns} from lookup_epoch where epoch = ?`).get(epoch);

  return {
    async current(signal) {
      const number = Math.floor(nowUs() / epochUs);
      const rows = store.reader
        .prepare<EpochRow>(`select ${columns} from lookup_epoch where epoch >= ? order by epoch`)
        .all(number);
      // A data folder that lost the key of its seal lost those of its epochs: it goes on with a number that was never used.
      for (const row of rows) {
        const key = await keyOf(row);
        if (key !== undefined) return await published(key, row.act, signal);
      }
      const { key, act } = await make((rows.at(-1)?.epoch ?? number - 1) + 1);
      return await published(key, act, signal);
    },
    async find(epoch) {
      const row = rowOf(epoch);
      const mayAnswer = row !== undefined && row.until_us > nowUs() && ledger.placeOf(row.act) !== 'waiting';
      return mayAnswer ? await keyOf(row) : undefined;
    },
    async show(epoch) {
      const row = rowOf(epoch);
      return row === undefined ? undefined : await ledger.show(row.act);
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
