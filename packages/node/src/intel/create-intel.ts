import { ComityError } from '@comity/protocol/base';
import type { Store } from '../store/index.ts';
import { readMarkingsAnew } from './admit/unread-markings.ts';
import { TraitsReader } from './admit/traits-book.ts';
import { backlogMax } from './admit/search-index.ts';
import { createFeed } from './feed.ts';
import { readArrivals } from './find/arrivals.ts';
import { describePattern, describeValue } from './find/describe.ts';
import { correlate } from './find/correlate.ts';
import { findRow, lookUp, readDetail } from './find/detail.ts';
import { exportObjects } from './find/export.ts';
import { RowReader } from './find/row-reader.ts';
import { search } from './find/search.ts';
import { findKept, findStored, isOwnWord, readStored } from './find/stored.ts';
import { findSentImport, listReports, readImportRows, readReport, readReportById } from './import-reports.ts';
import { closeInterruptedImports, openImport } from './imports.ts';
import { erase } from './erase.ts';
import { IntelCore } from './intel-core.ts';
import type { IntelDeps } from './intel-core.ts';
import {
  changeLoans,
  nextChangeUs,
  readHeld,
  readHeldBack,
  recall,
  release,
  renewLoans,
  sweep,
  unrelease,
} from './judgement.ts';
import {
  finishRejudging,
  installBuiltInLists,
  loadGate,
  loadLists,
  readLists,
  removeList,
} from './known-good/list-store.ts';
import { readSources, readStats } from './stats.ts';
import type { ImportReport } from './import.ts';
import type { Description, Intel } from './intel.ts';
import { isPatternRef } from './pattern-feed.ts';

const limitMax = 1000;

/**
 * Opens the intelligence subject on a store whose schemas include `intelSchema`.
 *
 * Imports a stop of the node cut short are marked so, built-in known-good lists are put in place, and a judging that was
 * under way goes on; what a stop or an older version left out of the indexes is put in.
 */
export async function createIntel(store: Store, deps: IntelDeps): Promise<Intel> {
  const core = new IntelCore(store, deps, () => loadGate(store.reader));
  await closeInterruptedImports(core);
  await installBuiltInLists(core);
  await finishRejudging(core);
  await readMarkingsAnew(core);
  await core.index.catchUp(backlogMax);
  const db = store.reader;
  const rows = new RowReader(db);
  const traits = new TraitsReader(db);
  const searchDeps = { db, pendingWords: () => core.index.pendingWords(), uuid: deps.uuid };
  const importListeners = new Set<(report: ImportReport) => void>();
  const tellImport = (ref: number): void => {
    if (importListeners.size === 0) return;
    const report = readReport(db, ref);
    if (report !== undefined) for (const listener of importListeners) listener(report);
  };

  return {
    feed: createFeed(store),
    openImport: (source, options) => openImport(core, source, options, tellImport),
    findSentImport: async (key) => findSentImport(db, key),
    imports: async (query = {}) => {
      const limit = boundedLimit(query.limit);
      const page = listReports(db, { beforeRef: parseNumberCursor(query.cursor), limit, source: query.source });
      return { imports: page.map((item) => item.report), cursor: nextCursor(page, limit) };
    },
    importReport: async (id) => readReportById(db, id),
    importRows: async (id, query = {}) =>
      readImportRows(db, id, {
        after: query.after ?? 0,
        limit: boundedLimit(query.limit),
        outcome: query.outcome,
      }),
    sources: async () => readSources(db),

    search: async (query) => search(query, searchDeps),
    object: async (id) => {
      const row = findRow(rows, id);
      return row === undefined ? undefined : readDetail(rows, row);
    },
    lookup: async (value) => lookUp(rows, value),
    correlations: async (id) => {
      const row = findRow(rows, id);
      return row === undefined ? [] : correlate(rows, row);
    },
    describe: async (refs) => {
      const found = refs.map((ref) => (isPatternRef(ref) ? describePattern(rows, ref) : describeValue(rows, ref)));
      return new Map(found.filter((item): item is Description => item !== undefined).map((item) => [item.ref, item]));
    },
    stats: async () => readStats(db),
    export: (format, query, gate) => exportObjects(format, query, gate, searchDeps),
    stored: (query) => readStored(query, searchDeps),
    arrivals: (query, rowsMax) => readArrivals(db, query, rowsMax, traits),
    revision: () => core.revision(),
    writes: () => core.writes,
    findStored: (id) => findStored(rows, id),
    findKept: (id, isWanted) => findKept(rows, id, isWanted),
    isOwnWord: (id, text) => isOwnWord(rows, id, text),
    findMarking: (id) => core.findLiveValue(id),

    release: (what, reason, by) => release(core, what, reason, by),
    held: (values) => readHeld(db, values),
    unrelease: (values, note) => unrelease(core, values, note),
    heldBack: async (query = {}) => {
      const limit = boundedLimit(query.limit);
      const beforeRef = parseNumberCursor(query.cursor);
      const values = readHeldBack(db, { text: query.text ?? '', list: query.list, beforeRef, limit });
      return { values, cursor: nextCursor(values, limit) };
    },
    recall: (ids, reason) => recall(core, ids, reason),
    erase: (id, reason) => erase(core, id, reason),
    changeLoans: (lender, changes) => changeLoans(core, lender, changes),
    renewLoans: (lender, beforeUs, untilUs) => renewLoans(core, lender, beforeUs, untilUs),
    sweep: async () => {
      const changed = await sweep(core);
      await core.index.catchUp(0);
      return changed;
    },

    nextChangeUs: () => nextChangeUs(db),

    knownGood: {
      lists: async () => readLists(db),
      load: (list, signal) => loadLists(core, [list], { builtIn: false, signal }),
      loadAll: (lists) => loadLists(core, lists, { builtIn: false }),
      remove: (id, signal) => removeList(core, id, signal),
    },
    onDelta: (listener) => core.onDelta(listener),
    onImport: (listener) => {
      importListeners.add(listener);
      return () => importListeners.delete(listener);
    },
    close: async () => {
      await core.index.catchUp(0);
    },
  };
}

function boundedLimit(limit: number | undefined): number {
  if (limit === undefined) return 50;
  if (!Number.isInteger(limit) || limit < 1 || limit > limitMax) {
    throw new ComityError('ARGUMENT_INVALID', `Cannot give ${limit} rows: ask for 1 to ${limitMax}`);
  }
  return limit;
}

function parseNumberCursor(cursor: string | undefined): number {
  if (cursor === undefined) return Number.MAX_SAFE_INTEGER;
  if (!/^\d{1,10}$/.test(cursor)) throw new ComityError('ARGUMENT_INVALID', 'Cannot go on from that cursor');
  return Number(cursor);
}

function nextCursor(page: readonly { readonly ref: number }[], limit: number): string | undefined {
  const last = page.at(-1);
  return last === undefined || page.length < limit ? undefined : String(last.ref);
}
