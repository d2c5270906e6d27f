import { ComityError } from '@comity/protocol/base';
import type { StixId } from '@comity/protocol/base';
import type { Tlp } from '@comity/protocol/markings';
import type { Connection, Statement } from '../../store/index.ts';
import { codeOfState, keyOfStixId, kindOfCode, stateOfCode, tlpOfCode } from '../codes.ts';
import { decayModelOf, decideLifecycle, isInForce } from '../lifecycle.ts';
import type { LifecycleDecision } from '../lifecycle.ts';
import type { IntelState } from '../intel.ts';
import type { ArrivalBook } from './arrival-book.ts';
import { completeness } from './object-facts.ts';
import { LoanBook } from './loan-book.ts';
import { isHeld } from './value-book.ts';
import type { ValueBook, ValueEntry } from './value-book.ts';

export interface ObjectRow {
  readonly ref: number;
  readonly key: Uint8Array;
  readonly type: number;
  readonly state: number;
  readonly confidence: number;
  readonly lead: number;
  readonly complete: number;
  readonly group_ref: number;
  readonly live_ref: number;
  readonly modified_us: number | null;
  readonly valid_from_us: number | null;
  readonly valid_until_us: number | null;
  readonly lease_until_us: number | null;
  readonly lent_pap: number | null;
  readonly next_change_us: number | null;
  readonly revoked: number;
  readonly tlp: number;
  /** By us from list values: nobody's object. */
  readonly made: number;
  /** Whether what counts came from a source of our own. */
  readonly own: number;
}

/** What the column `revoked` says: by the live version itself, or by its source without a new version. */
export const revocation = { none: 0, stated: 1, withdrawn: 2 } as const;

const objectColumns =
  'ref, key, type, state, confidence, lead, complete, group_ref, live_ref, modified_us, valid_from_us, valid_until_us, lease_until_us, lent_pap, next_change_us, revoked, tlp, made, own';

/**
 * What changes an object's state inside a transaction, whoever asks: an import, a release, a recall, the clock.
 *
 * Keeps four things true together: an object's state follows {@link decideLifecycle}; it is marked as strictly as any of
 * its sources marks it; a value's `listed` counts the indicators in force that list it; the lead of a group is in force if
 * any member is.
 */
export class ObjectBook {
  readonly values: ValueBook;
  readonly loans: LoanBook;
  readonly #arrivals: ArrivalBook;
  readonly #statements: ObjectStatements;

  constructor(db: Connection, values: ValueBook, arrivals: ArrivalBook) {
    this.values = values;
    this.loans = new LoanBook(db);
    this.#arrivals = arrivals;
    this.#statements = prepareObjectStatements(db);
  }

  findByKey(key: Uint8Array): ObjectRow | undefined {
    return this.#statements.byKey.get(key);
  }

  get(ref: number): ObjectRow {
    const row = this.#statements.byRef.get(ref);
    if (row === undefined) throw new Error(`Assertion failed: object ${ref} exists`);
    return row;
  }

  /** An object by its id or by one it also goes by. */
  find(id: StixId): ObjectRow | undefined {
    const key = keyOfStixId(id);
    const row = this.#statements.byKey.get(key);
    if (row !== undefined) return row;
    const alias = this.#statements.byAlias.get(key);
    return alias === undefined ? undefined : this.get(alias.object_ref);
  }

  entriesOf(ref: number): ValueEntry[] {
    return this.#statements.listing.all(ref).map((row) => this.values.get(row.value_ref));
  }

  /** The strictest marking any of its sources gives it. */
  strictestTlpOf(row: ObjectRow): Tlp {
    return tlpOfCode(this.#statements.told.get(row.ref)?.tlp ?? row.tlp);
  }

  /** Decides an object's state and marking anew and makes everything follow. @returns Whether the state changed. */
  reconsider(ref: number, nowUs: number): boolean {
    const row = this.loans.settle(this.get(ref));
    const entries = this.entriesOf(ref);
    const told = this.#statements.told.get(ref);
    const tlp = told?.tlp ?? row.tlp;
    if (tlp !== row.tlp) this.#statements.setTlp.run(tlp, ref);
    const decision = this.#decide(row, entries, told?.at_us ?? nowUs, nowUs);
    const code = codeOfState(decision.state);
    if (mayBeNewToReaders(row, { tlp, state: decision.state })) this.#arrivals.renew(row.live_ref);
    const nextChangeUs = decision.nextChangeUs ?? null;
    if (code === row.state && nextChangeUs === row.next_change_us) return false;
    this.#statements.setState.run(code, nextChangeUs, ref);
    this.#count(row, entries, decision.state);
    if (code !== row.state) this.#settleLead(row, decision.state);
    return code !== row.state;
  }

  /** Replaces what an object lists, for its new live version; the state is reconsidered by the caller. */
  relist(row: ObjectRow, wanted: readonly ValueEntry[]): void {
    const counts = row.complete !== completeness.noIndicator && isInForce(stateOfCode(row.state));
    const before = this.entriesOf(row.ref);
    for (const entry of before) {
      if (wanted.includes(entry)) continue;
      this.#statements.unlist.run(entry.ref, row.ref);
      if (counts) entry.listed -= 1;
    }
    for (const entry of wanted) {
      if (before.includes(entry)) continue;
      this.#statements.list.run(entry.ref, row.ref);
      if (counts) entry.listed += 1;
    }
  }

  list(entry: ValueEntry, ref: number): void {
    this.#statements.list.run(entry.ref, ref);
  }

  /** After a new member came, or a member's state changed: the lead stays or goes to a member in force. */
  settleNewMember(groupRef: number, ref: number, state: IntelState): boolean {
    const lead = this.#statements.leadOf.get(groupRef, groupRef);
    if (lead !== undefined && (isInForce(stateOfCode(lead.state)) || !isInForce(state))) return false;
    if (lead !== undefined) this.#statements.setLead.run(0, lead.ref);
    this.#statements.setLead.run(1, ref);
    return true;
  }

  #decide(row: ObjectRow, entries: readonly ValueEntry[], lastSeenUs: number, nowUs: number): LifecycleDecision {
    const recall = this.#statements.recall.get(row.ref);
    const isIndicator = row.complete !== completeness.noIndicator;
    return decideLifecycle(
      {
        recalled: recall === undefined ? undefined : { atUs: recall.at_us, reason: recall.reason },
        revoked: row.revoked !== revocation.none,
        leaseUntilUs: row.lease_until_us ?? undefined,
        validFromUs: row.valid_from_us ?? undefined,
        validUntilUs: row.valid_until_us ?? undefined,
        lastSeenUs,
        decay: isIndicator ? decayModelOf(entries.map((entry) => kindOfCode(entry.kind))) : undefined,
        allHeld: isIndicator && entries.length > 0 && entries.every(isHeld),
      },
      nowUs,
    );
  }

  #count(row: ObjectRow, entries: readonly ValueEntry[], state: IntelState): void {
    if (row.complete === completeness.noIndicator) return;
    const change = Number(isInForce(state)) - Number(isInForce(stateOfCode(row.state)));
    if (change !== 0) for (const entry of entries) entry.listed += change;
  }

  #settleLead(row: ObjectRow, state: IntelState): void {
    if (isInForce(state) === (row.lead === 1)) return;
    if (isInForce(state)) {
      this.settleNewMember(row.group_ref, row.ref, state);
      return;
    }
    const heir = this.#statements.heir.get(row.group_ref, row.group_ref, row.ref);
    if (heir === undefined) return;
    this.#statements.setLead.run(0, row.ref);
    this.#statements.setLead.run(1, heir.ref);
  }
}

/** States in which an object is given to nobody. */
export const hiddenStates: ReadonlySet<IntelState> = new Set(['held-back', 'recalled', 'lease-ended']);

/** Whether somebody may see an object now who did not before, or has to hear that it is revoked. */
function mayBeNewToReaders(row: ObjectRow, now: { readonly tlp: number; readonly state: IntelState }): boolean {
  const before = stateOfCode(row.state);
  if (hiddenStates.has(now.state)) return false;
  return now.tlp !== row.tlp || hiddenStates.has(before) || (now.state === 'revoked') !== (before === 'revoked');
}

/** @throws {ComityError} `NOT_FOUND`. */
export function needObject(row: ObjectRow | undefined, id: StixId): ObjectRow {
  if (row === undefined) throw new ComityError('NOT_FOUND', `Cannot find ${id}`);
  return row;
}

interface ObjectStatements {
  readonly byKey: Statement<ObjectRow>;
  readonly byRef: Statement<ObjectRow>;
  readonly byAlias: Statement<{ object_ref: number }>;
  readonly listing: Statement<{ value_ref: number }>;
  readonly list: Statement;
  readonly unlist: Statement;
  readonly setState: Statement;
  readonly setLead: Statement;
  readonly leadOf: Statement<{ ref: number; state: number }>;
  readonly heir: Statement<{ ref: number }>;
  readonly recall: Statement<{ at_us: number; reason: string }>;
  readonly told: Statement<{ at_us: number | null; tlp: number | null }>;
  readonly setTlp: Statement;
}

function prepareObjectStatements(db: Connection): ObjectStatements {
  const members = `select ref, state, lead from intel_object where ref = ?
    union all select ref, state, lead from intel_object where group_ref = ? and group_ref <> ref`;
  return {
    byKey: db.prepare(`select ${objectColumns} from intel_object where key = ?`),
    byRef: db.prepare(`select ${objectColumns} from intel_object where ref = ?`),
    byAlias: db.prepare('select object_ref from intel_alias where key = ?'),
    listing: db.prepare('select value_ref from intel_listing where object_ref = ? order by value_ref'),
    list: db.prepare('insert or ignore into intel_listing (value_ref, object_ref) values (?, ?)'),
    unlist: db.prepare('delete from intel_listing where value_ref = ? and object_ref = ?'),
    setState: db.prepare('update intel_object set state = ?, next_change_us = ? where ref = ?'),
    setLead: db.prepare('update intel_object set lead = ? where ref = ?'),
    leadOf: db.prepare(`select ref, state from (${members}) where lead = 1 limit 1`),
    heir: db.prepare(`select ref from (${members}) where state in (1, 2) and ref <> ? limit 1`),
    recall: db.prepare('select at_us, reason from intel_recall where object_ref = ?'),
    told: db.prepare('select max(last_seen_us) as at_us, max(tlp) as tlp from intel_provenance where object_ref = ?'),
    setTlp: db.prepare('update intel_object set tlp = ? where ref = ?'),
  };
}
