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

/** In SQL: the number of an object; null when nothing is kept of it. Its parameters: id, origin. */
export const objectRefSql = `(select o.ref from peer_object o join peer_member m on m.ref = o.origin where o.id = ? and m.member = ?)`;
/** In SQL: the number of a member; null: none was given. Its parameter: the member. */
export const memberRefSql = '(select ref from peer_member where member = ?)';
/** In SQL: numbers of the members whose suspension is in force, or on its way in or out. */
export const suspendedRefsSql = 'select m.ref from peer_suspended s join peer_member m on m.member = s.member';

/** The number of an object of an origin; undefined: nothing is kept of it, so that nothing else has to be asked. */
export function findObjectRef(db: Connection, { origin, id }: ObjectOf): number | undefined {
  return db
    .prepare<{ ref: number }>(`select ref from peer_object where id = ? and origin = ${memberRefSql}`)
    .get(id, origin)?.ref;
}

/** The number of a member; 0: none was given. */
export function findMemberRef(db: Connection, member: MemberId): number {
  return db.prepare<{ ref: number }>('select ref from peer_member where member = ?').get(member)?.ref ?? 0;
}

/** Numbers as one transaction gives them, when they are first asked for. Lives no longer than that: what is undone was not given. */
export class Refs {
  readonly #db: Connection;
  readonly #members = new Map<MemberId, number>();
  readonly #objects = new Map<string, number>();

  constructor(db: Connection) {
    this.#db = db;
  }

  member(member: MemberId): number {
    const known = this.#members.get(member);
    if (known !== undefined) return known;
    const ref =
      findMemberRef(this.#db, member) ||
      this.#db.prepare('insert into peer_member (member) values (?)').run(member).lastRowid;
    this.#members.set(member, ref);
    return ref;
  }

  object({ origin, id }: ObjectOf): number {
    const name = `${id} ${origin}`;
    const known = this.#objects.get(name);
    if (known !== undefined) return known;
    const member = this.member(origin);
    const found = this.#db
      .prepare<{ ref: number }>('select ref from peer_object where id = ? and origin = ?')
      .get(id, member);
    const ref =
      found?.ref ?? this.#db.prepare('insert into peer_object (id, origin) values (?, ?)').run(id, member).lastRowid;
    this.#objects.set(name, ref);
    return ref;
  }
}
