import { assert, base64Of } from '@comity/protocol/base';
import type { MemberId, StixId } from '@comity/protocol/base';
import { openingBytes } from '@comity/protocol/acts';
import type { Committed } from '@comity/protocol/acts';
import type { CommittedPart, Item, OpenedAct } from '@comity/protocol/peer';
import type { Connection } from '../../store/index.ts';
import type { Refs } from '../refs.ts';
import { subjectOf } from '../subject-of.ts';

/** Why something is erased, as ledgers say it. */
type ErasureReason = 'personal-data' | 'order' | 'contract' | 'mistake';

/** That an act was erased, and what is told of it. */
export interface Erasure {
  readonly atUs: number;
  readonly reason: ErasureReason;
  /** How many people decided it. */
  readonly approvals: number;
  /** The act that says so, as the ledger calls it; undefined: it stood in a ledger that is closed, which nothing more is said in. */
  readonly redaction: number | undefined;
}

/** An object an act is about. */
export interface ActObject {
  readonly id: StixId;
  /** The version its origin stated; undefined: it lent it no longer. */
  readonly version: number | undefined;
}

/** What is kept of an act. */
export interface KeptAct {
  readonly opened: OpenedAct | undefined;
  readonly objects: readonly ActObject[];
  readonly erasure: Erasure | undefined;
  /** It is erased as soon as the exchange is over. */
  readonly isDue: boolean;
}

/** What an act committed to, and what opens it. */
export interface Openings {
  readonly openings: Readonly<Record<CommittedPart, Uint8Array>>;
  readonly about: Readonly<Record<CommittedPart, Committed>>;
}

interface ActRow {
  readonly openings: Uint8Array | null;
  readonly content: Uint8Array | null;
  readonly recipients: Uint8Array | null;
  readonly decision: Uint8Array | null;
  readonly reason: ErasureReason | null;
  readonly approvals: number | null;
  readonly erased_us: number | null;
  readonly redaction: number | null;
}

/**
 * Keeps what opens an act of an exchange, in the transaction that appends it: past the receipt, until it is erased.
 *
 * @param act - as the ledger calls it.
 * @param items - it is about.
 */
export function keepAct(
  db: Connection,
  act: number,
  { openings, about }: Openings,
  items: readonly Item[],
  refs: Refs,
): void {
  db.prepare('insert into peer_act (act, openings, content, recipients, decision) values (?, ?, ?, ?, ?)').run(
    act,
    Buffer.concat(parts.map((part) => openings[part])),
    ...parts.map((part) => about[part].payload),
  );
  const add = db.prepare('insert or ignore into peer_act_object (object_ref, act, version) values (?, ?, ?)');
  for (const item of items) {
    const subject = subjectOf(item);
    if (subject !== undefined) add.run(refs.object(subject), act, subject.version);
  }
}

/** What is kept of an act; undefined: it is no exchange. */
export function findAct(db: Connection, act: number): KeptAct | undefined {
  const row = db
    .prepare<ActRow>(
      'select openings, content, recipients, decision, reason, approvals, erased_us, redaction from peer_act where act = ?',
    )
    .get(act);
  if (row === undefined) return undefined;
  const objects = db
    .prepare<{ id: StixId; version: number }>(
      `select o.id, a.version from peer_act_object a join peer_object o on o.ref = a.object_ref where a.act = ? order by o.id`,
    )
    .all(act)
    .map(({ id, version }) => ({ id, version: version === 0 ? undefined : version }));
  return {
    opened: openedOf(row),
    objects,
    erasure:
      row.erased_us === null
        ? undefined
        : {
            atUs: row.erased_us,
            reason: row.reason ?? 'mistake',
            approvals: row.approvals ?? 1,
            redaction: row.redaction ?? undefined,
          },
    isDue: row.erased_us === null && row.reason !== null,
  };
}

/** Acts about an object that are not erased, the oldest first, at most `limit`. */
export function actsAbout(db: Connection, id: StixId, limit: number): readonly number[] {
  return db
    .prepare<{ act: number }>(
      `select distinct act from peer_act_object where object_ref in (select ref from peer_object where id = ?)
       order by act limit ?`,
    )
    .all(id, limit)
    .map(({ act }) => act);
}

/** Has an act erased as soon as the exchange is over; one that is erased, or due already, stays so. */
export function noteDue(
  db: Connection,
  act: number,
  { reason, approvals }: Pick<Erasure, 'reason' | 'approvals'>,
): void {
  db.prepare('update peer_act set reason = ?, approvals = ? where act = ? and reason is null').run(
    reason,
    approvals,
    act,
  );
}

/** Acts that are erased as soon as the exchange is over. */
export function actsDue(db: Connection): readonly ({ readonly act: number } & Pick<Erasure, 'reason' | 'approvals'>)[] {
  return db
    .prepare<{ act: number; reason: ErasureReason; approvals: number }>(
      'select act, reason, approvals from peer_act where reason is not null and erased_us is null',
    )
    .all();
}

/** Leaves nothing of an act but that it was erased. */
export function buryAct(db: Connection, act: number, { atUs, reason, approvals, redaction }: Erasure): void {
  db.prepare(
    `update peer_act set openings = null, content = null, recipients = null, decision = null,
       reason = ?, approvals = ?, erased_us = ?, redaction = ? where act = ?`,
  ).run(reason, approvals, atUs, redaction ?? null, act);
  db.prepare('delete from peer_act_object where act = ?').run(act);
}

const parts = ['content', 'recipients', 'decision'] as const satisfies readonly CommittedPart[];

function openedOf(row: ActRow): OpenedAct | undefined {
  const { openings, content, recipients, decision } = row;
  if (openings === null) return undefined;
  const opening = (at: number): string => base64Of(openings.subarray(at * openingBytes, (at + 1) * openingBytes));
  const payload = (bytes: Uint8Array | null): unknown => {
    assert(bytes !== null, 'an act that is not erased has its payloads');
    return JSON.parse(Buffer.from(bytes).toString()) as unknown;
  };
  return {
    openings: { content: opening(0), recipients: opening(1), decision: opening(2) },
    payloads: { content: payload(content), recipients: payload(recipients), decision: payload(decision) },
  } as OpenedAct;
}

/** Whoever sent what an act is about, and to whom. */
export function betweenWhom({ payloads }: OpenedAct): {
  readonly direction: 'sent' | 'received';
  readonly member: MemberId;
} {
  return 'root' in payloads.content
    ? { direction: 'sent', member: payloads.recipients.to }
    : { direction: 'received', member: payloads.recipients.from };
}
