export { openAuditBook } from './audit-book.ts';
export type { AuditBook, AuditEntry, AuditFilter, AuditRow } from './audit-book.ts';
export { auditSchema } from './schema.ts';
