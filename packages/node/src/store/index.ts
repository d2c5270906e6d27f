export { BulkInsert } from './bulk-insert.ts';
export type { InsertTarget } from './bulk-insert.ts';
export { openStore } from './open-store.ts';
export { restoreBackup } from './restore.ts';
export { openSeal } from './seal.ts';
export type { Seal } from './seal.ts';
export { databaseBytes } from './files.ts';
export type {
  Connection,
  SqlRow,
  SqlValue,
  Statement,
  Store,
  StoreDeps,
  StoreOptions,
  SubjectSchema,
} from './store.ts';
