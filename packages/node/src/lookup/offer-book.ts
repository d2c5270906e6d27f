import type { Store } from '../store/index.ts';
import type { LookupOffer } from './lookup.ts';

/** What is offered, and under which files. */
export interface KeptOffer extends LookupOffer {
  readonly generation: Uint8Array;
  /** When its recipient asked last, about. */
  readonly askedUs: number;
}

export interface OfferBook {
  list(): readonly KeptOffer[];
  find(recipient: string): KeptOffer | undefined;
  /** Takes the place of what was offered before. */
  save(offer: KeptOffer): Promise<void>;
  noteAsked(recipient: string, askedUs: number): Promise<void>;
  /** Forgets all recipients but these. */
  keepOnly(recipients: readonly string[]): Promise<void>;
}

interface OfferRow {
  readonly recipient: string;
  readonly generation: Uint8Array;
  readonly epoch: number;
  readonly value_count: number;
  readonly left_out: number;
  readonly withheld: number;
  readonly withheld_by: string;
  readonly built_us: number;
  readonly asked_us: number;
}

/** Opens the offers of a store whose schemas include `lookupSchema`. They are few, so each read is of the store. */
export function openOfferBook(store: Pick<Store, 'reader' | 'write'>): OfferBook {
  const list = (): readonly KeptOffer[] =>
    store.reader.prepare<OfferRow>('select * from lookup_offer order by recipient').all().map(offerOf);
  return {
    list,
    find(recipient) {
      const row = store.reader.prepare<OfferRow>('select * from lookup_offer where recipient = ?').get(recipient);
      return row && offerOf(row);
    },
    async save({ recipient, generation, epoch, values, leftOut, withheld, withheldBy, builtUs, askedUs }) {
      await store.write((db) =>
        db
          .prepare('insert or replace into lookup_offer values (?, ?, ?, ?, ?, ?, ?, ?, ?)')
          .run(recipient, generation, epoch, values, leftOut, withheld, JSON.stringify(withheldBy), builtUs, askedUs),
      );
    },
    async noteAsked(recipient, askedUs) {
      await store.write((db) =>
        db.prepare('update lookup_offer set asked_us = ? where recipient = ?').run(askedUs, recipient),
      );
    },
    async keepOnly(recipients) {
      const gone = list().filter((offer) => !recipients.includes(offer.recipient));
      if (gone.length === 0) return;
      await store.write((db) => {
        const remove = db.prepare('delete from lookup_offer where recipient = ?');
        for (const { recipient } of gone) remove.run(recipient);
      });
    },
  };
}

function offerOf(row: OfferRow): KeptOffer {
  return {
    recipient: row.recipient,
    generation: row.generation,
    epoch: row.epoch,
    values: row.value_count,
    leftOut: row.left_out,
    withheld: row.withheld,
    withheldBy: JSON.parse(row.withheld_by) as Record<string, number>,
    builtUs: row.built_us,
    askedUs: row.asked_us,
  };
}
