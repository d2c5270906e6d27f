import type { Store } from '../store/index.ts';
import type { IntelFeed } from './types.ts';

/** The screen's view of a store, which may be read-only and belong to a worker. */
export function createFeed(_store: Pick<Store, 'reader'>): IntelFeed {
  throw new Error('being written');
}
