import { setFlagsFromString } from 'node:v8';

/** What a heap may grow by after a collection before the next one begins, in per cent of what was found in use. Less costs an import. */
const growingPercent = 100;

/**
 * Has V8 collect before garbage is much of a heap, on every thread of the process. Left to itself it lets a heap grow to several times what is in use
 * while the machine has room, and gives none of it back. This is no limit: what is needed is had, it is collected more often.
 */
export function keepHeapsSmall(): void {
  setFlagsFromString(`--heap-growing-percent=${growingPercent}`);
  // What the launcher says of the main thread, which nobody can once it runs, would else count for more than what each worker is started with.
  setFlagsFromString('--max-semi-space-size=0');
}
