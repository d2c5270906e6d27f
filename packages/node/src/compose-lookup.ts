import { ComityError, quote } from '@comity/protocol/base';
import type { Clock } from '@comity/protocol/base';
import type { AuditBook } from './audit/index.ts';
import type { Intel } from './intel/index.ts';
import { openLookup } from './lookup/index.ts';
import type { LookupLink } from './lookup/index.ts';
import type { Sharing } from './sharing/index.ts';
import type { Seal, Store } from './store/index.ts';

interface LookupPartsDeps {
  readonly store: Store;
  readonly clock: Clock;
  readonly randomBytes: (count: number) => Uint8Array;
  readonly seal: Seal;
  readonly intel: Intel;
  readonly sharing: Sharing;
  readonly audit: AuditBook;
  readonly lookupLink?: LookupLink;
  readonly onFault: (message: string, error: unknown) => void;
}

/** Builds what members ask each other privately. Part of the one place that builds things. */
export function composeLookup({ store, lookupLink, audit, onFault, ...deps }: LookupPartsDeps) {
  return openLookup(
    store,
    { dir: store.dir },
    {
      ...deps,
      link: lookupLink ?? noLink,
      // Nobody publishes keys of look-ups in its ledger yet.
      commit: async () => undefined,
      findCommitted: async () => undefined,
      note: (db, entry) => audit.append(db, { by: '', via: 'node', address: '', ...entry }),
      onStopped: (error) => onFault('Cannot offer an object', error),
    },
  );
}

const noLink: LookupLink = {
  ask: async (member) => {
    throw new ComityError('NOT_FOUND', `Cannot ask ${quote(member)}: there is no way to other members`);
  },
};
