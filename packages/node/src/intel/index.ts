/**
 * What is known about threats: taken in, judged, kept, found again and handed to the screen.
 *
 * Everything that touches the disk is async; `describe` takes many refs; `ref` is the row
 * of a listed *value* (with its port), not of an indicator, so a value that ten feeds list is one row of the screen's
 * table and one match; the feed for workers is `createFeed(readOnlyStore)`.
 */
export { createIntel } from './create-intel.ts';
export { createFeed } from './feed.ts';
export { createPatternFeed } from './pattern-feed.ts';
export { uuidOfName } from './name-uuid.ts';
export { intelSchema } from './schema.ts';
export { admitBatchMax } from './bounds.ts';
export { builtInLists } from './known-good/built-in.ts';
export { compileKnownGood } from './known-good/gate.ts';
export type { KnownGoodGate } from './known-good/gate.ts';
export type {
  Candidate,
  Import,
  ImportReport,
  ImportRow,
  IntelSource,
  Loan,
  Outcome,
  Reliability,
  SentAs,
} from './import.ts';
export type {
  Arrival,
  ArrivalQuery,
  ArrivalsRead,
  Delta,
  Description,
  HeldBackValue,
  Intel,
  IntelDetail,
  IntelFilter,
  IntelQuery,
  IntelRow,
  KnownGoodList,
  ScreenedValue,
} from './intel.ts';
export type { ExportFormat, ExportGate, ListItem, ListWriter } from './export.ts';
export type { StoredObject } from './stored-object.ts';
