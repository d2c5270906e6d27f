export { Table } from './table.ts';
export type { ListedRow, TableOptions, TableRow } from './table.ts';
// For the matcher:
export { hexDigit, isAlphanumeric, isHex, isLocalByte, isTokenByte, isUrlEnd, isUrlTrailer } from './bytes.ts';
export { NO_PORT } from './encode.ts';
export { entryFlags, entryTags, resized, TAIL_UNIT_BYTES } from './entry-list.ts';
export { finish, step } from './hash.ts';
export { hashUrlStart } from './keys.ts';
export type { EntrySet } from './entry-set.ts';
