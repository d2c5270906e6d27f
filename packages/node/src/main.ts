import { randomBytes, randomUUID } from 'node:crypto';
import { enableCompileCache } from 'node:module';
import { constants } from 'node:os';

// Before anything else is imported: the second start compiles nothing.
enableCompileCache();

const { runCommand } = await import('./cli/index.ts');

const stop = new AbortController();
let signalled: 'SIGINT' | 'SIGTERM' | undefined;
for (const name of ['SIGINT', 'SIGTERM'] as const) {
  process.on(name, () => {
    // Asked twice, it is meant: end at once. What was acknowledged is on the disk.
    if (signalled !== undefined) process.exit(128 + constants.signals[name]);
    signalled = name;
    stop.abort();
  });
}

try {
  process.exitCode = await runCommand(process.argv.slice(2), {
    terminal: { stdin: process.stdin, stdout: process.stdout, stderr: process.stderr },
    node: {
      clock: Date.now,
      uuid: randomUUID,
      randomBytes: (count) => randomBytes(count),
      log: (entry) => process.stderr.write(`${JSON.stringify(entry)}\n`),
    },
    env: process.env,
    stop: stop.signal,
    onHangup: (listener) => {
      process.on('SIGHUP', listener);
      return () => process.off('SIGHUP', listener);
    },
  });
} catch (error) {
  process.stderr.write(`comity: a fault of the program: ${error instanceof Error ? error.stack : String(error)}\n`);
  process.exitCode = 2;
}
