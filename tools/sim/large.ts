import { createRandom } from '@comity/testkit';
import { objectId, objectText } from './objects.ts';
import { SimMember } from './sim-member.ts';
import type { Observer, SimWorld } from './sim-world.ts';
import { fair, SimNetwork } from './sim-network.ts';
import { SimTime } from './sim-time.ts';
import { createStandInCrypto } from './stand-in-crypto.ts';

export interface LargeOptions {
  readonly members: number;
  readonly objects: number;
  readonly days: number;
  /** Objects that get a new version each day, and those that are taken back. */
  readonly changes: number;
  readonly recalls: number;
}

/** What it cost a member a day, on average, once everybody had everything. */
export interface LargeCost {
  readonly objects: number;
  readonly days: number;
  readonly bytes: number;
  readonly requests: number;
  readonly signed: number;
  readonly verified: number;
  readonly cpuMs: number;
  /** Objects that are not where they should be at the end. */
  readonly missing: number;
}

const dayMs = 86_400_000;
/** Neighbours on each side that a member exchanges with. */
const reach = 2;
const witnesses = 2;

/**
 * A large federation over a long time: each member exchanges with a few others, some are away for a day, messages are lost. Nobody judges
 * each step; what is counted is the cost.
 */
export async function runLarge(options: LargeOptions, onDay: (day: number) => void): Promise<LargeCost> {
  const { days, changes, recalls } = options;
  const random = createRandom(options.objects);
  const time = new SimTime();
  const network = new SimNetwork(time, createRandom(2));
  const keys = createStandInCrypto();
  const members: SimMember[] = [];
  const observer: Observer = {
    signed: () => undefined,
    delivered: () => undefined,
    cosigned: () => undefined,
    fault: (member, message, error) => {
      throw new Error(`${member.host}: ${message}`, { cause: error });
    },
  };
  const world: SimWorld = { time, network, keys, kinds: ['note', 'cosignature-ed25519'], members, observer };
  for (let number = 0; number < options.members; number += 1) members.push(new SimMember(number, world));
  for (const [at, member] of members.entries()) {
    for (let step = 1; step <= reach; step += 1) {
      const peer = members[(at + step) % members.length]!;
      member.peers.add(peer);
      peer.peers.add(member);
    }
  }
  for (const member of members) await member.start();
  for (const member of members) await member.introduce([...member.peers].slice(0, witnesses));

  const revisions = new Map<number, number>();
  const recalled = new Set<number>();
  const textOf = (object: number): string => {
    const revision = (revisions.get(object) ?? 0) + 1;
    revisions.set(object, revision);
    recalled.delete(object);
    // AMBER goes to whom it is told and no further: the cost is that of the members it is for.
    return objectText(object, revision, 'amber');
  };
  const tellAll = async (objects: readonly number[]): Promise<void> => {
    for (const member of members) {
      if (!member.isUp) continue;
      const own = objects.filter((object) => object % members.length === member.number);
      if (own.length > 0) await untilDone(time, member.tell(own.map(textOf)));
    }
  };

  await tellAll(Array.from({ length: options.objects }, (_, object) => object));
  await exchange(members, time);
  const before = countsOf(network, keys.counts, members);
  for (let day = 0; day < days; day += 1) {
    network.weather = { ...fair, drop: 20 };
    for (const member of members) {
      if (random.below(50) === 0) member.stopAfter(random.below(4), true);
      else if (!member.isUp) await member.start();
    }
    await tellAll(Array.from({ length: changes }, () => random.below(options.objects)));
    for (let count = 0; count < recalls; count += 1) {
      const object = random.below(options.objects);
      const owner = members[object % members.length]!;
      if (!owner.isUp || recalled.has(object)) continue;
      recalled.add(object);
      await untilDone(time, owner.parts.federation.recall(objectId(object), 'mistake'));
    }
    await exchange(members, time);
    await time.leap(dayMs);
    onDay(day + 1);
  }
  const after = countsOf(network, keys.counts, members);
  network.weather = fair;
  for (const member of members) await member.start();
  await time.advance(15_000);
  for (let round = 0; round < 3; round += 1) await exchange(members, time);
  const missing = missingOf(options, members, recalled);
  for (const member of members) member.close();
  const each = (name: keyof typeof after): number => (after[name] - before[name]) / (options.members * days);
  return {
    objects: options.objects,
    days,
    bytes: each('bytes'),
    requests: each('requests'),
    signed: each('signed'),
    verified: each('verified'),
    cpuMs: each('cpuMs'),
    missing,
  };
}

/** Puts out what is new and has it fetched, as hints would have it. */
async function exchange(members: readonly SimMember[], time: SimTime): Promise<void> {
  for (let round = 0; round < 2; round += 1) {
    for (const member of members) {
      if (member.isUp) await untilDone(time, member.parts.federation.publish());
    }
    await time.advance(200);
    for (const member of members) {
      if (!member.isUp) continue;
      const { federation } = member.parts;
      for (const state of federation.states()) {
        const peer = [...member.peers].find(({ id }) => id === state.member);
        const isNews = peer?.isUp === true && peer.parts.federation.lastPut(member.id) !== state.after;
        if (!isNews && state.receiptsDue === 0) continue;
        const signal = new AbortController().signal;
        const work = federation.pull(state.member, signal).then(() => federation.sendReceipts(state.member, signal));
        await untilDone(
          time,
          work.catch(() => undefined),
        );
      }
    }
    await time.advance(1500);
  }
}

/** A member that stops in the middle never answers. */
async function untilDone(time: SimTime, work: Promise<unknown>): Promise<void> {
  let isDone = false;
  work.then(
    () => (isDone = true),
    () => (isDone = true),
  );
  for (let tries = 0; !isDone && tries < 20; tries += 1) await time.advance(tries < 10 ? 1 : 1000);
}

function countsOf(
  network: SimNetwork,
  { signed, verified }: { signed: number; verified: number },
  members: readonly SimMember[],
) {
  const { user, system } = process.cpuUsage();
  const bytes = members.reduce((sum, { bytesSent }) => sum + bytesSent, 0);
  return { requests: network.requests, signed, verified, bytes, cpuMs: (user + system) / 1000 };
}

function missingOf({ objects }: LargeOptions, members: readonly SimMember[], recalled: ReadonlySet<number>): number {
  let missing = 0;
  for (let object = 0; object < objects; object += 1) {
    for (const peer of members[object % members.length]!.peers) {
      const row = peer.intel.rows.get(objectId(object));
      const isUsed = row !== undefined && peer.intel.isUsed(row);
      if (isUsed === recalled.has(object)) missing += 1;
    }
  }
  return missing;
}
