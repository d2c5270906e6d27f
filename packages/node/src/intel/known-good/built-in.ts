import type { Warninglist } from '@comity/protocol/misp';

export const builtInLists: readonly Warninglist[] = [];
