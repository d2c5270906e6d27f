import type { MemberId, StixId } from '@comity/protocol/base';
import type { Loan } from '../../intel/index.ts';
import type { Connection } from '../../store/index.ts';
import { loanOfAll, othersLoans } from './known-book.ts';

/** Members that state something under an id, at most. */
const lendersMax = 64;

/** What one member states under an id, and under which loan. */
interface NextLender {
  readonly origin: MemberId;
  readonly digest: string;
  readonly loan: Loan;
}

/** Who but one member states an object under an id now, in the order they told of it. */
export function nextLenders(db: Connection, id: StixId, except: MemberId, nowUs: number): readonly NextLender[] {
  return db
    .prepare<{ origin: MemberId; digest: string }>(
      `select m.member as origin, k.statement ->> 'digest' as digest from peer_object o join peer_member m on m.ref = o.origin
       join peer_known k on k.object_ref = o.ref join peer_loan l on l.object_ref = o.ref
       where o.id = ? and m.member <> ? and k.recalled = 0 and l.state = 1 and l.lease_until_us > ?
       group by o.ref order by min(l.received_us) limit ?`,
    )
    .all(id, except, nowUs, lendersMax)
    .flatMap(({ origin, digest }) => {
      const [first, ...more] = othersLoans(db, { origin, id }, nowUs);
      return first === undefined ? [] : [{ origin, digest, loan: loanOfAll([first, ...more]) }];
    });
}
