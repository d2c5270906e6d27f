import { assert, asOwnError, ComityError, quote } from '@comity/protocol/base';
import type { Clock } from '@comity/protocol/base';
import { printPolicy, printTlogProof, printVerifierKey } from '@comity/protocol/tlog';
import type { TlogCrypto } from '@comity/protocol/tlog';
import type { Store } from '../store/index.ts';
import { createAlarms } from './alarms.ts';
import type { Ask } from './ask.ts';
import type { Disk } from './disk/disk.ts';
import type { KeyRing } from './keys/key-ring.ts';
import type { Ledger } from './ledger.ts';
import { openActs } from './log/acts.ts';
import { checkOwnLog } from './log/check-own-log.ts';
import { addEntry, lastEntryId, readEntries } from './log/entries.ts';
import { addLog, findLog, readLogs } from './log/log-book.ts';
import type { OwnLog, Published } from './log/log-book.ts';
import { createProofs } from './log/proofs.ts';
import { Publisher } from './log/publisher.ts';
import { createSequencer } from './log/sequencer.ts';
import { createTileWriter, readTile, widestOf } from './log/tile-writer.ts';
import { Rounds } from './rounds.ts';
import type { Timers } from './timers.ts';
import { WitnessClient } from './witnesses/witness-client.ts';
import { openWitnessBook, policyOfEpoch } from './witnesses/witness-book.ts';

export interface LedgerOptions {
  /** Name of the first log, for ever once it has an entry: the URL it is read under without scheme, which ends in `/1`. */
  readonly origin: () => string;
  /** Tiles kept in memory for proofs; default 4,096 of 30 KiB. */
  readonly tilesMax?: number;
}

export interface LedgerDeps {
  readonly store: Pick<Store, 'reader' | 'write'>;
  /** A folder a log, by its number. */
  readonly disk: Disk;
  readonly keys: KeyRing;
  readonly crypto: TlogCrypto;
  readonly ask: Ask;
  readonly clock: Clock;
  readonly timers: Timers;
  /** Told of what is a fault of the program; the ledger comes back through recovery. */
  readonly onFault: (error: unknown) => void;
}

/** Keys of one making: of each kind one. */
const keysOfOne = 2;
/** An act waits so long for others to come with it into the log, unless this many wait. */
const gatherMs = 100;
const gatherMax = 256;
/** A checkpoint waits so long for what comes next: who waits for an act waits for its place, and witnesses are asked less often. */
const publishGatherMs = 300;
/** Between two checkpoints of a busy log, and of one at rest, whose readers ask that it was seen of late. */
const publishEveryMs = 1000;
const refreshEveryMs = 600_000;
/** Where a round takes long, everybody's processors are busy: it is not to be more than a fifth of what they do. */
const restMs = (tookMs: number): number => Math.min(Math.max(publishEveryMs, 4 * tookMs), 10 * publishEveryMs);
/** After a failed round: doubled each time, up to the longest. */
const retryMs = 1000;
const retryMsMax = 30_000;

/**
 * Opens the ledger of a store whose schemas include `ledgerSchema`. Acts can be appended at once; they come into a log after `start`.
 *
 * What is broken (an old copy of the data, keys that cannot be opened, a full disk) stops the ledger and is told by its alarms; the rest of
 * the node goes on, and no act is lost.
 */
export function openLedger(options: LedgerOptions, deps: LedgerDeps): Ledger {
  const { store, disk, keys, crypto, clock, timers } = deps;
  const alarms = createAlarms({ clock });
  const witnesses = openWitnessBook(store, { clock, crypto, onChange: () => publishSoon() });
  const listeners = new Set<() => void>();
  const acts = openActs(store);
  const current = (): OwnLog | undefined => findLog(store.reader);

  const tiles = createTileWriter(store, { disk, sha256: crypto.sha256 });
  const proofs = createProofs(
    { ...(options.tilesMax !== undefined && { tilesMax: options.tilesMax }) },
    { read: (tile) => readTile(disk, current()!, widestOf(tile, tiles.size)), sha256: crypto.sha256 },
  );
  const client = new WitnessClient({
    ask: deps.ask,
    clock,
    crypto,
    alarms,
    consistency: (fromSize, size) => proofs.consistency(fromSize, size),
    root: (size) => proofs.root(size),
  });
  const sequencer = createSequencer(store, crypto);
  const publisher = new Publisher({ store, disk, tiles, proofs, keys, witnesses, client, alarms, crypto, clock });

  let unsequenced = 0;
  let failures = 0;
  /** Not before: a busy log waits for its second, a failed round for its time. */
  let nextPublishMs = 0;
  let isStarted = false;
  /** The log as it was when it was last told of: proofs are made by the hundred thousand, and need not ask the store. */
  let shown: OwnLog | undefined;
  let isStopped = false;

  const tell = (): void => {
    shown = current()!;
    acts.noteProgress(shown);
    for (const listener of listeners) listener();
  };

  /** Unknown state: both begin anew with what the store and the disk hold, after a while. */
  const fail = (error: unknown): number => {
    if (!(error instanceof ComityError)) deps.onFault(error);
    const reason = error instanceof ComityError ? error.message : 'an error of the program: its log says more';
    alarms.raise('stopped', current()?.origin ?? '', reason);
    failures += 1;
    // Another process has the log: whatever it says, this one says nothing more.
    if (error instanceof ComityError && error.code === 'DATA_LOCKED') isStopped = true;
    sequencer.forget();
    publisher.forget();
    return Math.min(retryMs * 2 ** (failures - 1), retryMsMax);
  };

  const sequencing = new Rounds(
    async () => {
      if (isStopped) return;
      try {
        unsequenced = 0;
        const { log, more } = await sequencer.sequence();
        if (more) sequencing.ask(0);
        if (log.size > (log.published?.size ?? -1)) publishSoon();
        tell();
      } catch (error) {
        sequencing.ask(fail(error));
      }
    },
    { clock, timers },
  );
  const publishing = new Rounds(
    async () => {
      if (isStopped) return;
      try {
        const begunMs = clock();
        const outcome = await publisher.publish();
        const tookMs = clock() - begunMs;
        alarms.clear('stopped', current()?.origin ?? '');
        failures = outcome === 'no-quorum' ? failures + 1 : 0;
        const pauseMs = outcome === 'no-quorum' ? Math.min(retryMs * 2 ** (failures - 1), retryMsMax) : restMs(tookMs);
        nextPublishMs = clock() + pauseMs;
        const { size, published } = current()!;
        // After a start members are shown nothing before a witness was heard, also when nothing is new.
        const isDue = outcome === 'no-quorum' || size > (published?.size ?? -1);
        if (outcome !== 'frozen') publishing.ask(isDue ? pauseMs : refreshEveryMs);
        tell();
      } catch (error) {
        const pauseMs = fail(error);
        nextPublishMs = clock() + pauseMs;
        publishing.ask(pauseMs);
      }
    },
    { clock, timers },
  );

  const publishSoon = (): void => {
    if (isStarted) publishing.ask(Math.max(publishGatherMs, nextPublishMs - clock()));
  };

  const makeFirst = async (): Promise<void> => {
    const origin = options.origin();
    const log = current();
    if (log === undefined) await store.write((db) => addLog(db, origin, crypto.sha256));
    else if (isUnsaid(log) && log.origin !== origin && witnesses.epochs().length === 0) {
      // Nothing was said under the name yet, and nobody was asked to witness it.
      await store.write((db) =>
        db
          .prepare(
            `update ledger_log set origin = ?, published_size = null, published_us = null, published_note = null
             where number = 1 and size = 0`,
          )
          .run(origin),
      );
    }
    const { origin: name } = current()!;
    if (keys.keys(name).length === 0) await keys.add(name, 'log');
    shown = current();
  };

  const publishedOf = (size: number): Published => {
    if (size > (shown?.published?.size ?? -1)) shown = current();
    const published = shown?.published;
    if (published !== undefined && size <= published.size) return published;
    throw new ComityError('NOT_FOUND', `Cannot prove: ${size} entries of the ledger are not published yet`);
  };

  return {
    alarms,
    witnesses,
    append(db, entry) {
      const id = addEntry(db, entry);
      unsequenced += 1;
      if (isStarted) sequencing.ask(unsequenced >= gatherMax ? 0 : gatherMs);
      return acts.pendingOf(id);
    },
    find: (id) => (acts.stateOf(id) === undefined ? undefined : acts.pendingOf(id)),
    stateOf: (id) => acts.stateOf(id),
    entryOf: (id) => (id < 1 || id > lastEntryId(store.reader) ? undefined : readEntries(store.reader, id, 1)[0]),
    status() {
      const logs = readLogs(store.reader);
      const log = logs.at(-1);
      const epoch = witnesses.epoch();
      return {
        logs,
        keys: log === undefined ? [] : keys.keys(log.origin).map(printVerifierKey),
        waiting: lastEntryId(store.reader) - (log === undefined ? 0 : log.firstId + log.size - 1),
        witnesses: epoch.witnesses.map((witness) => ({ ...witness, last: client.stateOf(witness) })),
        quorum: epoch.quorum,
        alarms: alarms.list(),
      };
    },
    log: () => (shown ??= current()),
    onChange(fn) {
      listeners.add(fn);
      return () => listeners.delete(fn);
    },
    checkpoint: () => current()?.published?.note,
    sign: () => publisher.sign(),
    async proofFor(index) {
      assert(Number.isSafeInteger(index) && index >= 0, 'an index counts from 0');
      const { size, note } = publishedOf(index + 1);
      return printTlogProof({ extra: undefined, index, hashes: await proofs.inclusion(index, size), checkpoint: note });
    },
    async inclusion(index, size) {
      // What was signed beyond what is published has its files too.
      if (size > publisher.signedSize) publishedOf(size);
      return await proofs.inclusion(index, size);
    },
    consistency: async (fromSize, size) => (publishedOf(size), await proofs.consistency(fromSize, size)),
    policy(atUs) {
      const epoch =
        atUs === undefined ? witnesses.epoch() : witnesses.epochs().findLast(({ fromUs }) => fromUs <= atUs);
      const logKeys = keys.everyKey(current()?.origin ?? '');
      return epoch && printPolicy(policyOfEpoch(logKeys, epoch), crypto.sha256);
    },
    async rotateKeys() {
      await makeFirst();
      const { origin: name } = current()!;
      if (keys.keys(name).length > keysOfOne)
        throw new ComityError('CONFLICT', 'Cannot make keys of the ledger: retire the ones before the last first');
      await keys.add(name, 'log');
      publishSoon();
    },
    async retireKeys() {
      await makeFirst();
      if ((await keys.retireOld(current()!.origin)) === 0)
        throw new ComityError('CONFLICT', 'Cannot retire keys of the ledger: it has no newer ones');
      publishSoon();
    },
    async restart() {
      const log = current();
      if (log?.frozen === undefined) {
        throw new ComityError(
          'CONFLICT',
          `Cannot begin the ledger anew: ${log === undefined ? 'there is none' : `${quote(log.origin)} is not frozen`}`,
        );
      }
      const origin = log.origin.replace(/\d+$/, String(log.number + 1));
      await keys.add(origin, 'log');
      // If we stop in here, there are keys of a log that is not there yet: the next try makes further ones.
      await store.write((db) => addLog(db, origin, crypto.sha256));
      shown = current();
      alarms.clear('frozen', log.origin);
      sequencer.forget();
      publisher.forget();
      failures = 0;
      nextPublishMs = 0;
      sequencing.ask(0);
      publishing.ask(0);
      return current()!;
    },
    async *check() {
      const witnessKeys = witnesses.everyKey();
      for (const log of readLogs(store.reader)) {
        yield* checkOwnLog(log, { logKeys: keys.everyKey(log.origin), witnessKeys }, { store, disk, crypto });
      }
    },
    async start() {
      try {
        await makeFirst();
      } catch (error) {
        fail(asOwnError(error));
        throw error;
      }
      isStarted = true;
      sequencing.ask(0);
      publishing.ask(0);
    },
    async close() {
      isStopped = true;
      await Promise.all([sequencing.stop(), publishing.stop()]);
    },
  };
}

/** Nothing was said under the name of a log yet. */
function isUnsaid({ number, size, frozen }: OwnLog): boolean {
  return number === 1 && size === 0 && frozen === undefined;
}
