import type { MemberId } from '@comity/protocol/base';
import type { Connection } from '../store/index.ts';

/*
 * Members and the objects they speak of, by number. Numbers rise in the order of arrival, so what is kept of objects that come
 * together lies together: by their ids, which are random, each object would change a page of its own in every table.
 */

/** An object as its origin speaks of it. */
interface ObjectOf {
  readonly origin: MemberId;
  readonly id: string;
}

/** In SQL: the number of an object; undefined when nothing is kept of it. Its parameters: id, origin. */
export const objectRefSql = `(select o.ref from peer_object o join peer_member m on m.ref = o.origin where o.id = ? and m.member = ?)`;
/** In SQL: the number of a member. Its parameter: the member. */
export const memberRefSql = '(select ref from peer_member where member = ?)';
/** In SQL: numbers of the members whose suspension is in force, or on its way in or out. */
export const suspendedRefsSql = 'select m.ref from peer_suspended s join peer_member m on m.member = s.member';

/** The number of an object of an origin; undefined: nothing is kept of it, so that nothing else has to be asked. */
export function findObjectRef(db: Connection, { origin, id }: ObjectOf): number | undefined {
  return db
    .prepare<{ ref: number }>(`select ref from peer_object where id = ? and origin = ${memberRefSql}`)
    .get(id, origin)?.ref;
}

/** The number of a member, given when it is first asked for. */
export function memberRefOf(db: Connection, member: MemberId): number {
  const find = db.prepare<{ ref: number }>('select ref from peer_member where member = ?');
  const known = find.get(member);
  if (known !== undefined) return known.ref;
  return db.prepare('insert into peer_member (member) values (?)').run(member).lastRowid;
}

/** The number of an object of an origin, given when it is first asked for. */
export function objectRefOf(db: Connection, { origin, id }: ObjectOf): number {
  const member = memberRefOf(db, origin);
  const known = db.prepare<{ ref: number }>('select ref from peer_object where id = ? and origin = ?').get(id, member);
  if (known !== undefined) return known.ref;
  return db.prepare('insert into peer_object (id, origin) values (?, ?)').run(id, member).lastRowid;
}
