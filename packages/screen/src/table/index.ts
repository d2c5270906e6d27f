export { loadTable, saveTable } from './image.ts';
export type { LoadedTable } from './image.ts';
export { Table } from './table.ts';
export type { ListedRow, TableOptions, TableRow } from './table.ts';
// For the matcher:
export { folded, hexDigit, isAlphanumeric, isHex, isLocalByte, isTokenByte, isUrlEnd, isUrlTrailer } from './bytes.ts';
export { NO_PORT } from './entry-set.ts';
export { entryFlags, entryTags, TAIL_UNIT_BYTES } from './entry-list.ts';
export { IPV6_SITE_BITS } from './gates.ts';
export { finish, stepBytes, stepLabel } from './hash.ts';
export { partialGroupOf } from './entry-set.ts';
export { finishIpv6, finishUrl, hashIpv6Start, hashUrlStart, stepIpv6 } from './keys.ts';
export type { EntrySet } from './entry-set.ts';
export { numbers, sections } from './memory.ts';
export type { TableMemory } from './memory.ts';
