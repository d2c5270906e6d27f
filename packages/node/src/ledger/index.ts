/**
 * What a member does towards others, in a log that others witness; and this node as a witness of others.
 */
export { ledgerSchema } from './schema.ts';
export { openLedger } from './open-ledger.ts';
export type { LedgerDeps, LedgerOptions } from './open-ledger.ts';
export type { ActState, Ledger, LedgerStatus, Pending, WatchedWitness } from './ledger.ts';
export { alarmKinds } from './alarms.ts';
export type { Alarm, AlarmKind, Alarms } from './alarms.ts';
export type { Ask, Question } from './ask.ts';
export type { Disk, LogFile } from './disk/disk.ts';
export { openFileDisk } from './disk/file-disk.ts';
export { openKeyRing } from './keys/key-ring.ts';
export type { KeyRing, KeyRole } from './keys/key-ring.ts';
export { createNativeCrypto, signerOfSeed } from './keys/native-crypto.ts';
export { entryBytesMax } from './log/entries.ts';
export type { OwnLog } from './log/log-book.ts';
export type { PolicyEpoch, Witness, WitnessBook, WitnessEntry } from './witnesses/witness-book.ts';
export { openWitness } from './witness/open-witness.ts';
export type {
  OwnWitness,
  WitnessDeps,
  WitnessedLogSource,
  WitnessRequest,
  WitnessResponse,
} from './witness/open-witness.ts';
export { openMonitor } from './monitor/open-monitor.ts';
export type { MonitorDeps, MonitorOptions } from './monitor/open-monitor.ts';
export type { Monitor, Observation, PromisedEntry, SeenCheckpoint, WatchedLog } from './monitor/monitor.ts';
export { openTransparency } from './open-transparency.ts';
export type { Transparency, TransparencyDeps } from './open-transparency.ts';
