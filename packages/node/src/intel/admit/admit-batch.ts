import { canonicalJson, ComityError, isJsonObject, parseJson } from '@comity/protocol/base';
import type { JsonObject, StixId } from '@comity/protocol/base';
import type { MarkingLookup, Tlp } from '@comity/protocol/markings';
import type { ListedValue } from '@comity/protocol/values';
import type { Connection } from '../../store/index.ts';
import { variantsMax } from '../bounds.ts';
import { codeOfState, codeOfTlp, keyOfStixId, kindOfCode, stateOfCode, stixIdOfKey } from '../codes.ts';
import { weighConfidence } from '../confidence.ts';
import type { KnownGoodGate, Verdict } from '../known-good/gate.ts';
import { decayModelOf, decideLifecycle, isInForce } from '../lifecycle.ts';
import type { Candidate, Change, IntelSource, Outcome, ValueCandidate } from '../import.ts';
import { prepareAdmitStatements } from './admit-statements.ts';
import type { AdmitStatements } from './admit-statements.ts';
import { NewRows } from './new-rows.ts';
import { GroupBook } from './group-book.ts';
import type { GroupKey } from './group-book.ts';
import { extendedListIndicator, listIndicatorFacts, listIndicatorId } from './list-indicator.ts';
import { ObjectBook } from './object-book.ts';
import type { ObjectRow } from './object-book.ts';
import { completeness, readObjectFacts, referencesOf } from './object-facts.ts';
import type { ObjectFacts } from './object-facts.ts';
import { findExisting, textOfKey } from './prefetch.ts';
import { isHeld, ValueBook } from './value-book.ts';
import type { ValueChanges, ValueEntry } from './value-book.ts';

/** One candidate, read: what it says, or why it cannot be used. */
type Prepared =
  | { readonly kind: 'object'; readonly facts: ObjectFacts; readonly leaseUntilUs: number | undefined }
  | { readonly kind: 'value'; readonly candidate: ValueCandidate }
  | { readonly kind: 'rejected'; readonly error: ComityError };

/** An outcome and, when the object is kept, its row; `held`: the values of it that the gate keeps back. */
export interface Admitted {
  readonly outcome: Outcome;
  readonly ref: number | undefined;
  readonly held: readonly { readonly entry: ValueEntry; readonly verdict: Verdict }[];
}

export interface AdmitContext {
  readonly source: IntelSource;
  readonly sourceRef: number;
  readonly importRef: number;
  readonly nowUs: number;
}

export interface AdmitDeps {
  readonly gate: KnownGoodGate;
  readonly typeCodeOf: (type: string) => number;
  /** Hears of each object whose words the search should find. */
  readonly noteWords: (ref: number, words: string, isNew: boolean) => void;
}

/** Candidates admitted between two turns of the event loop. */
const candidatesAStep = 250;

/** Reads candidates: whatever is wrong with one rejects that one. */
function prepareCandidates(candidates: readonly Candidate[], defaultTlp: Tlp, findMarking: MarkingLookup): Prepared[] {
  return candidates.map((candidate) => {
    if ('value' in candidate) return { kind: 'value', candidate };
    try {
      const facts = readObjectFacts(candidate.object, defaultTlp, findMarking);
      return { kind: 'object', facts, leaseUntilUs: candidate.leaseUntilUs };
    } catch (error) {
      if (error instanceof ComityError) return { kind: 'rejected', error };
      throw error;
    }
  });
}

/** Admits candidates inside a transaction of the caller's. */
export class BatchAdmission {
  readonly #db: Connection;
  readonly #context: AdmitContext;
  readonly #deps: AdmitDeps;
  readonly #statements: AdmitStatements;
  readonly #values: ValueBook;
  readonly #objects: ObjectBook;
  readonly #groups: GroupBook;
  readonly #rows: NewRows;
  /** Keys of the objects that are there, of those in the batch. */
  readonly #existing = new Set<string>();
  #nextObjectRef: number;

  constructor(db: Connection, context: AdmitContext, deps: AdmitDeps) {
    this.#db = db;
    this.#context = context;
    this.#deps = deps;
    this.#statements = prepareAdmitStatements(db);
    this.#values = new ValueBook(db, deps.gate);
    this.#objects = new ObjectBook(db, this.#values);
    this.#groups = new GroupBook(db);
    this.#rows = new NewRows(db);
    this.#nextObjectRef = (this.#statements.lastObject.get()?.ref ?? 0) + 1;
  }

  /** One transaction's worth, in steps of {@link candidatesAStep}. */
  *admitAll(candidates: readonly Candidate[], findMarking: MarkingLookup): Generator<void, Admitted[], void> {
    const admitted: Admitted[] = [];
    for (let from = 0; from < candidates.length; from += candidatesAStep) {
      const { defaultTlp } = this.#context.source;
      const step = prepareCandidates(candidates.slice(from, from + candidatesAStep), defaultTlp, findMarking);
      this.#prefetch(step);
      for (const one of step) admitted.push(this.#admit(one));
      yield;
    }
    return admitted;
  }

  #prefetch(prepared: readonly Prepared[]): void {
    const keys: Buffer[] = [];
    const values: ListedValue[] = [];
    for (const one of prepared) {
      if (one.kind === 'object') {
        keys.push(one.facts.key);
        values.push(...one.facts.values);
      } else if (one.kind === 'value') values.push(one.candidate.value);
    }
    for (const key of findExisting(this.#db, 'key', keys)) this.#existing.add(key);
    this.#values.prefetch(values);
  }

  #admit(prepared: Prepared): Admitted {
    if (prepared.kind === 'rejected') {
      return { outcome: { kind: 'rejected', error: prepared.error }, ref: undefined, held: [] };
    }
    return prepared.kind === 'value'
      ? this.#admitValue(prepared.candidate)
      : this.#admitObject(prepared.facts, prepared.leaseUntilUs);
  }

  /** Writes what is left; after this the transaction may commit. */
  finish(): ValueChanges {
    this.#rows.flush();
    return this.#values.flush(this.#context.nowUs);
  }

  #admitValue({ value, context }: ValueCandidate): Admitted {
    const entry = this.#values.intern(value);
    const { source, nowUs } = this.#context;
    const id = listIndicatorId(value, source);
    const row = this.#listIndicatorOf(entry) ?? this.#findOwn(keyOfStixId(id));
    if (row !== undefined) {
      const isExtended = this.#extend(row, context?.validUntilUs);
      const admitted = this.#refresh(row, context?.confidence, undefined);
      if (!isExtended || admitted.outcome.kind !== 'duplicate') return admitted;
      return { ...admitted, outcome: { kind: 'taken', id: stixIdOfKey(row.key), change: 'new-version' } };
    }
    return this.#insert(listIndicatorFacts(id, value, context, source, nowUs), undefined, true);
  }

  /**
   * Lets an indicator of ours live as long as the list that grants most lets it; undefined is without end. The object is
   * our own making, so its one version is written anew: a list that moves its dates every day leaves no trail of versions.
   */
  #extend(row: ObjectRow, validUntilUs: number | undefined): boolean {
    if (row.valid_until_us === null || (validUntilUs !== undefined && validUntilUs <= row.valid_until_us)) return false;
    const { nowUs } = this.#context;
    const text = extendedListIndicator(this.#liveValue(row), validUntilUs, nowUs);
    this.#statements.rewriteVersion.run(text, nowUs, row.live_ref);
    this.#statements.setValidUntil.run(validUntilUs ?? null, nowUs, row.ref);
    return true;
  }

  /** The object under a key; nearly always none, so rows not yet written are only written when it is among them. */
  #findOwn(key: Buffer): ObjectRow | undefined {
    if (this.#existing.has(textOfKey(key))) this.#rows.flush();
    return this.#objects.findByKey(key);
  }

  /**
   * The indicator lists share for this value, to which one more list only adds itself. Never somebody else's object: what
   * its creator revokes, another source may still list. Not one that has ended by somebody's word either.
   */
  #listIndicatorOf(entry: ValueEntry): ObjectRow | undefined {
    if (entry.groupRef === null) return undefined;
    this.#rows.flush();
    const ref = this.#statements.listIndicator.get(entry.groupRef, entry.groupRef)?.ref;
    return ref === undefined ? undefined : this.#objects.get(ref);
  }

  #admitObject(facts: ObjectFacts, leaseUntilUs: number | undefined): Admitted {
    if (!this.#existing.has(textOfKey(facts.key))) return this.#insert(facts, leaseUntilUs);
    this.#rows.flush();
    const row = this.#objects.findByKey(facts.key);
    if (row === undefined) return this.#insert(facts, leaseUntilUs);
    if (facts.alias !== undefined) this.#statements.addAlias.run(keyOfStixId(facts.alias), row.ref);
    if (leaseUntilUs !== undefined) this.#statements.setLease.run(leaseUntilUs, row.ref);
    const change = this.#addVersion(row, facts);
    if (change instanceof ComityError) {
      return { outcome: { kind: 'rejected', error: change }, ref: row.ref, held: [] };
    }
    const admitted = this.#refresh(row, facts.confidence, facts.alias);
    if (change === undefined || admitted.outcome.kind !== 'duplicate') return admitted;
    return { ...admitted, outcome: { kind: 'taken', id: facts.id, change } };
  }

  /** One more source, or the same again: when and how sure, and a faded object comes back to life. */
  #refresh(row: ObjectRow, confidence: number | undefined, foreignId: string | undefined): Admitted {
    const { source, nowUs } = this.#context;
    this.#addProvenance(row.ref, confidence, foreignId);
    this.#rows.flush();
    const weighed = weighConfidence(confidence, source.reliability);
    if (weighed > row.confidence) this.#statements.setConfidence.run(weighed, row.ref);
    this.#objects.reconsider(row.ref, nowUs);
    return this.#judge(row.ref, stixIdOfKey(row.key), undefined);
  }

  #insert(facts: ObjectFacts, leaseUntilUs: number | undefined, madeHere = false): Admitted {
    const { source, nowUs } = this.#context;
    const ref = this.#nextObjectRef;
    this.#nextObjectRef += 1;
    const entries = facts.values.map((value) => this.#values.intern(value));
    const isIndicator = facts.complete !== completeness.noIndicator;
    const decision = decideLifecycle(
      {
        recalled: undefined,
        revoked: facts.revoked,
        leaseUntilUs,
        validUntilUs: facts.validUntilUs,
        lastSeenUs: nowUs,
        decay: isIndicator ? decayModelOf(entries.map((entry) => kindOfCode(entry.kind))) : undefined,
        allHeld: isIndicator && entries.length > 0 && entries.every(isHeld),
      },
      nowUs,
    );
    const key = groupKeyOf(facts, entries);
    const groupRef = key === undefined ? undefined : this.#groups.find(key);
    this.#existing.add(textOfKey(facts.key));
    const liveRef = this.#insertVersion(ref, 0, facts, 0);
    this.#rows.objects.add(
      ref,
      facts.key,
      this.#deps.typeCodeOf(facts.type),
      entries[0]?.kind ?? 0,
      codeOfState(decision.state),
      codeOfTlp(facts.tlp),
      weighConfidence(facts.confidence, source.reliability),
      groupRef === undefined ? 1 : 0,
      0,
      facts.complete,
      groupRef ?? ref,
      liveRef,
      facts.modifiedUs ?? null,
      nowUs,
      decision.nextChangeUs ?? null,
      facts.validUntilUs ?? null,
      leaseUntilUs ?? null,
      facts.revoked ? 1 : 0,
      madeHere ? 1 : 0,
    );
    const counts = isIndicator && isInForce(decision.state);
    for (const entry of entries) {
      this.#rows.listings.add(entry.ref, ref);
      if (counts) entry.listed += 1;
    }
    if (facts.alias !== undefined) this.#statements.addAlias.run(keyOfStixId(facts.alias), ref);
    this.#addProvenance(ref, facts.confidence, facts.alias);
    this.#addReferences(ref, facts);
    if (facts.words !== '') this.#deps.noteWords(ref, facts.words, true);
    let isLead = true;
    if (groupRef !== undefined) {
      this.#rows.flush();
      isLead = this.#objects.settleNewMember(groupRef, ref, decision.state);
    } else if (key !== undefined) this.#groups.found(key, ref);
    return this.#judge(ref, facts.id, isLead ? 'new' : undefined, isIndicator ? entries : []);
  }

  /** What to say about an indicator now that it is written. */
  #judge(ref: number, id: StixId, change: Change | undefined, known?: readonly ValueEntry[]): Admitted {
    const entries = known ?? this.#objects.entriesOf(ref);
    const held: { entry: ValueEntry; verdict: Verdict }[] = [];
    for (const entry of entries) {
      const verdict = isHeld(entry) ? this.#values.verdictOf(entry) : undefined;
      if (verdict !== undefined) held.push({ entry, verdict });
    }
    const first = held[0];
    if (first !== undefined && held.length === entries.length && this.#isIndicator(id)) {
      return { outcome: { kind: 'held-back', id, ...first.verdict }, ref, held };
    }
    if (change === undefined) return { outcome: { kind: 'duplicate', id }, ref, held: [] };
    return { outcome: { kind: 'taken', id, change }, ref, held: this.#isIndicator(id) ? held : [] };
  }

  #isIndicator(id: StixId): boolean {
    return id.startsWith('indicator--');
  }

  /** @returns What the version changed; undefined when it is there already; an error when it is one too many. */
  #addVersion(row: ObjectRow, facts: ObjectFacts): Change | ComityError | undefined {
    const modifiedUs = facts.modifiedUs ?? null;
    const first = versionRefOf(row.ref, 0);
    const same = this.#statements.versionsAt.all(first, modifiedUs, row.ref, modifiedUs);
    if (same.some((version) => version.text === facts.text)) return undefined;
    const number = (this.#statements.lastNumber.get(row.ref)?.number ?? 0) + 1;
    if (number === versionsOfObjectMax) {
      return new ComityError('CONFLICT', `Cannot keep one more version of ${facts.id}: ${number} came already`);
    }
    if (same.length > 0) {
      const ours = canonicalJson(facts.value);
      if (same.some((version) => canonicalTextOf(version.text) === ours)) return undefined;
      if (same.length >= variantsMax) {
        return new ComityError(
          'CONFLICT',
          `Cannot keep one more content of ${facts.id}: ${same.length} came under the same id and version already`,
        );
      }
      // An observable has no versions: two producers may describe the same fact with different side remarks.
      const isConflict = modifiedUs !== null;
      this.#insertVersion(row.ref, number, facts, isConflict ? 1 : 0);
      if (isConflict) this.#statements.setConflict.run(row.ref);
      return isConflict ? 'conflict' : undefined;
    }
    const versionRef = this.#insertVersion(row.ref, number, facts, 0);
    if (modifiedUs !== null && row.modified_us !== null && modifiedUs < row.modified_us) return 'old-version';
    this.#makeLive(row, facts, versionRef);
    return 'new-version';
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
    this.#statements.setLive.run(
      versionRef,
      facts.modifiedUs ?? null,
      entries[0]?.kind ?? 0,
      codeOfTlp(facts.tlp),
      facts.complete,
      facts.validUntilUs ?? null,
      facts.revoked ? 1 : 0,
      row.ref,
    );
    if (!staysInGroup) {
      this.#groups.join(row.ref, groupRef ?? row.ref, groupRef === undefined);
      if (groupRef !== undefined) this.#objects.settleNewMember(groupRef, row.ref, stateOfCode(row.state));
      else if (key !== undefined) this.#groups.found(key, row.ref);
    }
    for (const { target, role } of referencesOf(this.#liveValue(row))) {
      this.#statements.dropReference.run(keyOfStixId(target), row.ref, role);
    }
    this.#addReferences(row.ref, facts);
    this.#deps.noteWords(row.ref, facts.words, false);
  }

  /** What the live version said until now. */
  #liveValue(row: ObjectRow): JsonObject {
    const text = this.#statements.text.get(row.live_ref)?.text ?? '{}';
    const value = parseJson(text, text.length);
    return isJsonObject(value) ? value : {};
  }

  #insertVersion(objectRef: number, number: number, facts: ObjectFacts, conflict: 0 | 1): number {
    const ref = versionRefOf(objectRef, number);
    const { nowUs, importRef } = this.#context;
    this.#rows.versions.add(ref, objectRef, number, facts.modifiedUs ?? null, nowUs, importRef, conflict, facts.text);
    return ref;
  }

  #addProvenance(ref: number, confidence: number | undefined, foreignId: string | undefined): void {
    const { nowUs, sourceRef } = this.#context;
    this.#rows.provenance.add(ref, sourceRef, nowUs, nowUs, confidence ?? null, foreignId ?? null);
  }

  #addReferences(ref: number, facts: ObjectFacts): void {
    for (const { target, role } of facts.references) this.#rows.references.add(keyOfStixId(target), ref, role);
  }
}

/** Versions kept of one object: what its row numbers have room for. */
const versionsOfObjectMax = 2 ** 20;

/** Row of a version: those of one object follow each other, so that the first needs no index to be found. */
function versionRefOf(objectRef: number, number: number): number {
  return objectRef * versionsOfObjectMax + number;
}

function groupKeyOf(facts: ObjectFacts, entries: readonly ValueEntry[]): GroupKey | undefined {
  if (facts.complete === completeness.noIndicator) return undefined;
  if (facts.pattern !== undefined) return { pattern: facts.pattern };
  const [value] = entries;
  return value === undefined ? undefined : { value };
}

function canonicalTextOf(text: string): string {
  return canonicalJson(parseJson(text, text.length));
}
