import { ComityError, quote } from '@comity/protocol/base';
import {
  findEquivocation,
  openCheckpoint,
  parseCheckpoint,
  parseNote,
  printCheckpoint,
  printNote,
} from '@comity/protocol/tlog';
import type { Equivocation, OpenedCheckpoint, VerifierKey } from '@comity/protocol/tlog';
import { createAlarms } from '../alarms.ts';
import { Rounds } from '../rounds.ts';
import type { Timers } from '../timers.ts';
import type { Monitor, Observation, SeenCheckpoint, WatchedLog } from './monitor.ts';
import { addPromise } from './promise-rows.ts';
import { RemoteTree } from './remote-tree.ts';
import {
  addEvidence,
  addSeen,
  everyLatest,
  findSeen,
  firstDue,
  freshenSeen,
  latestSeen,
  markProven,
  readEvidence,
  unprovenLogs,
  unprovenOf,
} from './seen-rows.ts';
import { watchPromises } from './watch-promises.ts';
import type { PromiseDeps } from './watch-promises.ts';

export interface MonitorOptions {
  /** How often a log has itself witnessed, in ms; default ten minutes. A view older than two of them is stale. */
  readonly intervalMs?: number;
}

export interface MonitorDeps extends Omit<PromiseDeps, 'alarms'> {
  readonly timers: Timers;
  readonly onFault: (error: unknown) => void;
}

const intervalMsDefault = 600_000;
/** A log has so long to prove that it only grew. */
const proofDueUs = 600_000_000;
/** Clocks differ; a time further ahead is nobody's. */
const aheadSecondsMax = 300;
const checkEveryMs = 60_000;
/** After a start, and when a log showed more that is told to owe something. */
const checkSoonMs = 5000;
/** Proofs a log is asked for in one round. */
const proofsAtOnce = 16;

export function openMonitor(options: MonitorOptions, deps: MonitorDeps): Monitor {
  const { store, crypto, clock, findLog } = deps;
  const staleMs = 2 * (options.intervalMs ?? intervalMsDefault);
  const alarms = createAlarms({ clock });
  const nowUs = (): number => clock() * 1000;
  const evidence = (): Equivocation[] => readEvidence(store.reader);
  const isTrusted = (origin: string): boolean => evidence().every((each) => each.origin !== origin);
  const tellEquivocation = ({ origin, size }: Equivocation): void =>
    alarms.raise('equivocation', origin, `it signed two trees of ${size} entries`);
  for (const each of evidence()) tellEquivocation(each);

  const isFresh = (origin: string): boolean => {
    const seconds = latestSeen(store.reader, origin)?.cosignedSeconds;
    return seconds !== undefined && clock() - seconds * 1000 <= staleMs;
  };

  /** Keeps what was shown, or finds that it contradicts what was kept. */
  const keep = async (shown: SeenCheckpoint, log: WatchedLog): Promise<Observation> =>
    await store.write((db): Observation => {
      const { origin, size } = shown;
      const known = findSeen(db, origin, size);
      if (known !== undefined) {
        const found = findEquivocation([known.note, shown.note], { origin, keys: everyKeyOf(log) }, crypto);
        if (found === undefined) freshenSeen(db, shown);
        else addEvidence(db, found, nowUs());
        return found === undefined ? { kind: 'known' } : { kind: 'equivocation', evidence: found };
      }
      // The first there is has nothing to be consistent with.
      const isProven = latestSeen(db, origin) === undefined;
      const dueUs = nowUs() + proofDueUs;
      addSeen(db, { ...shown, isProven, dueUs });
      return isProven ? { kind: 'proven' } : { kind: 'unproven', dueUs };
    });

  /** Whether a log shows that a checkpoint and the latest are of one history. */
  const prove = async (seen: SeenCheckpoint): Promise<boolean> => {
    const { origin } = seen;
    const [log, latest] = [findLog(origin), latestSeen(store.reader, origin)];
    if (log === undefined || latest === undefined) return false;
    if (!(await new RemoteTree(log, deps).isOneHistory(latest, seen))) return false;
    await store.write((db) => markProven(db, seen, nowUs()));
    return true;
  };

  const observe = async (note: string): Promise<Observation> => {
    const read = readShown(note, deps, findLog);
    if ('reason' in read) return { kind: 'refused', reason: read.reason };
    const { opened, log } = read;
    const { origin, size, root } = opened.checkpoint;
    const cosignedSeconds = newestTime(opened);
    if (cosignedSeconds !== undefined && cosignedSeconds > clock() / 1000 + aheadSecondsMax)
      return { kind: 'refused', reason: 'it states a time that has not come' };
    const own = ownNote(opened);
    const seen = { origin, size, root, note: own, seenUs: nowUs(), cosignedSeconds, isProven: false };
    const kept = await keep(seen, log);
    if (kept.kind === 'equivocation') tellEquivocation(kept.evidence);
    if (kept.kind === 'unproven' && (await prove(seen))) {
      if (alarms.list().some(({ kind, about }) => kind === 'withheld' && about === origin)) rounds.ask(checkSoonMs);
      return { kind: 'proven' };
    }
    if (isFresh(origin)) alarms.clear('stale', origin);
    return kept;
  };

  /** One log cannot keep the others waiting, however much it has to prove and however slowly it does. */
  const checkUnproven = async (): Promise<void> => {
    const proveSome = async (origin: string): Promise<void> => {
      for (const seen of unprovenOf(store.reader, origin, proofsAtOnce)) await prove(seen);
      const first = firstDue(store.reader, origin);
      if (first === undefined || nowUs() < first.dueUs) alarms.clear('unproven', origin);
      else
        alarms.raise('unproven', origin, `it has not shown that its tree of ${first.size} entries is of one history`);
    };
    const logs = unprovenLogs(store.reader);
    for (const { kind, about } of alarms.list())
      if (kind === 'unproven' && !logs.includes(about)) alarms.clear('unproven', about);
    await Promise.all(logs.map(proveSome));
  };

  const check = async (): Promise<void> => {
    await checkUnproven();
    await watchPromises({ ...deps, alarms });
    for (const { origin } of everyLatest(store.reader)) {
      const isWitnessed = (findLog(origin)?.witnessKeys.length ?? 0) > 0;
      if (!isWitnessed || isFresh(origin)) alarms.clear('stale', origin);
      else alarms.raise('stale', origin, 'no known witness has cosigned what it shows within two intervals');
    }
  };

  const rounds = new Rounds(async () => {
    rounds.ask(checkEveryMs);
    await check().catch(deps.onFault);
  }, deps);

  return {
    observe,
    check,
    alarms,
    isFresh,
    isTrusted,
    evidence,
    latest: (origin) => latestSeen(store.reader, origin),
    list: () => everyLatest(store.reader),
    expect: (db, entry) => addPromise(db, entry, deps.findOwner(entry.owner)?.origin),
    start: () => rounds.ask(checkSoonMs),
    close: () => rounds.stop(),
  };
}

/** A checkpoint whose log is known and signed it, or why it is none. */
function readShown(
  note: string,
  { crypto }: Pick<MonitorDeps, 'crypto'>,
  findLog: MonitorDeps['findLog'],
): { readonly opened: OpenedCheckpoint; readonly log: WatchedLog } | { readonly reason: string } {
  try {
    const { origin } = parseCheckpoint(parseNote(note).text);
    const log = findLog(origin);
    if (log === undefined) return { reason: `the log ${quote(origin)} is not known here` };
    const opened = openCheckpoint(note, { origin, keys: everyKeyOf(log) }, log.witnessKeys, crypto);
    if (!isSignedInForce(opened, log)) return { reason: 'the key it is signed with was rotated away' };
    return { log, opened };
  } catch (error) {
    if (error instanceof ComityError) return { reason: error.message };
    throw error;
  }
}

function everyKeyOf({ keys, formerKeys }: WatchedLog): VerifierKey[] {
  return [...keys, ...formerKeys.map(({ key }) => key)];
}

/** Whoever stole a key dates what he signs with it as he likes: only a witness can say that there was such a checkpoint while the key held. */
function isSignedInForce({ ofLog, ofWitnesses }: OpenedCheckpoint, { keys, formerKeys }: WatchedLog): boolean {
  const times = ofWitnesses.flatMap(({ timeSeconds = 0 }) => (timeSeconds === 0 ? [] : timeSeconds));
  const isAmong = (known: readonly VerifierKey[]): boolean => ofLog.some(({ key }) => known.includes(key));
  const inTime = formerKeys.filter(({ untilSeconds }) => times.some((seconds) => seconds <= untilSeconds));
  return isAmong(keys) || isAmong(inTime.map(({ key }) => key));
}

/** What known keys signed, and no line anybody added. */
function ownNote({ checkpoint, ofLog, ofWitnesses }: OpenedCheckpoint): string {
  const signatures = [...ofLog, ...ofWitnesses].map(({ signature }) => signature);
  return printNote({ text: printCheckpoint(checkpoint), signatures });
}

/** 0 states no time. */
function newestTime({ ofWitnesses }: OpenedCheckpoint): number | undefined {
  const times = ofWitnesses.flatMap(({ timeSeconds = 0 }) => (timeSeconds === 0 ? [] : timeSeconds));
  return times.length === 0 ? undefined : Math.max(...times);
}
