import { join } from 'node:path';
import { round } from '../screen/measure.ts';
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
    const url = `http://127.0.0.1:${source.port}${source.path}`;
    const pulled = await puller.pull(url, source.authorization.replace('Bearer ', ''));
    if (pulled.objects !== objects) throw new Error(`${pulled.objects} of ${objects} objects were pulled`);
    const after = { source: await source.usage(), puller: await puller.usage() };
    return {
      objects,
      pages: pulled.pages,
      seconds: round(pulled.seconds),
      objects_per_second: Math.round(objects / pulled.seconds),
      source_cpu_seconds: round((after.source.cpuUs - before.source.cpuUs) / 1e6),
      puller_cpu_seconds: round((after.puller.cpuUs - before.puller.cpuUs) / 1e6),
      source_peak_rss_mb: after.source.peakRssMb,
      puller_peak_rss_mb: after.puller.peakRssMb,
    };
  } finally {
    source.stop();
    puller.stop();
  }
}
