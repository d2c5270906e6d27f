import { ComityError, parseRowId, quote } from '@comity/protocol/base';
import type { RowId } from '@comity/protocol/base';
import { tlps } from '@comity/protocol/markings';
import type { Connection } from '../store/index.ts';
import { BatchAdmission } from './admit/admit-batch.ts';
import type { Admitted } from './admit/admitted.ts';
import { assertBatch } from './admit/object-facts.ts';
import { markingLookup } from './admit/marking-lookup.ts';
import { readMarkingsAnew } from './admit/unread-markings.ts';
import { backlogMax } from './admit/search-index.ts';
import { admitBatchMax, importRowsMax } from './bounds.ts';
import { codeOfTlp } from './codes.ts';
import { readReport } from './import-reports.ts';
import type { IntelCore, WriteTools } from './intel-core.ts';
import { StandardCheck } from './standard-check.ts';
import type {
  Candidate,
  Import,
  ImportLoss,
  ImportReport,
  ImportRow,
  ImportState,
  IntelSource,
  Outcome,
  SentAs,
} from './import.ts';

/** Marks imports that were running when the process ended; what they had admitted stays. */
export async function closeInterruptedImports(core: IntelCore): Promise<void> {
  await core.write(({ db, nowUs }) => {
    db.prepare(
      `update intel_import set state = 'interrupted', finished_us = ?, reason = ? where state = 'running'`,
    ).run(nowUs, 'The node stopped while it ran; what it had taken is kept. Import again: nothing is taken twice');
    return { result: undefined };
  });
}

export async function openImport(
  core: IntelCore,
  source: IntelSource,
  options: { readonly format: string; readonly name: string; readonly sentAs?: SentAs },
  onProgress: (importRef: number) => void,
): Promise<Import> {
  const id = parseRowId(`imp-${core.uuid().replaceAll('-', '')}`);
  const refs = await core.write(({ db, nowUs }) => {
    const sourceRef = upsertSource(db, source);
    const key = options.sentAs?.key ?? null;
    if (key !== null) takeKey(db, key);
    const importRef = db
      .prepare(
        `insert into intel_import (id, source_ref, name, format, state, started_us, key, own)
         values (?, ?, ?, ?, 'running', ?, ?, ?)`,
      )
      .run(
        id,
        sourceRef,
        options.name.slice(0, 1000),
        options.format.slice(0, 100),
        nowUs,
        key,
        Number(source.own === true),
      ).lastRowid;
    return { result: { sourceRef, importRef } };
  });
  return new ImportRun(
    core,
    id,
    source,
    { ...refs, sentAs: options.sentAs, isStix: options.format === 'stix' },
    onProgress,
  );
}

/** An import that ended early gives its key up: sent again, it is begun anew. */
function takeKey(db: Connection, key: string): void {
  db.prepare('update intel_import set key = null where key = ? and print is null').run(key);
  if (db.prepare('select 1 from intel_import where key = ?').get(key) === undefined) return;
  throw new ComityError('CONFLICT', `Cannot import: what was sent as ${quote(key)} is in already`);
}

/** A row the report keeps. */
type KeptRow = Omit<ImportRow, 'number'> & { readonly ref: number | undefined };

/** Of what could not be read at all. */
const aboutNothing = { value: undefined, id: undefined, ref: undefined } as const;

interface RunRefs {
  readonly sourceRef: number;
  readonly importRef: number;
  readonly sentAs: SentAs | undefined;
  /** Whether the objects are as their sender wrote them: what we make of other formats is judged by our own tests. */
  readonly isStix: boolean;
}

class ImportRun implements Import {
  readonly id: RowId;
  readonly #core: IntelCore;
  readonly #source: IntelSource;
  readonly #refs: RunRefs;
  readonly #onProgress: (importRef: number) => void;
  /** Rejections and losses since the last transaction; bounded, since the reader admits what it reads. */
  #rejections: KeptRow[] = [];
  #rejectedBeyond = 0;
  readonly #losses = new Map<string, ImportLoss>();
  readonly #check = new StandardCheck();
  #ended = false;

  constructor(core: IntelCore, id: RowId, source: IntelSource, refs: RunRefs, onProgress: (importRef: number) => void) {
    this.id = id;
    this.#core = core;
    this.#source = source;
    this.#refs = refs;
    this.#onProgress = onProgress;
  }

  async admit(candidates: readonly Candidate[]): Promise<Outcome[]> {
    this.#assertOpen();
    assertBatch(candidates.length, admitBatchMax);
    const findMarking = markingLookup(this.#core, candidates);
    if (this.#refs.isStix) this.#check.examine(candidates);
    const newWords: [number, string][] = [];
    const flushNotes = this.#takeNotes();
    const admission = (tools: WriteTools): BatchAdmission => {
      const { db, gate, nowUs } = tools;
      newWords.length = 0;
      const context = { source: this.#source, ...this.#refs, nowUs };
      return new BatchAdmission(db, context, {
        gate,
        typeCodeOf: (type) => this.#core.typeCodeOf(db, type),
        traitsOf: (value) => this.#core.traits.refOf(db, value),
        noteWords: (ref, words, isNew) => {
          if (isNew) newWords.push([ref, words]);
          else this.#core.index.replace(db, ref, words);
        },
      });
    };
    const record = (db: Connection, admitted: readonly Admitted[]): void => {
      this.#record(db, candidates, admitted);
      flushNotes(db);
      this.#core.index.noteNew(newWords);
    };
    const outcomes = await this.#core
      .writeInSteps(function* (tools) {
        const batch = admission(tools);
        const admitted = yield* batch.admitAll(candidates, findMarking);
        const changes = batch.finish();
        record(tools.db, admitted);
        return { result: admitted.map((one) => one.outcome), changes };
      })
      .catch((error: unknown) => {
        this.#core.forgetNumbers();
        this.#core.index.forget(newWords);
        throw error;
      });
    await this.#core.index.catchUp(backlogMax);
    if (candidates.some((one) => 'object' in one && one.object.type === 'marking-definition')) {
      await readMarkingsAnew(this.#core);
    }
    this.#onProgress(this.#refs.importRef);
    return outcomes;
  }

  reject(place: string, error: ComityError): void {
    this.#assertOpen();
    if (this.#rejections.length >= importRowsMax) this.#rejectedBeyond += 1;
    else {
      const { code, message: reason } = error;
      this.#rejections.push({ outcome: 'rejected', place, code, reason, ...aboutNothing });
    }
  }

  loss(field: string, count: number, reason: string): void {
    this.#assertOpen();
    const key = `${field}\n${reason}`;
    this.#losses.set(key, { field, reason, count: (this.#losses.get(key)?.count ?? 0) + count });
  }

  alert(place: string, message: string): void {
    this.#assertOpen();
    this.#check.noteContradiction(place, message);
  }

  finish(): Promise<ImportReport> {
    return this.#end('finished', undefined);
  }

  fail(reason: string): Promise<ImportReport> {
    return this.#end('failed', reason.slice(0, 2000));
  }

  async #end(state: ImportState, reason: string | undefined): Promise<ImportReport> {
    this.#assertOpen();
    this.#ended = true;
    const flushNotes = this.#takeNotes();
    await this.#core.write(({ db, nowUs }) => {
      flushNotes(db);
      const print = state === 'finished' ? this.#refs.sentAs?.print() : undefined;
      db.prepare('update intel_import set state = ?, finished_us = ?, reason = ?, print = ? where ref = ?').run(
        state,
        nowUs,
        reason ?? null,
        print ?? null,
        this.#refs.importRef,
      );
      return { result: undefined };
    });
    await this.#core.index.catchUp(0);
    this.#onProgress(this.#refs.importRef);
    const report = readReport(this.#core.store.reader, this.#refs.importRef);
    if (report === undefined) throw new Error('Assertion failed: an import that ended has a report');
    return report;
  }

  #assertOpen(): void {
    if (this.#ended) throw new Error('Assertion failed: the import is open');
  }

  /** Moves what was noted since the last transaction into the next one. */
  #takeNotes(): (db: Connection) => void {
    const rejections = this.#rejections;
    const beyond = this.#rejectedBeyond;
    const losses = [...this.#losses.values()];
    this.#rejections = [];
    this.#rejectedBeyond = 0;
    this.#losses.clear();
    const keepFindings = this.#check.take();
    return (db) => {
      keepFindings(db, this.#refs.importRef);
      keepRows(db, this.#refs.importRef, rejections);
      count(db, this.#refs.importRef, { rejected: rejections.length + beyond, rowsNotKept: beyond });
      keepLosses(db, this.#refs.importRef, losses);
    };
  }

  #record(db: Connection, candidates: readonly Candidate[], admitted: readonly Admitted[]): void {
    const counts = { taken: 0, unscreened: 0, conflicts: 0, duplicate: 0, heldBack: 0, rejected: 0 };
    const rows: KeptRow[] = [];
    const losses: ImportLoss[] = [];
    for (const [index, { outcome, ref, held, unscreened, conflict }] of admitted.entries()) {
      const candidate = candidates[index];
      const place = candidate?.place ?? '';
      if (outcome.kind === 'taken') {
        counts.taken += 1;
        if (unscreened === true && outcome.change.startsWith('new')) counts.unscreened += 1;
      } else if (outcome.kind === 'duplicate') counts.duplicate += 1;
      else if (outcome.kind === 'held-back') counts.heldBack += 1;
      else if (outcome.kind === 'not-there') {
        const loss = candidate !== undefined && 'withdraw' in candidate ? candidate.loss : undefined;
        if (loss !== undefined) losses.push({ ...loss, count: 1 });
      } else {
        counts.rejected += 1;
        const { code, message } = outcome.error;
        const id = candidate !== undefined && 'object' in candidate ? candidate.object.id : undefined;
        rows.push({ outcome: 'rejected', place, code, reason: message, value: undefined, id, ref });
      }
      if (conflict !== undefined) {
        counts.conflicts += 1;
        rows.push({
          outcome: 'conflict',
          place,
          code: undefined,
          reason: conflict,
          value: undefined,
          id: undefined,
          ref,
        });
      }
      // Of an indicator with many values each one held back is named: the others are screened.
      for (const { entry, verdict } of held) {
        const reason = `${entry.value} is on the list ${verdict.list} (${verdict.entry})`;
        rows.push({ outcome: 'held-back', place, code: undefined, reason, value: entry.value, id: undefined, ref });
      }
    }
    count(db, this.#refs.importRef, counts);
    keepRows(db, this.#refs.importRef, rows);
    keepLosses(db, this.#refs.importRef, losses);
  }
}

function count(
  db: Connection,
  importRef: number,
  counts: Partial<ImportReport['counts']> & { readonly rowsNotKept?: number },
): void {
  db.prepare(
    `update intel_import set taken = taken + ?, unscreened = unscreened + ?, conflicts = conflicts + ?, duplicate = duplicate + ?, held_back = held_back + ?,
       rejected = rejected + ?, rows_not_kept = rows_not_kept + ? where ref = ?`,
  ).run(
    counts.taken ?? 0,
    counts.unscreened ?? 0,
    counts.conflicts ?? 0,
    counts.duplicate ?? 0,
    counts.heldBack ?? 0,
    counts.rejected ?? 0,
    counts.rowsNotKept ?? 0,
    importRef,
  );
}

function keepRows(db: Connection, importRef: number, rows: readonly KeptRow[]): void {
  if (rows.length === 0) return;
  const kept =
    db.prepare<{ kept: number }>('select rows_kept as kept from intel_import where ref = ?').get(importRef)?.kept ?? 0;
  const room = Math.max(0, importRowsMax - kept);
  const insert = db.prepare(
    `insert into intel_import_row (import_ref, number, outcome, place, code, reason, value, given_id, object_ref)
     values (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  for (const [index, row] of rows.slice(0, room).entries()) {
    const { outcome, place, code, reason, value, id, ref } = row;
    insert.run(
      importRef,
      kept + index + 1,
      outcome,
      place.slice(0, 500),
      code ?? null,
      reason.slice(0, 2000),
      value ?? null,
      id ?? null,
      ref ?? null,
    );
  }
  db.prepare('update intel_import set rows_kept = rows_kept + ?, rows_not_kept = rows_not_kept + ? where ref = ?').run(
    Math.min(room, rows.length),
    Math.max(0, rows.length - room),
    importRef,
  );
}

function keepLosses(db: Connection, importRef: number, losses: readonly ImportLoss[]): void {
  const add = db.prepare(
    `insert into intel_import_loss (import_ref, field, reason, count) values (?, ?, ?, ?)
     on conflict (import_ref, field, reason) do update set count = count + excluded.count`,
  );
  for (const { field, reason, count: lost } of losses) {
    add.run(importRef, field.slice(0, 500), reason.slice(0, 1000), lost);
  }
}

function upsertSource(db: Connection, source: IntelSource): number {
  const { id, name, kind, url, reliability, defaultTlp, own = false } = source;
  if (!tlps.includes(defaultTlp)) throw new ComityError('ARGUMENT_INVALID', `Cannot use ${defaultTlp} as a marking`);
  db.prepare(
    `insert into intel_source (id, name, kind, url, reliability, default_tlp, own) values (?, ?, ?, ?, ?, ?, ?)
     on conflict (id) do update set name = excluded.name, kind = excluded.kind, url = excluded.url,
       reliability = excluded.reliability, default_tlp = excluded.default_tlp, own = excluded.own`,
  ).run(parseRowId(id), name, kind, url ?? null, reliability, codeOfTlp(defaultTlp), Number(own));
  const ref = db.prepare<{ ref: number }>('select ref from intel_source where id = ?').get(id)?.ref;
  if (ref === undefined) throw new Error('Assertion failed: a source has a row');
  return ref;
}
