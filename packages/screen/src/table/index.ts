export { Table } from './table.ts';
export type { ListedRow, TableOptions, TableRow } from './table.ts';
