import type { Store } from '../store/index.ts';
import type { Intel, IntelDeps } from './types.ts';

/** Opens the intelligence subject on a store whose schemas include `intelSchema`. */
export async function createIntel(_store: Store, _deps: IntelDeps): Promise<Intel> {
  throw new Error('being written');
}
