import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { joinAll, msUntil, startMember } from '../../tools/federation/member-process.ts';
import type { MemberProcess } from '../../tools/federation/member-process.ts';
import { round } from '../screen/measure.ts';
import { fillNode } from '../taxii/fill.ts';
import { openCountingProxy } from './counting-proxy.ts';
import { figuresOf, watchMemory } from './process-figures.ts';

/** What ends within this is no first sync any more. */
const atMostMs = 1_800_000;
/** Longer than anything is still under way after the last receipt. */
const settleMs = 3000;

/**
 * Two members join, of which one has all these objects: until the other has them in use and the receipts are back. Then the same
 * question again, when there is nothing new.
 *
 * @param profileDir - Where each node writes a CPU profile when it ends.
 */
export async function measureFirstSync(
  dir: string,
  { objects, seed, profileDir }: { readonly objects: number; readonly seed: number; readonly profileDir?: string },
): Promise<object> {
  await fillNode(join(dir, 'sender'), objects, seed, true);
  const proxy = await openCountingProxy();
  const env =
    profileDir === undefined ? {} : { NODE_OPTIONS: `--cpu-prof --cpu-prof-dir=${profileDir}`, COMITY_KEEP_PAGE: '1' };
  const members: MemberProcess[] = [];
  try {
    const args = ['--public-url', proxy.url];
    const sender = await startMember({ name: 'Sender', law: 'open', dataDir: join(dir, 'sender'), args, env });
    members.push(sender);
    proxy.port = sender.port;
    const receiver = await startMember({ name: 'Receiver', law: 'open', dataDir: join(dir, 'receiver'), env });
    members.push(receiver);
    const before = members.map(({ pid }) => figuresOf(pid));
    const watches = members.map(({ pid }) => watchMemory(pid));
    const startedMs = performance.now();
    await joinAll(members);
    const peerOf = async ({ client }: MemberProcess) => (await client.listPeers()).rows[0];
    const slowly = { everyMs: 250, atMostMs };
    const hasAll = async () => ((await peerOf(receiver))?.takenUpTo ?? 0) >= objects;
    await msUntil('the receiver has all', hasAll, slowly);
    const seconds = (performance.now() - startedMs) / 1000;
    await msUntil('the sender has the receipts', async () => (await peerOf(receiver))?.receiptsDue === 0, slowly);
    await pause(settleMs);
    const after = members.map(({ pid }) => figuresOf(pid));
    const memory = watches.map((watch) => watch.stop());
    const first = proxy.take();
    const same = await measureNothingNew(sender, receiver);
    const { bytes, outboxRequests } = proxy.take();
    const cpu = after.map(({ cpuS }, at) => round(cpuS - (before[at]?.cpuS ?? 0)));
    const { objectCount } = (await receiver.client.listIntelSources()).rows.find(({ kind }) => kind === 'member') ?? {};
    if (objectCount !== objects) throw new Error(`${objectCount} of ${objects} objects came`);
    return {
      objects,
      seconds: round(seconds),
      objects_per_second: Math.round(objects / seconds),
      bytes_on_the_wire: first.bytes,
      outbox_requests: first.outboxRequests,
      sender_cpu_seconds: cpu[0],
      receiver_cpu_seconds: cpu[1],
      sender_peak_rss_mb: after[0]?.peakRssMb,
      receiver_peak_rss_mb: after[1]?.peakRssMb,
      sender_peak_anon_mb: memory[0]?.peakAnonMb,
      receiver_peak_anon_mb: memory[1]?.peakAnonMb,
      nothing_new: { ms: round(same), bytes, outbox_requests: outboxRequests },
    };
  } finally {
    for (const member of members) await member.stop();
    proxy.close();
  }
}

async function measureNothingNew(sender: MemberProcess, receiver: MemberProcess): Promise<number> {
  const startedMs = performance.now();
  const { taken } = await receiver.client.syncPeer({ params: { id: sender.id } });
  if (taken !== 0) throw new Error(`There was something new: ${taken} items`);
  return performance.now() - startedMs;
}
