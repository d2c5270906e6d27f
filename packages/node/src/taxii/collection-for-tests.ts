import type { Collection } from './taxii.ts';

/** A collection of everything, the owner's alone. */
export const wholeCollection: Collection = {
  id: '00000000-0000-4000-8000-000000000001',
  alias: undefined,
  title: 'All',
  description: '',
  types: [],
  kinds: [],
  source: undefined,
  audience: [],
  takesObjects: false,
};
