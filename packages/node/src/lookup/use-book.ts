import { ComityError } from '@comity/protocol/base';
import type { Connection, Store } from '../store/index.ts';
import type { LookupUse } from './lookup.ts';

/**
 * What one recipient may ask for. There are four thousand million IPv4 addresses: a set can be read by asking for all, and at this
 * rate that takes a lifetime.
 */
export interface LookupQuota {
  readonly perDay: number;
  readonly perEpoch: number;
  /** Bytes of records a day. */
  readonly recordBytesPerDay: number;
}

export const lookupQuotaDefault: LookupQuota = {
  perDay: 20_000,
  perEpoch: 100_000,
  recordBytesPerDay: 1024 * 1024 * 1024,
};

/** Shares of a quota at which somebody is told. */
const alarmShares = [0.5, 0.9, 1];
const dayUs = 86_400 * 1_000_000;

/** Somebody has asked for much. */
interface LookupAlarm {
  readonly recipient: string;
  readonly epoch: number;
  /** Values asked for, of how many, in a day or an epoch. */
  readonly asked: number;
  readonly of: number;
  readonly per: 'day' | 'epoch';
}

export interface UseBook {
  /**
   * Counts values before they are evaluated, so that a crash gives none for nothing.
   *
   * @throws {ComityError} `TOO_MANY_REQUESTS` when they are more than is left; none of them is counted then.
   */
  takeEvaluations(recipient: string, epoch: number, count: number): Promise<void>;
  /** @throws {ComityError} `TOO_MANY_REQUESTS` when enough was given today. */
  takeRecords(recipient: string, epoch: number, bytes: number): Promise<void>;
  list(epoch: number): readonly LookupUse[];
  /** Forgets epochs before this. */
  sweep(epoch: number): Promise<void>;
}

export interface UseBookDeps {
  readonly nowUs: () => number;
  readonly quota: LookupQuota;
  /** Called in the transaction that crosses a share of a quota. */
  readonly onAlarm: (db: Connection, alarm: LookupAlarm) => void;
}

interface Sums {
  readonly today: number;
  readonly in_epoch: number;
  readonly record_bytes: number;
  readonly refused: number;
  readonly last_us: number;
}

/** Opens the counts of a store whose schemas include `lookupSchema`. */
export function openUseBook(store: Pick<Store, 'reader' | 'write'>, { nowUs, quota, onAlarm }: UseBookDeps): UseBook {
  const today = (): number => Math.floor(nowUs() / dayUs);

  // Of the day over all epochs: where one ends and the next begins a day is no longer than others.
  const sumsOf = (db: Connection, recipient: string, epoch: number): Sums =>
    db
      .prepare<Sums>(
        `select coalesce(sum(evaluations) filter (where is_today), 0) as today,
           coalesce(sum(evaluations) filter (where is_epoch), 0) as in_epoch,
           coalesce(sum(record_bytes) filter (where is_today), 0) as record_bytes,
           coalesce(sum(refused) filter (where is_epoch), 0) as refused, coalesce(max(last_us), 0) as last_us
         from (select *, day = ? as is_today, epoch = ? as is_epoch from lookup_use where recipient = ?)`,
      )
      .get(today(), epoch, recipient)!;

  const count = (
    db: Connection,
    recipient: string,
    epoch: number,
    { evaluations = 0, recordBytes = 0, refused = 0 }: { evaluations?: number; recordBytes?: number; refused?: number },
  ): void => {
    db.prepare(
      `insert into lookup_use values (?, ?, ?, ?, ?, ?, ?) on conflict (recipient, epoch, day) do update set
         evaluations = evaluations + excluded.evaluations, record_bytes = record_bytes + excluded.record_bytes,
         refused = refused + excluded.refused, last_us = excluded.last_us`,
    ).run(recipient, epoch, today(), evaluations, recordBytes, refused, nowUs());
  };

  const refusal = (what: string, retryAfterSeconds: number): ComityError =>
    new ComityError('TOO_MANY_REQUESTS', `Cannot answer more look-ups: ${what}`, { details: { retryAfterSeconds } });
  const secondsToTomorrow = (): number => Math.ceil(((today() + 1) * dayUs - nowUs()) / 1_000_000);

  return {
    async takeEvaluations(recipient, epoch, asked) {
      const refused = await store.write((db) => {
        const sums = sumsOf(db, recipient, epoch);
        const bounds = [
          { per: 'day', before: sums.today, of: quota.perDay },
          { per: 'epoch', before: sums.in_epoch, of: quota.perEpoch },
        ] as const;
        const over = bounds.find(({ before, of }) => before + asked > of);
        count(db, recipient, epoch, over === undefined ? { evaluations: asked } : { refused: 1 });
        for (const { per, before, of } of bounds) {
          const crossed = alarmShares.some((share) => before < of * share && before + asked >= of * share);
          // One that is refused again and again is told once.
          const isNew = over === undefined || sums.refused === 0;
          if (crossed && isNew) onAlarm(db, { recipient, epoch, asked: before + asked, of, per });
        }
        return over;
      });
      if (refused !== undefined)
        throw refusal(
          `${refused.of} values ${refused.per === 'day' ? 'a day' : 'an epoch'} are answered`,
          secondsToTomorrow(),
        );
    },
    async takeRecords(recipient, epoch, bytes) {
      const isOver = await store.write((db) => {
        const over = sumsOf(db, recipient, epoch).record_bytes + bytes > quota.recordBytesPerDay;
        count(db, recipient, epoch, over ? { refused: 1 } : { recordBytes: bytes });
        return over;
      });
      if (isOver) throw refusal(`${quota.recordBytesPerDay} bytes of records a day are given`, secondsToTomorrow());
    },
    list: (epoch) =>
      store.reader
        .prepare<{ recipient: string }>('select distinct recipient from lookup_use order by recipient')
        .all()
        .map(({ recipient }) => {
          const {
            today: todayCount,
            in_epoch: inEpoch,
            refused,
            last_us: lastUs,
          } = sumsOf(store.reader, recipient, epoch);
          return { recipient, today: todayCount, inEpoch, refused, lastUs };
        }),
    async sweep(epoch) {
      // Asked every minute: a node at rest writes nothing.
      const old = store.reader.prepare('select 1 from lookup_use where epoch < ? limit 1').get(epoch);
      if (old !== undefined) await store.write((db) => db.prepare('delete from lookup_use where epoch < ?').run(epoch));
    },
  };
}
