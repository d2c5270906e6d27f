import { hexOf, timestampOfUs } from '@comity/protocol/base';
import type { Clock } from '@comity/protocol/base';
import { tileWidth } from '@comity/protocol/tlog';
import type { TlogCrypto } from '@comity/protocol/tlog';
import type { Store } from '../../store/index.ts';
import type { Alarms } from '../alarms.ts';
import type { Ask } from '../ask.ts';
import type { LogOwner, WatchedLog } from './monitor.ts';
import { dropPromises, isOwed, lookFrom, noteLooked, overdueOf, owingOwners, turnTo } from './promise-rows.ts';
import { RemoteTree } from './remote-tree.ts';
import { latestSeen } from './seen-rows.ts';

export interface PromiseDeps {
  readonly store: Pick<Store, 'reader' | 'write'>;
  readonly crypto: TlogCrypto;
  readonly ask: Ask;
  readonly clock: Clock;
  readonly alarms: Alarms;
  /** Which logs are watched; undefined for an origin nobody told us of. */
  readonly findLog: (origin: string) => WatchedLog | undefined;
  /** Who owes entries; undefined: nobody knows them any more, and what they owe is forgotten. */
  readonly findOwner: (owner: string) => LogOwner | undefined;
}

/** Tiles of 256 entries a log is asked for in one round, and how long it is asked: what is owed does not become a flood. */
const tilesAtOnce = 32;
const roundMsMax = 20_000;
/** What was owed so long and is not there will not come: the receipt is what is left of it. */
const keptUs = 30 * 86_400_000_000;

/**
 * Looks for what is owed in what logs have come to, and alarms about what is overdue. A log is read as hashes, from behind what it showed
 * before there was anything to find, whatever is owed: a thousand entries cost what one does.
 */
export async function watchPromises(deps: PromiseDeps): Promise<void> {
  const { store, alarms } = deps;
  const told = await Promise.all(owingOwners(store.reader).map((owner) => watchOwner(owner, deps)));
  for (const { kind, about } of alarms.list())
    if (kind === 'withheld' && !told.includes(about)) alarms.clear('withheld', about);
}

/** @returns What an alarm is about that holds. */
async function watchOwner(owner: string, deps: PromiseDeps): Promise<string | undefined> {
  const { store, clock, alarms, findOwner } = deps;
  const nowUs = clock() * 1000;
  const known = findOwner(owner);
  if (known === undefined || overdueOf(store.reader, owner, nowUs - keptUs) !== undefined)
    await store.write((db) => dropPromises(db, owner, known === undefined ? undefined : nowUs - keptUs));
  if (known === undefined) return undefined;
  const { name, origin } = known;
  if (origin !== undefined) await look(owner, origin, deps);
  const overdue = overdueOf(store.reader, owner, nowUs);
  if (overdue === undefined) return undefined;
  const { what, leafHash, dueUs, count } = overdue;
  const others = count === 1 ? '' : `; and ${count - 1} more`;
  const about = origin ?? name;
  alarms.raise(
    'withheld',
    about,
    `${name} signed a receipt for ${what}, and its ledger does not show that act (entry ${hexOf(leafHash).slice(0, 16)}) by ${timestampOfUs(dueUs)}${others}`,
  );
  return about;
}

/** Goes on through a log as far as it has shown and one round goes. */
async function look(owner: string, origin: string, deps: PromiseDeps): Promise<void> {
  const { store, clock, findLog } = deps;
  const [log, latest] = [findLog(origin), latestSeen(store.reader, origin)];
  const from = lookFrom(store.reader, owner, origin);
  if (log === undefined || latest === undefined || from === undefined || from.place >= latest.size) return;
  const tree = new RemoteTree(log, deps);
  const untilMs = clock() + roundMsMax;
  const first = Math.floor(from.place / tileWidth);
  const found: Uint8Array[] = [];
  let { place } = from;
  for (let at = first; at < first + tilesAtOnce && at * tileWidth < latest.size && clock() <= untilMs; at += 1) {
    const leaves = await tree.leaves(at, latest);
    if (leaves === undefined) break;
    found.push(...leaves.filter((hash) => isOwed(store.reader, owner, hash)));
    place = at * tileWidth + leaves.length;
  }
  // If we stop in here, the same is read again.
  if (place > from.place)
    await store.write((db) => {
      turnTo(db, owner, origin);
      noteLooked(db, owner, { found, place, lastRef: from.lastRef });
    });
}
