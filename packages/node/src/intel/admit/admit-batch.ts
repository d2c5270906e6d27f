import { ComityError, quote } from '@comity/protocol/base';
import type { JsonObject, StixId } from '@comity/protocol/base';
import type { MarkingLookup } from '@comity/protocol/markings';
import type { ListedValue } from '@comity/protocol/values';
import type { Connection } from '../../store/index.ts';
import { variantsMax } from '../bounds.ts';
import { codeOfState, codeOfTlp, keyOfStixId, kindOfCode, stateOfCode, stixIdOfKey, tlpOfCode } from '../codes.ts';
import { weighConfidence } from '../confidence.ts';
import type { KnownGoodGate } from '../known-good/gate.ts';
import { decayModelOf, decideLifecycle, isInForce } from '../lifecycle.ts';
import type { Candidate, Change, Loan, Outcome, ValueCandidate, WithdrawCandidate } from '../import.ts';
import { prepareAdmitStatements } from './admit-statements.ts';
import type { AdmitStatements } from './admit-statements.ts';
import { admittedOf } from './admitted.ts';
import type { Admitted, JudgedRow } from './admitted.ts';
import { ArrivalBook } from './arrival-book.ts';
import { NewRows } from './new-rows.ts';
import { GroupBook, groupKeyOf } from './group-book.ts';
import { listIndicatorFacts, listIndicatorId, retoldListIndicator } from './list-indicator.ts';
import { ObjectBook, revocation } from './object-book.ts';
import type { ObjectRow } from './object-book.ts';
import { completeness, referencesOf } from './object-facts.ts';
import type { ObjectFacts } from './object-facts.ts';
import { findExisting, nameOf } from './prefetch.ts';
import { prepareCandidates } from './prepare.ts';
import type { Prepared } from './prepare.ts';
import { TypeBook } from './type-book.ts';
import { UnreadMarkings } from './unread-markings.ts';
import { isHeld, ValueBook } from './value-book.ts';
import type { ValueChanges, ValueEntry } from './value-book.ts';
import { VersionBook } from './version-book.ts';
import type { VersionContext } from './version-book.ts';
import { WithdrawalBook } from './withdrawal-book.ts';

/** What a source says beside the content. Without `tlp` it only shows that it knows the object. */
type Told = Partial<Pick<ObjectFacts, 'confidence' | 'tlp' | 'alias'>>;

export interface AdmitDeps {
  readonly gate: KnownGoodGate;
  readonly typeCodeOf: (type: string) => number;
  readonly traitsOf: (value: JsonObject) => number | null;
  /** Hears of each object whose words the search should find. */
  readonly noteWords: (ref: number, words: string, isNew: boolean) => void;
}

/** Candidates admitted between two turns of the event loop. */
const candidatesAStep = 250;

/** Admits candidates inside a transaction of the caller's. */
export class BatchAdmission {
  readonly #db: Connection;
  readonly #context: VersionContext;
  readonly #deps: AdmitDeps;
  readonly #statements: AdmitStatements;
  readonly #values: ValueBook;
  readonly #arrivals: ArrivalBook;
  readonly #objects: ObjectBook;
  readonly #groups: GroupBook;
  readonly #rows: NewRows;
  readonly #types: TypeBook;
  readonly #versions: VersionBook;
  readonly #withdrawals: WithdrawalBook;
  readonly #unread: UnreadMarkings;
  /** Ids, as {@link nameOf} gives them, of the objects that are there, of those in the batch. */
  readonly #existing = new Set<string>();
  readonly #isOurs: boolean;
  #nextObjectRef: number;

  constructor(db: Connection, context: VersionContext, deps: AdmitDeps) {
    this.#db = db;
    this.#context = context;
    this.#deps = deps;
    this.#statements = prepareAdmitStatements(db);
    this.#values = new ValueBook(db, deps.gate);
    this.#arrivals = new ArrivalBook(db, context.nowUs);
    this.#objects = new ObjectBook(db, this.#values, this.#arrivals);
    this.#groups = new GroupBook(db);
    this.#isOurs = context.source.own === true;
    this.#rows = new NewRows(db, { ...context, own: this.#isOurs });
    this.#types = new TypeBook(db);
    this.#versions = new VersionBook(db, context, this.#rows, this.#arrivals, deps.traitsOf);
    this.#withdrawals = new WithdrawalBook(db);
    this.#unread = new UnreadMarkings(db);
    this.#nextObjectRef = (this.#statements.lastObject.get()?.ref ?? 0) + 1;
  }

  /** One transaction's worth, in steps of {@link candidatesAStep}. */
  *admitAll(candidates: readonly Candidate[], findMarking: MarkingLookup): Generator<void, Admitted[], void> {
    const admitted: Admitted[] = [];
    for (let from = 0; from < candidates.length; from += candidatesAStep) {
      const step = prepareCandidates(candidates.slice(from, from + candidatesAStep), this.#context, findMarking);
      this.#prefetch(step);
      for (const one of step) admitted.push(this.#admit(one));
      yield;
    }
    return admitted;
  }

  #prefetch(prepared: readonly Prepared[]): void {
    const ids: StixId[] = [];
    const keys: Buffer[] = [];
    const values: ListedValue[] = [];
    for (const one of prepared) {
      if (one.kind === 'object') {
        ids.push(one.facts.id);
        keys.push(one.facts.key);
        values.push(...one.facts.values);
      } else if (one.kind === 'value') values.push(one.candidate.value);
      else if (one.kind === 'withdrawal') {
        ids.push(one.candidate.withdraw);
        keys.push(one.key);
      }
    }
    for (const place of findExisting(this.#db, 'key', keys)) this.#existing.add(nameOf(ids[place]!));
    this.#values.prefetch(values);
  }

  #admit(prepared: Prepared): Admitted {
    if (prepared.kind === 'rejected') {
      return { outcome: { kind: 'rejected', error: prepared.error }, ref: undefined, held: [] };
    }
    if (prepared.kind === 'value') return this.#admitValue(prepared.candidate);
    if (prepared.kind === 'withdrawal') return this.#withdraw(prepared.candidate, prepared.key);
    return this.#admitObject(prepared.facts, prepared.loan);
  }

  /** Writes what is left; after this the transaction may commit. */
  finish(): ValueChanges {
    this.#rows.flush();
    this.#types.flush();
    return this.#values.flush(this.#context.nowUs);
  }

  /** Only whose version counts may take it back, and not what it told later. */
  #withdraw(candidate: WithdrawCandidate, key: Buffer): Admitted {
    const id = candidate.withdraw;
    const nothing: Admitted = { outcome: { kind: 'not-there', id }, ref: undefined, held: [] };
    if (!this.#existing.has(nameOf(id))) return nothing;
    this.#rows.flush();
    const row = this.#objects.findByKey(key);
    if (row === undefined || (row.modified_us ?? 0) > candidate.atUs || !this.#versions.isOfSource(row)) return nothing;
    if (!this.#withdrawals.withdraw(row, candidate)) {
      return { outcome: { kind: 'duplicate', id }, ref: row.ref, held: [] };
    }
    this.#objects.reconsider(row.ref, this.#context.nowUs);
    return { outcome: { kind: 'taken', id, change: 'withdrawn' }, ref: row.ref, held: [] };
  }

  #admitValue({ value, context }: ValueCandidate): Admitted {
    const { source, nowUs } = this.#context;
    const own = this.#findOwn(value);
    if (own instanceof ComityError) return { outcome: { kind: 'rejected', error: own }, ref: undefined, held: [] };
    const row = this.#listIndicatorOf(this.#values.intern(value)) ?? own.row;
    if (row !== undefined) {
      const told = { confidence: context?.confidence, tlp: context?.tlp ?? source.defaultTlp };
      this.#tell(row.ref, told);
      const isExtended = this.#retell(row, context?.validUntilUs);
      const admitted = this.#settle(row, told);
      if (!isExtended || admitted.outcome.kind !== 'duplicate') return admitted;
      return { ...admitted, outcome: { kind: 'taken', id: stixIdOfKey(row.key), change: 'new-version' } };
    }
    return this.#insert(listIndicatorFacts(own.id, value, context, source, nowUs), undefined, true);
  }

  /**
   * Tells an indicator of ours anew when one more list changes it: it lives as long as the list that grants most lets it
   * (undefined: without end), under the marking of the strictest, in whatever order they came. The object is our own making,
   * so its one version is written anew: a list that moves its dates every day leaves no trail of versions.
   *
   * @returns Whether it lives longer now.
   */
  #retell(row: ObjectRow, grantedUntilUs: number | undefined): boolean {
    this.#rows.flush();
    const endUs = row.valid_until_us ?? undefined;
    const isLonger = endUs !== undefined && (grantedUntilUs === undefined || grantedUntilUs > endUs);
    const tlp = this.#objects.strictestTlpOf(row);
    if (!isLonger && tlp === tlpOfCode(row.tlp)) return false;
    const { nowUs } = this.#context;
    const validUntilUs = isLonger ? grantedUntilUs : endUs;
    const text = retoldListIndicator(this.#versions.liveValue(row), { tlp, validUntilUs }, nowUs);
    this.#statements.rewriteVersion.run(text, nowUs, row.live_ref);
    this.#arrivals.renew(row.live_ref);
    this.#statements.setValidUntil.run(validUntilUs ?? null, nowUs, row.ref);
    return isLonger;
  }

  /**
   * The indicator this source made of the value, or the id for one. An object that somebody sent under that id beforehand
   * must not stand in for it, nor one made before the source was ours, or while it was: then the next id is taken.
   */
  #findOwn(value: ListedValue): { readonly id: StixId; readonly row: ObjectRow | undefined } | ComityError {
    for (let turn = 0; turn < variantsMax; turn += 1) {
      const id = listIndicatorId(value, this.#context.source, turn);
      // Nearly always there is none, so rows not yet written are only written when it may be among them.
      if (this.#existing.has(nameOf(id))) this.#rows.flush();
      const row = this.#objects.findByKey(keyOfStixId(id));
      if (row === undefined) return { id, row };
      if (row.made === 1 && row.own === Number(this.#isOurs)) return this.#versions.refusalOf(row) ?? { id, row };
    }
    return new ComityError('CONFLICT', `Cannot take ${quote(value.value)}: other objects came under all its ids`);
  }

  /**
   * The indicator lists share for this value, to which one more list only adds itself. Never somebody else's object: what
   * its creator revokes, another source may still list. Not one that has ended by somebody's word either. Lists of our own
   * share theirs with no other list, which would extend and mark anew what this member lends.
   */
  #listIndicatorOf(entry: ValueEntry): ObjectRow | undefined {
    if (entry.groupRef === null) return undefined;
    this.#rows.flush();
    const ref = this.#statements.listIndicator.get(entry.groupRef, entry.groupRef, Number(this.#isOurs))?.ref;
    return ref === undefined ? undefined : this.#objects.get(ref);
  }

  #admitObject(facts: ObjectFacts, loan: Loan | undefined): Admitted {
    if (!this.#existing.has(nameOf(facts.id))) return this.#insert(facts, loan);
    this.#rows.flush();
    const row = this.#objects.findByKey(facts.key);
    if (row === undefined) return this.#insert(facts, loan);
    const decision = this.#versions.add(row, facts);
    if (decision instanceof ComityError) {
      return { outcome: { kind: 'rejected', error: decision }, ref: row.ref, held: [] };
    }
    const { change, vouchesFor, liveRef, conflict } = decision;
    if (vouchesFor === 'nothing') {
      const outcome: Outcome =
        change === undefined ? { kind: 'duplicate', id: facts.id } : { kind: 'taken', id: facts.id, change };
      return { outcome, ref: row.ref, held: [], ...(conflict !== undefined && { conflict }) };
    }
    if (liveRef !== undefined) this.#makeLive(row, facts, liveRef);
    else if (row.revoked === revocation.withdrawn && vouchesFor === 'content' && this.#versions.isOfSource(row)) {
      this.#withdrawals.tellAgain(row);
    }
    if (facts.alias !== undefined) this.#statements.addAlias.run(keyOfStixId(facts.alias), row.ref);
    // Who knows an older version only does not keep what another made of it in use.
    if (loan !== undefined && (vouchesFor === 'content' || this.#versions.isOfSource(row))) {
      this.#objects.loans.lend(row.ref, this.#context.sourceRef, loan);
      if (liveRef !== undefined) this.#objects.loans.supersede(row.ref, this.#context.sourceRef);
    }
    if (this.#isOurs && vouchesFor === 'content' && this.#statements.setOwn.run(row.ref).changes > 0) {
      this.#statements.revise.run();
    }
    const told = vouchesFor === 'content' ? facts : { alias: facts.alias };
    if (vouchesFor === 'content')
      this.#unread.note(this.#waiting(row.ref, liveRef ?? row.live_ref), facts.unreadMarkings);
    this.#tell(row.ref, told);
    const admitted = this.#settle(row, told);
    if (change === undefined || (change !== 'conflict' && admitted.outcome.kind !== 'duplicate')) return admitted;
    return {
      ...admitted,
      outcome: { kind: 'taken', id: facts.id, change },
      ...(conflict !== undefined && { conflict }),
    };
  }

  /** After one more source, or the same again: how sure, how marked, and a faded object comes back to life. */
  #settle(row: ObjectRow, told: Told): Admitted {
    const { source, nowUs } = this.#context;
    this.#rows.flush();
    const weighed = told.tlp === undefined ? 0 : weighConfidence(told.confidence, source.reliability);
    if (weighed > row.confidence) this.#statements.setConfidence.run(weighed, row.ref);
    this.#objects.reconsider(row.ref, nowUs);
    return this.#judge(row, stixIdOfKey(row.key), undefined);
  }

  #insert(facts: ObjectFacts, loan: Loan | undefined, madeHere = false): Admitted {
    const { source, sourceRef, nowUs } = this.#context;
    const ref = this.#nextObjectRef++;
    const entries = facts.values.map((value) => this.#values.intern(value));
    const isIndicator = facts.complete !== completeness.noIndicator;
    const decision = decideLifecycle(
      {
        recalled: undefined,
        revoked: facts.revoked,
        leaseUntilUs: loan?.untilUs,
        validFromUs: facts.validFromUs,
        validUntilUs: facts.validUntilUs,
        lastSeenUs: nowUs,
        decay: isIndicator ? decayModelOf(entries.map((entry) => kindOfCode(entry.kind))) : undefined,
        allHeld: isIndicator && entries.length > 0 && entries.every(isHeld),
      },
      nowUs,
    );
    const key = groupKeyOf(facts, entries);
    const groupRef = key === undefined ? undefined : this.#groups.find(key);
    this.#existing.add(nameOf(facts.id));
    const versionRef = this.#versions.addFirst(ref, facts);
    const type = this.#deps.typeCodeOf(facts.type);
    this.#types.note(type, ref);
    this.#rows.addObject({
      ref,
      key: facts.key,
      type,
      kind: entries[0]?.kind ?? 0,
      state: codeOfState(decision.state),
      tlp: codeOfTlp(facts.tlp),
      confidence: weighConfidence(facts.confidence, source.reliability),
      complete: facts.complete,
      revoked: facts.revoked,
      made: madeHere,
      modifiedUs: facts.modifiedUs,
      nextChangeUs: decision.nextChangeUs,
      validUntilUs: facts.validUntilUs,
      groupRef,
      leaseUntilUs: loan?.untilUs,
      lentPap: loan?.pap,
      validFromUs: this.#validFromAhead(facts),
    });
    const counts = isIndicator && isInForce(decision.state);
    for (const entry of entries) {
      this.#rows.listings.add(entry.ref, ref);
      if (counts) entry.listed += 1;
    }
    if (facts.alias !== undefined) this.#statements.addAlias.run(keyOfStixId(facts.alias), ref);
    // What bears it could not be read until now.
    if (facts.type === 'marking-definition') this.#statements.revise.run();
    this.#addProvenance(ref, facts);
    if (loan !== undefined) this.#objects.loans.lend(ref, sourceRef, loan);
    if (facts.unreadMarkings.length > 0) this.#unread.add(this.#waiting(ref, versionRef), facts.unreadMarkings);
    this.#addReferences(ref, facts);
    if (facts.words !== '') this.#deps.noteWords(ref, facts.words, true);
    let isLead = true;
    if (groupRef !== undefined) {
      this.#rows.flush();
      isLead = this.#objects.settleNewMember(groupRef, ref, decision.state);
    } else if (key !== undefined) this.#groups.found(key, ref);
    return this.#judge(
      { ref, complete: facts.complete },
      facts.id,
      isLead ? 'new' : undefined,
      isIndicator ? entries : [],
    );
  }

  /** What to say about an indicator now that it is written. */
  #judge(row: JudgedRow, id: StixId, change: Change | undefined, known?: readonly ValueEntry[]): Admitted {
    return admittedOf(this.#values, { row, id, change, entries: known ?? this.#objects.entriesOf(row.ref) });
  }

  /** The newest version takes over: its values, its pattern's group, its markings and end. */
  #makeLive(row: ObjectRow, facts: ObjectFacts, versionRef: number): void {
    const entries = facts.values.map((value) => this.#values.intern(value));
    const key = groupKeyOf(facts, entries);
    const before = this.#objects.entriesOf(row.ref);
    const groupRef = key === undefined ? undefined : this.#groups.find(key);
    const staysInGroup = groupRef === row.group_ref;
    if (!staysInGroup) this.#groups.leave(row, before);
    this.#objects.relist(row, entries);
    this.#withdrawals.supersede(row);
    this.#statements.setLive.run(
      versionRef,
      facts.modifiedUs ?? null,
      entries[0]?.kind ?? 0,
      facts.complete,
      facts.validUntilUs ?? null,
      facts.revoked ? 1 : 0,
      this.#validFromAhead(facts) ?? null,
      row.ref,
      facts.modifiedUs ?? null,
      row.ref,
      facts.modifiedUs ?? null,
      row.ref,
    );
    if (!staysInGroup) {
      this.#groups.join(row.ref, groupRef ?? row.ref, groupRef === undefined);
      if (groupRef !== undefined) this.#objects.settleNewMember(groupRef, row.ref, stateOfCode(row.state));
      else if (key !== undefined) this.#groups.found(key, row.ref);
    }
    for (const { target, role } of referencesOf(this.#versions.liveValue(row))) {
      this.#statements.dropReference.run(keyOfStixId(target), row.ref, role);
    }
    this.#addReferences(row.ref, facts);
    this.#deps.noteWords(row.ref, facts.words, false);
  }

  /** Kept only when it lies ahead: what has begun has begun. */
  #validFromAhead({ validFromUs }: ObjectFacts): number | undefined {
    return validFromUs !== undefined && validFromUs > this.#context.nowUs ? validFromUs : undefined;
  }

  #waiting(ref: number, versionRef: number) {
    return { object_ref: ref, source_ref: this.#context.sourceRef, version_ref: versionRef };
  }

  /** Of an object that is there: pages of what one source told of change when it is another one's too. */
  #tell(ref: number, told: Told): void {
    const { sourceRef } = this.#context;
    if (this.#statements.told.get(ref, sourceRef) === undefined) this.#statements.revise.run();
    this.#addProvenance(ref, told);
  }

  #addProvenance(ref: number, told: Told): void {
    const tlp = told.tlp === undefined ? null : codeOfTlp(told.tlp);
    this.#rows.provenance.add(ref, told.confidence ?? null, told.alias ?? null, tlp);
  }

  #addReferences(ref: number, facts: ObjectFacts): void {
    for (const { target, role } of facts.references) this.#rows.references.add(keyOfStixId(target), ref, role);
  }
}
