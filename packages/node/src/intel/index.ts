/**
 * What is known about threats: taken in, judged, kept, found again and handed to the screen.
 *
 * Refinements of CONTRACTS.md: everything that touches the disk is async; `describe` takes many refs; `ref` is the row
 * of a listed *value* (with its port), not of an indicator, so a value that ten feeds list is one row of the screen's
 * table and one match; the feed for workers is `createFeed(readOnlyStore)`.
 */
export { createIntel } from './create-intel.ts';
export { createFeed } from './feed.ts';
export { intelSchema } from './schema.ts';
export { admitBatchMax, correlationCutOff } from './bounds.ts';
export { compileKnownGood } from './known-good/gate.ts';
export { builtInLists } from './known-good/built-in.ts';
export type { KnownGoodGate, Verdict } from './known-good/gate.ts';
export type {
  Candidate,
  Change,
  Correlation,
  Delta,
  Description,
  ExportFormat,
  HeldBackValue,
  Import,
  ImportCounts,
  ImportLoss,
  ImportReport,
  ImportRow,
  ImportState,
  Intel,
  IntelDeps,
  IntelDetail,
  IntelFeed,
  IntelFilter,
  IntelPage,
  IntelQuery,
  IntelRow,
  IntelSource,
  IntelState,
  IntelStats,
  IntelValue,
  IntelVersion,
  KnownGoodList,
  ListContext,
  ObjectCandidate,
  Outcome,
  Provenance,
  Rejudgement,
  Relation,
  Release,
  Reliability,
  ScreenedValue,
  SourceReport,
  ValueAnswer,
  ValueCandidate,
} from './types.ts';
