import { getCompileCacheDir } from 'node:module';
import { dirname } from 'node:path';
import { Worker } from 'node:worker_threads';

/**
 * Starts a thread on a file, a `.worker.ts` beside whoever asks.
 *
 * A process that keeps its compiled code (`enableCompileCache`) does not hand that on to its threads by itself; without it
 * each of them compiles everything anew, which takes longer than reading thousands of files.
 */
export function startThread(file: URL, workerData: unknown): Worker {
  const cacheDir = getCompileCacheDir();
  const env = cacheDir === undefined ? process.env : { ...process.env, NODE_COMPILE_CACHE: dirname(cacheDir) };
  return new Worker(file, { workerData, env });
}
