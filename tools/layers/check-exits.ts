import type { SourceFile } from '../source-files.ts';

/** What gives the text of stored objects away: whoever calls it has to have passed, or to pass, the decision. */
const rawReads = /\b(?:intel|deps\.intel)\s*\.\s*(?:stored|findStored|findKept|arrivals|export)\s*\(/;

/** Files that may, each with why. A file that is added here is read by somebody who knows what sharing is. */
const readers: ReadonlyMap<string, string> = new Map([
  ['packages/node/src/compose.ts', 'hands objects to sharing, to be found as parts of others'],
  ['packages/node/src/http/routes/intel-routes.ts', 'exports through the gate of http/export-gate.ts'],
  ['packages/node/src/http/routes/list-routes.ts', 'the same, for lists'],
  [
    'packages/node/src/http/routes/sharing-routes.ts',
    'the same, and hands objects to explain and diff, which give none away',
  ],
  ['packages/node/src/http/taxii/answer-taxii.ts', 'hands objects to the exit of each answer'],
  ['packages/node/src/http/misp/answer-misp.ts', 'the same'],
  ['packages/node/src/federation/outbox/publisher.ts', 'hands objects to the exit of each member, and to the guard'],
  [
    'packages/node/src/federation/inbox/take-batch.ts',
    'looks whether an object is out of use, and admits what is kept',
  ],
  ['packages/node/src/federation/remarks/remarks.ts', 'looks whose an object is, by the digest of its text'],
  ['packages/node/src/http/routes/peer-routes.ts', 'looks whether an object is there'],
  ['packages/node/src/http/routes/exchange-routes.ts', 'says what an object is called, to people here'],
  ['packages/node/src/http/routes/act-routes.ts', 'the same, before it is erased'],
  [
    'packages/node/src/lookup/collect-tellings.ts',
    'hands objects to the exit of each member, and tells of what it admits',
  ],
]);

/** Where gates are made, and where they are declared and asked. */
const gates = /^packages\/node\/src\/(?:http\/export-gate\.ts$|intel\/)/;

/** Rooms that lead out of the house: they get objects of sharing's exit and nothing of the store of intelligence. */
const exitRooms = /^packages\/node\/src\/(?:exits|publishing|outbox|outlets|taxii|misp|lookup)\//;

/**
 * Ways out of the house that go past the decision (invariant 11), each as `file: what is wrong`. Beside the types, which ask
 * every export for a gate: a file that reads stored objects raw and is not known to pass them on, an exit that knows the store
 * of intelligence, a gate that is built elsewhere.
 */
export function exitFaults(files: readonly SourceFile[]): string[] {
  return files
    .filter(
      ({ path }) =>
        path.startsWith('packages/node/src/') && !/\.test\.ts$|(?:^|[-/])(?:for-tests|test-bench)\.ts$/.test(path),
    )
    .flatMap(({ path, text }) => [
      ...(rawReads.test(text) && !readers.has(path) ? [`${path}: reads stored objects past sharing`] : []),
      ...(exitRooms.test(path) && /from '[^']*\/(?:intel|store)\//.test(text.replaceAll(/import type [^;]*;/g, ''))
        ? [`${path}: is an exit and knows the store`]
        : []),
      ...(/\bforOthers:/.test(text) && !gates.test(path) ? [`${path}: makes a gate of its own`] : []),
    ]);
}
