import type { MemberId, StixId } from '@comity/protocol/base';
import { strictestTlp } from '@comity/protocol/markings';
import type { Terms } from '@comity/protocol/peer';
import type { Loan } from '../../intel/index.ts';
import type { Connection } from '../../store/index.ts';

/** Members that state something under an id, at most. */
const lendersMax = 64;

/** What one member states under an id, and under which loan. */
export interface NextLender {
  readonly origin: MemberId;
  readonly digest: string;
  readonly loan: Loan;
}

/** Who but one member states an object under an id now, in the order they told of it. */
export function nextLenders(db: Connection, id: StixId, except: MemberId, nowUs: number): readonly NextLender[] {
  return db
    .prepare<{ origin: MemberId; digest: string; until_us: number; labels: string }>(
      `select k.origin, k.statement ->> 'digest' as digest, max(l.lease_until_us) as until_us,
         json_group_array(l.terms ->> 'tlp') as labels
       from peer_known k join peer_loan l on l.origin = k.origin and l.id = k.id
       where k.id = ? and k.origin <> ? and k.recalled = 0 and l.state = 1 and l.lease_until_us > ?
       group by k.origin order by min(l.received_us) limit ?`,
    )
    .all(id, except, nowUs, lendersMax)
    .map(({ origin, digest, until_us: untilUs, labels }) => ({
      origin,
      digest,
      loan: { untilUs, tlp: strictestTlp(JSON.parse(labels) as Terms['tlp'][]) ?? 'amber+strict' },
    }));
}
