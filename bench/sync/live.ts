import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { confirmed, joinAll, msUntil, startMember, tellNew } from '../../tools/federation/member-process.ts';
import type { MemberProcess } from '../../tools/federation/member-process.ts';
import { median, round } from '../screen/measure.ts';

/** Between two publishes: what comes together is put out together, and that is not what is measured. */
const apartMs = 250;
/** How often a receiver's log gets a line with what is about to be published. */
const lineEveryMs = 5;
const recalls = 5;
/** From when everybody has something in use until nobody speaks of it any more, about. */
const settleMs = 5000;

async function withMembers<T>(
  dir: string,
  names: readonly string[],
  work: (members: readonly MemberProcess[]) => Promise<T>,
): Promise<T> {
  const members: MemberProcess[] = [];
  try {
    for (const name of names) members.push(await startMember({ name, law: 'open', dataDir: join(dir, name) }));
    await joinAll(members);
    return await work(members);
  } finally {
    await Promise.all(members.map((member) => member.stop()));
  }
}

/** From before an indicator is taken in at one member until a line with it is a match at another; everybody witnesses everybody's ledger. */
export async function measureLatency(dir: string, publishes: number): Promise<object> {
  return await withMembers(dir, ['A', 'B', 'C', 'D'], async (members) => {
    const [a, b] = members as [MemberProcess, MemberProcess];
    const found: number[] = [];
    const publish = async (): Promise<number> => {
      const startedMs = performance.now();
      const told = await tellNew(a);
      await msUntil(`${b.name} screens for it`, () => b.screens(told.value), { everyMs: lineEveryMs });
      return performance.now() - startedMs;
    };
    // The first pays for compiling.
    for (let at = 0; at < 5; at += 1) await publish();
    for (let at = 0; at < publishes; at += 1) {
      found.push(await publish());
      await pause(apartMs);
    }
    return { members: members.length, publishes, ...quantilesOf(found) };
  });
}

/** From before the origin is told to take something back until every member has said, signed, that it is out of use there. */
export async function measureRecall(dir: string, receivers: number): Promise<object> {
  const names = Array.from({ length: receivers + 1 }, (_, at) => `M${at}`);
  return await withMembers(dir, names, async ([origin, ...others]) => {
    const found: number[] = [];
    for (let at = 0; at < recalls; at += 1) {
      const told = await tellNew(origin!);
      for (const member of others) await msUntil(`${member.name} screens for it`, () => member.screens(told.value));
      // The members pass it on to each other, and answer that: another storm than the one that is measured.
      await pause(settleMs);
      const startedMs = performance.now();
      await origin!.client.recallObject({ params: { id: told.id }, body: { reason: 'mistake' } });
      await confirmed(origin!, told, receivers);
      found.push(performance.now() - startedMs);
    }
    return { receivers, recalls, ...quantilesOf(found) };
  });
}

function quantilesOf(found: number[]): object {
  const sorted = found.toSorted((one, other) => one - other);
  const p99 = sorted[Math.ceil(sorted.length * 0.99) - 1] ?? Number.NaN;
  return { p50_ms: round(median(found)), p99_ms: round(p99), most_ms: round(sorted.at(-1) ?? Number.NaN) };
}
