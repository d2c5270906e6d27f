import { parentPort, workerData } from 'node:worker_threads';
import { assert } from '@comity/protocol/base';
import { openConnection } from './connection.ts';
import type { MaintenanceTask } from './maintenance.ts';
import { findDamage } from './soundness.ts';

const { task, file } = workerData as MaintenanceTask;
assert(parentPort !== null, 'maintenance runs in a worker');
/** Enough for the upper levels of an index: comparing it with its table looks every row up. */
const cacheBytes = 64 * 1024 * 1024;
const connection = openConnection({ file, readOnly: task !== 'checkpoint', cacheBytes, busyTimeoutMs: 2000 });
try {
  if (task !== 'checkpoint') {
    parentPort.postMessage(findDamage(connection, task === 'check all' ? 'integrity_check' : 'quick_check', 100));
  } else {
    connection.pragma('synchronous = FULL');
    // A reader on an old snapshot makes this come back busy: the log then keeps growing and the next one takes it all.
    connection.pragma('wal_checkpoint(TRUNCATE)');
    parentPort.postMessage([]);
  }
} finally {
  connection.close();
}
