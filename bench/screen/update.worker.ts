import { parentPort, workerData } from 'node:worker_threads';
import { Table } from '../../packages/screen/src/table/index.ts';
import { scanFile } from './measure.ts';
import type { ScanPass, UpdateScan } from './update.ts';

const { memory, file } = workerData as UpdateScan;
const table = Table.attach(memory as Parameters<typeof Table.attach>[0]);

parentPort?.on('message', () => {
  const before = process.threadCpuUsage();
  table.refresh();
  const hits = scanFile(table, file, 'kernel');
  const { user, system } = process.threadCpuUsage(before);
  parentPort?.postMessage({ cpuS: (user + system) / 1e6, hits } satisfies ScanPass);
});
