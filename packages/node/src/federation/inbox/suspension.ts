import type { MemberId, StixId } from '@comity/protocol/base';
import type { Connection, Store } from '../../store/index.ts';
import { memberRefSql, suspendedRefsSql } from '../refs.ts';
import { loanOfAll, loansInUse } from './known-book.ts';
import type { FederationDeps } from '../federation.ts';
import type { MemberImports } from './member-imports.ts';
import type { BatchTaker } from './take-batch.ts';

/** Objects whose loans change in one transaction. */
const loansAtOnce = 500;

interface SuspensionDeps {
  readonly store: Pick<Store, 'reader' | 'write'>;
  readonly intel: Pick<FederationDeps['intel'], 'changeLoans'>;
  readonly directory: Pick<FederationDeps['directory'], 'nameOf'>;
  readonly imports: Pick<MemberImports, 'sourceOf'>;
  readonly taker: Pick<BatchTaker, 'tellAnew'>;
}

type Change = Parameters<FederationDeps['intel']['changeLoans']>[1][number];

/** Members whose suspension is in force, or on its way in or out. */
export function suspendedMembers(db: Connection): readonly MemberId[] {
  return db
    .prepare<{ member: MemberId }>('select member from peer_suspended')
    .all()
    .map(({ member }) => member);
}

/**
 * Takes out of use what a member states, whoever lends it, and what it lends of others and nobody else does; or puts it back as far as its
 * leases run. Others' loans of the same object keep it in use, to their own ends.
 *
 * @returns How many objects changed.
 */
export async function suspendMember(member: MemberId, isSuspended: boolean, deps: SuspensionDeps): Promise<number> {
  const { store } = deps;
  const db = store.reader;
  // If we stop in here, it is done again at the next start: both ways can be.
  if (isSuspended)
    await store.write((connection) =>
      connection.prepare('insert or ignore into peer_suspended (member) values (?)').run(member),
    );
  const others = db
    .prepare<{ origin: MemberId }>(
      `select distinct m.member as origin from peer_loan l join peer_object o on o.ref = l.object_ref
       join peer_member m on m.ref = o.origin
       where l.sender = ${memberRefSql} and l.state = 1 and m.member <> ? and o.origin not in (${suspendedRefsSql})`,
    )
    .all(member, member);
  let changed = 0;
  for (const origin of [member, ...others.map((row) => row.origin)])
    changed += await settleLoans(origin, { member, isSuspended }, deps);
  if (!isSuspended)
    await store.write((connection) => connection.prepare('delete from peer_suspended where member = ?').run(member));
  return changed;
}

/** Has each object of an origin in use as long as somebody lends it who is not suspended. */
async function settleLoans(
  origin: MemberId,
  { member, isSuspended }: { readonly member: MemberId; readonly isSuspended: boolean },
  { store, intel, imports, directory, taker }: SuspensionDeps,
): Promise<number> {
  // Of the member's own, also what others pass on.
  const next = store.reader.prepare<{ ref: number; id: StixId }>(
    `select distinct o.ref, o.id from peer_object o join peer_loan l on l.object_ref = o.ref
     where o.origin = ${memberRefSql} and ${memberRefSql} in (o.origin, l.sender) and l.state = 1 and o.ref > ?
     order by o.ref limit ?`,
  );
  const ended = `${directory.nameOf(member)} is suspended`;
  const changeOf = (id: StixId): Change => {
    const [first, ...rest] = loansInUse(store.reader, { origin, id }, isSuspended ? undefined : member);
    const isOut = first === undefined || (isSuspended && origin === member);
    return isOut ? { id, ended } : { id, ...loanOfAll([first, ...rest]) };
  };
  let changed = 0;
  for (let after = 0; ;) {
    const rows = next.all(origin, member, after, loansAtOnce);
    const last = rows.at(-1);
    if (last === undefined) return changed;
    after = last.ref;
    changed += await intel.changeLoans(
      imports.sourceOf(origin).id,
      rows.map(({ id }) => changeOf(id)),
    );
    if (isSuspended) for (const { id } of rows) await taker.tellAnew(id, origin);
  }
}
