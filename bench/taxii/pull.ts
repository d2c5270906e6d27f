import { join } from 'node:path';
import { round } from '../screen/measure.ts';
import { watchMemory } from '../sync/process-figures.ts';
import { fillNode } from './fill.ts';
import { startServer } from './start-server.ts';

/**
 * One node pulls a whole collection of another, each in a process of its own: how long that takes, and the most memory either
 * had.
 */
export async function measurePull(dir: string, objects: number, seed: number): Promise<object> {
  await fillNode(join(dir, 'source'), objects, seed);
  const source = await startServer(['node', join(dir, 'source')]);
  const puller = await startServer(['node', join(dir, 'puller')]);
  try {
    const before = { source: await source.usage(), puller: await puller.usage() };
    const watches = [source, puller].map(({ pid }) => watchMemory(pid));
    const url = `http://127.0.0.1:${source.port}${source.path}`;
    const pulled = await puller.pull(url, source.authorization.replace('Bearer ', ''));
    if (pulled.objects !== objects) throw new Error(`${pulled.objects} of ${objects} objects were pulled`);
    const after = { source: await source.usage(), puller: await puller.usage() };
    const [sourceMemory, pullerMemory] = watches.map((watch) => watch.stop());
    return {
      objects,
      pages: pulled.pages,
      seconds: round(pulled.seconds),
      objects_per_second: Math.round(objects / pulled.seconds),
      source_cpu_seconds: round((after.source.cpuUs - before.source.cpuUs) / 1e6),
      puller_cpu_seconds: round((after.puller.cpuUs - before.puller.cpuUs) / 1e6),
      source_peak_rss_mb: after.source.peakRssMb,
      puller_peak_rss_mb: after.puller.peakRssMb,
      source_peak_anon_mb: sourceMemory?.peakAnonMb,
      puller_peak_anon_mb: pullerMemory?.peakAnonMb,
    };
  } finally {
    source.stop();
    puller.stop();
  }
}
