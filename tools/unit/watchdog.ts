import { isMainThread } from 'node:worker_threads';

// Loaded into every test process: the runner waits for one that never ends as long as it takes, so such a process says what
// keeps it alive and ends itself. The longest takes a tenth of this on two slow cores.
const processMsMax = 300_000;

if (isMainThread) {
  setTimeout(() => {
    const kept = process.getActiveResourcesInfo().join(', ');
    process.stderr.write(`FAILED: ${process.argv[1]} did not end within ${processMsMax / 1000} s; alive: ${kept}\n`);
    process.exit(1);
  }, processMsMax).unref();
}
