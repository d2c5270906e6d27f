import type { StixId } from '@comity/protocol/base';
import type { RecallReason } from '@comity/protocol/peer';
import type { Connection } from '../../store/index.ts';
import type { Given, GivenQuery, Recalled } from '../federation.ts';
import { deliveryColumns, deliveryOf, deliveriesOf } from './edge-book.ts';
import type { DeliveryRow } from './edge-book.ts';

/** Batches whose items are looked through for what waits for a receipt: 256 items each at most. */
const batchesMax = 40;

type Row = DeliveryRow & {
  readonly id: StixId;
  readonly object_ref: number;
  readonly outbox_ref: number;
  readonly sequence: number;
  readonly acknowledged: number;
};

/** Where edges `e` of each state are found, each by an index: there may be a million others. `whose` narrows batches to one outbox. */
const sources = {
  // The cross join keeps the order: batches first, each with its few edges.
  waiting: (
    whose: string,
  ) => `(select outbox_ref, first, count from peer_batch ${whose} order by act desc limit ${batchesMax}) b
    cross join peer_edge e on e.outbox_ref = b.outbox_ref and e.sequence between b.first and b.first + b.count - 1 and e.effect is null`,
  refused: () => `(select * from peer_edge indexed by peer_edge_refused where effect = 'refused') e`,
  recalled: () => '(select * from peer_edge indexed by peer_edge_recalled where state = 3) e',
} as const satisfies Record<NonNullable<GivenQuery['state']>, (whose: string) => string>;

/**
 * What stands with members of objects, a page of it. Of all members by object, the newest first; of one in the order it was last put out,
 * the latest first.
 */
export function listGiven(db: Connection, { member, state, before, limit }: GivenQuery): readonly Given[] {
  const columns = `o.id, e.object_ref, e.outbox_ref, e.sequence, x.acknowledged, ${deliveryColumns}`;
  const [first, second] = before ?? [Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER];
  const ref =
    member === undefined
      ? undefined
      : (db.prepare<{ ref: number }>('select ref from peer_outbox where member = ?').get(member)?.ref ?? 0);
  const source =
    state === undefined ? 'peer_edge e' : sources[state](ref === undefined ? '' : `where outbox_ref = ${ref}`);
  const tables = `${source} join peer_outbox x on x.ref = e.outbox_ref join peer_object o on o.ref = e.object_ref`;
  const rows =
    ref === undefined
      ? db
          .prepare<Row>(
            `select ${columns} from ${tables} where (e.object_ref, e.outbox_ref) < (?, ?)
             order by e.object_ref desc, e.outbox_ref desc limit ?`,
          )
          .all(first, second, limit)
      : db
          .prepare<Row>(
            `select ${columns} from ${tables} where e.outbox_ref = ? and e.sequence < ? order by e.sequence desc limit ?`,
          )
          .all(ref, first, limit);
  return rows.map((row) => ({
    ...deliveryOf(row),
    id: row.id,
    isTaken: row.sequence <= row.acknowledged || row.effect !== null,
    place: ref === undefined ? [row.object_ref, row.outbox_ref] : [row.sequence, 0],
  }));
}

/** Objects that were taken back, the newest first, with every member that had each. */
export function listRecalls(db: Connection, before: number | undefined, limit: number): readonly Recalled[] {
  return db
    .prepare<{ object_ref: number; id: StixId; reason: RecallReason | null }>(
      `select distinct e.object_ref, o.id, s.reason from peer_edge e indexed by peer_edge_recalled
       join peer_object o on o.ref = e.object_ref left join peer_stated s on s.object_ref = e.object_ref
       where e.state = 3 and e.object_ref < ? order by e.object_ref desc limit ?`,
    )
    .all(before ?? Number.MAX_SAFE_INTEGER, limit)
    .map(({ object_ref: place, id, reason }) => ({
      id,
      reason: reason ?? undefined,
      deliveries: deliveriesOf(db, id),
      place,
    }));
}
