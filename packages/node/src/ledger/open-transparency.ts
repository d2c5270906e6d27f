import { join } from 'node:path';
import type { Clock } from '@comity/protocol/base';
import type { NoteSigner } from '@comity/protocol/tlog';
import type { Seal, Store } from '../store/index.ts';
import type { Ask } from './ask.ts';
import type { Disk } from './disk/disk.ts';
import { openFileDisk } from './disk/file-disk.ts';
import { openKeyRing } from './keys/key-ring.ts';
import { createNativeCrypto } from '../keys/index.ts';
import type { Ledger } from './ledger.ts';
import type { LogOwner, Monitor, WatchedLog } from './monitor/monitor.ts';
import { openMonitor } from './monitor/open-monitor.ts';
import { openLedger } from './open-ledger.ts';
import type { Timers } from './timers.ts';
import { openWitness } from './witness/open-witness.ts';
import type { OwnWitness, WitnessedLogSource } from './witness/open-witness.ts';

export interface TransparencyDeps {
  readonly store: Pick<Store, 'reader' | 'write' | 'dir'>;
  /** Of the store's data folder. */
  readonly seal: Seal;
  readonly randomBytes: (count: number) => Uint8Array;
  readonly ask: Ask;
  readonly clock: Clock;
  readonly timers: Timers;
  /** Which logs of others this node witnesses and watches; undefined for an origin nobody told us of. */
  readonly findLog: (origin: string) => (WitnessedLogSource & WatchedLog) | undefined;
  /** Who may owe entries, by the word they are expected under. */
  readonly findOwner: (owner: string) => LogOwner | undefined;
  readonly onFault: (error: unknown) => void;
}

/** A node's own log, its part in those of others, and the files everybody may read. */
export interface Transparency {
  readonly ledger: Ledger;
  readonly witness: OwnWitness;
  readonly monitor: Monitor;
  /** Whoever signs for the keys in use, the log's and the witness's. */
  signers(): readonly NoteSigner[];
  /** `1/checkpoint`, `1/tile/…`: what is served. */
  readonly files: Pick<Disk, 'read'>;
  /** @param host - Host and port others reach the node at: the name of what has none yet. */
  start(host: string): Promise<void>;
  close(): Promise<void>;
}

/** Opens all of the ledger on a store whose schemas include `ledgerSchema`; files are in `ledger` in its folder. */
export function openTransparency(deps: TransparencyDeps): Transparency {
  const { store, findLog } = deps;
  const crypto = createNativeCrypto();
  const keys = openKeyRing(store, { ...deps, crypto });
  const files = openFileDisk(join(store.dir, 'ledger'));
  let name = 'localhost';
  const ledger = openLedger({ origin: () => `${name}/ledger/1` }, { ...deps, keys, crypto, disk: files });
  const monitor = openMonitor({}, { ...deps, crypto });
  const onSigned = (note: string): void => {
    monitor.observe(note).catch(deps.onFault);
  };
  const witness = openWitness({ ...deps, keys, crypto, findLog, onSigned });
  return {
    ledger,
    witness,
    monitor,
    files,
    signers() {
      const log = ledger.log();
      const witnessName = keys.nameOf('witness');
      return [
        ...(log === undefined ? [] : keys.signers(log.origin)),
        ...(witnessName === undefined ? [] : keys.signers(witnessName)),
      ];
    },
    async start(host) {
      name = host;
      await witness.start(`${host}/witness`);
      await ledger.start();
      monitor.start();
    },
    async close() {
      await Promise.all([ledger.close(), monitor.close()]);
    },
  };
}
