import type { Store, StoreDeps, StoreOptions } from './types.ts';

export async function openStore(_options: StoreOptions, _deps: StoreDeps): Promise<Store> {
  throw new Error('being written');
}
