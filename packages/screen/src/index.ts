export { fastScan, HitList, relations, scan } from './match/index.ts';
export type { Relation } from './match/index.ts';
export { loadTable, saveTable, Table } from './table/index.ts';
export type { ListedRow, LoadedTable, TableOptions, TableRow } from './table/index.ts';
export { formats, formatTitles } from './formats/index.ts';
export type { Format, FormatName } from './formats/index.ts';
export { sigmaEventOf, withLogsource } from './event/index.ts';
export type { FormatRecord } from './event/index.ts';
export { askPatterns, createRecordFeed, recogniseRecord } from './feed/index.ts';
export type { AskedPatterns, FedRecord, PatternAnswer, RecordFeed } from './feed/index.ts';
export { isObserved, observationOf, recordOf } from './observe/index.ts';
export { createScreen } from './record/index.ts';
export type {
  MatchedRecord,
  PortVerdict,
  RecordMatch,
  ResumeState,
  Screen,
  ScreenOptions,
  ScreenSink,
} from './record/index.ts';
export { filesBelow, openInput, openStream } from './input/index.ts';
export type { FoundFile, InputOptions, OpenedInput } from './input/index.ts';
export { LogThreads } from './logs/index.ts';
export type {
  LogCounts,
  LogFault,
  LogFinding,
  LogMatch,
  LogRun,
  LogScreenOptions,
  LogThreadsOptions,
} from './logs/index.ts';
export { DigestCache, DigestList, fileLimits, FileScreen, loadDigestCache, saveDigestCache } from './files/index.ts';
export type {
  DigestKind,
  FileCounts,
  FileFault,
  FileFinding,
  FileLimits,
  FileMatch,
  FilePlace,
  LoadedCache,
  ScreenFilesDeps,
  ScreenFilesOptions,
} from './files/index.ts';
export {
  hourOf,
  hunt,
  keySeedOf,
  listRuns,
  minuteOf,
  openSeenFolder,
  readFresh,
  removeUnfinished,
  SeenKeys,
  SeenTable,
  tendRuns,
  writeTable,
} from './seen/index.ts';
export type { Basis, HuntAnswer, KeySeed, SeenPlace, SeenRetention, Tended } from './seen/index.ts';
