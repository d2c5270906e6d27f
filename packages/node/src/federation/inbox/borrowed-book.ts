import type { MemberId, StixId } from '@comity/protocol/base';
import type { Terms } from '@comity/protocol/peer';
import type { Connection } from '../../store/index.ts';
import type { Borrowed, GivenQuery } from '../federation.ts';
import { memberRefSql } from '../refs.ts';

interface Row {
  readonly id: StixId;
  readonly object_ref: number;
  readonly sender: number;
  readonly origin: MemberId;
  readonly lender: MemberId;
  readonly tlp: Terms['tlp'];
  readonly hops: number;
  readonly received_us: number;
  readonly lease_until_us: number;
}

/** What members lend now, the newest first: one's, or everybody's. What ran out is not among it. */
export function listBorrowed(
  db: Connection,
  { member, before, limit }: Omit<GivenQuery, 'state'>,
  nowUs: number,
): readonly Borrowed[] {
  const [object, sender] = before ?? [Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER];
  const columns = `o.id, l.object_ref, l.sender, m.member as origin, s.member as lender, l.terms ->> 'tlp' as tlp,
    l.terms ->> 'hops' as hops, l.received_us, l.lease_until_us`;
  const joins = `join peer_object o on o.ref = l.object_ref join peer_member m on m.ref = o.origin
    join peer_member s on s.ref = l.sender`;
  const rows =
    member === undefined
      ? db
          .prepare<Row>(
            `select ${columns} from peer_loan l ${joins}
             where (l.object_ref, l.sender) < (?, ?) and l.state = 1 and l.lease_until_us > ?
             order by l.object_ref desc, l.sender desc limit ?`,
          )
          .all(object, sender, nowUs, limit)
      : db
          .prepare<Row>(
            `select ${columns} from peer_loan l indexed by peer_loan_lender ${joins}
             where l.sender = ${memberRefSql} and l.object_ref < ? and l.state = 1 and l.lease_until_us > ?
             order by l.object_ref desc limit ?`,
          )
          .all(member, object, nowUs, limit);
  return rows.map((row) => ({
    id: row.id,
    origin: row.origin,
    sender: row.lender,
    tlp: row.tlp,
    hops: row.hops,
    receivedUs: row.received_us,
    leaseUntilUs: row.lease_until_us,
    place: [row.object_ref, row.sender],
  }));
}
