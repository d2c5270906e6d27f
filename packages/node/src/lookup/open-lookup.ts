import { randomInt } from 'node:crypto';
import type { ComityError } from '@comity/protocol/base';
import type { Clock } from '@comity/protocol/base';
import type { AuditEntry } from '../audit/index.ts';
import type { Intel } from '../intel/index.ts';
import type { Sharing } from '../sharing/index.ts';
import type { Connection, Seal, Store } from '../store/index.ts';
import { openEpochBook } from './epoch-book.ts';
import { openGenerationFiles } from './generation-files.ts';
import { openKnownKeys } from './known-keys.ts';
import type { KnownKeysDeps } from './known-keys.ts';
import type { KeyLedger, Lookup, LookupActor, LookupLink } from './lookup.ts';
import { openAsker } from './open-asker.ts';
import { openHolder } from './open-holder.ts';
import { openOprfDesk } from './oprf-desk.ts';
import { lookupQuotaDefault, openUseBook } from './use-book.ts';
import type { LookupQuota } from './use-book.ts';

/** Values offered to one recipient: their records are 96 MB. */
const valuesMaxDefault = 250_000;

export interface LookupOptions {
  /** Data folder. */
  readonly dir: string;
  readonly quota?: LookupQuota;
  readonly valuesMax?: number;
}

export interface LookupDeps {
  readonly clock: Clock;
  readonly randomBytes: (count: number) => Uint8Array;
  readonly seal: Seal;
  readonly intel: Pick<Intel, 'stored' | 'held' | 'writes' | 'lookup'>;
  readonly sharing: Pick<Sharing, 'openExit' | 'recipients' | 'edition'>;
  readonly link: LookupLink;
  readonly ledger: KeyLedger;
  readonly findCommitted: KnownKeysDeps['findCommitted'];
  /** Writes a row of the audit trail in a transaction. */
  readonly note: (db: Connection, entry: Pick<AuditEntry, 'act' | 'about' | 'details'> & Partial<LookupActor>) => void;
  readonly onStopped: (error: ComityError) => void;
}

/** Opens private look-ups on a store whose schemas include `lookupSchema`. */
export function openLookup(store: Pick<Store, 'reader' | 'write'>, options: LookupOptions, deps: LookupDeps): Lookup {
  const nowUs = (): number => Math.floor(deps.clock() * 1000);
  const desk = openOprfDesk();
  const uses = openUseBook(store, {
    nowUs,
    quota: options.quota ?? lookupQuotaDefault,
    onAlarm: (db, { recipient, ...details }) =>
      deps.note(db, { act: 'lookup.much-asked', about: recipient, details: { ...details } }),
  });
  const holder = openHolder(store, {
    ...deps,
    nowUs,
    epochs: openEpochBook(store, {
      ...deps,
      nowUs,
      deriveKey: (seed, info) => desk.do({ kind: 'key', seed, info }),
    }),
    uses,
    files: openGenerationFiles(options.dir),
    desk,
    valuesMax: options.valuesMax ?? valuesMaxDefault,
  });
  const asker = openAsker({
    nowUs,
    link: deps.link,
    desk,
    keys: openKnownKeys(store, { nowUs, findCommitted: deps.findCommitted }),
    isKnown: async (value) =>
      (await deps.intel.lookup(value)).some(({ objects }) => objects.some(({ state }) => state === 'active')),
    randomInt: (below) => randomInt(below),
    noteAsked: (by, member, values) =>
      store.write((db) => deps.note(db, { ...by, act: 'lookup.asked', about: member, details: { values } })),
  });
  return {
    holder,
    asker,
    async close() {
      await Promise.all([holder.close(), desk.close()]);
    },
  };
}
