export { Table } from './table.ts';
export type { ListedRow, TableOptions, TableRow } from './table.ts';
// For the matcher:
export { folded, hexDigit, isAlphanumeric, isHex, isLocalByte, isTokenByte, isUrlEnd, isUrlTrailer } from './bytes.ts';
export { NO_PORT } from './encode.ts';
export { entryFlags, entryTags, resized, TAIL_UNIT_BYTES } from './entry-list.ts';
export { IPV6_SITE_BITS } from './gates.ts';
export { finish, step } from './hash.ts';
export { partialGroupOf } from './entry-set.ts';
export { finishIpv6, hashIpv6Start, hashUrlStart, stepIpv6 } from './keys.ts';
export type { EntrySet } from './entry-set.ts';
