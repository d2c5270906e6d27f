import { isDeepStrictEqual } from 'node:util';
import { mispEvent, openMispBench } from '../../packages/node/src/http/misp/client-for-tests.ts';
import { uuidOf } from '../../packages/node/src/http/stix-for-tests.ts';
import { serveNode } from '../../packages/node/src/node-for-tests.ts';
import { isFailed } from './ask.ts';
import type { Ask } from './ask.ts';
import type { Check } from './run-checks.ts';
import { withCleanup } from './with-cleanup.ts';

/** What PyMISP is asked to do, and what it must come back with. */
interface Errand {
  readonly call: string;
  readonly wanted: unknown;
  readonly rest?: Readonly<Record<string, unknown>>;
}

const held = [
  ['domain', 'host-1.example'],
  ['text', 'Seen by a person'],
];
const day = new Date().toISOString().slice(0, 10);
const sent = { uuid: uuidOf(7), info: 'Sent', value: 'sent.example' };
const sentPairs = (value: string) => [
  ['domain', value],
  ['ip-dst|port', '192.0.2.1|443'],
];

/** One after the other: the last ones change what is there. */
const errands: readonly Errand[] = [
  { call: 'version', wanted: true },
  { call: 'index', wanted: [`All, ${day}`, 'Event 1'] },
  { call: 'get', wanted: held, rest: { uuid: uuidOf(1) } },
  { call: 'exists', wanted: [true, false], rest: { uuid: uuidOf(1) } },
  { call: 'not there', wanted: 404 },
  { call: 'search', wanted: ['Event 1'], rest: { filter: { value: 'host-1.example' } } },
  {
    call: 'search',
    wanted: ['Event 1'],
    rest: { filter: { type_attribute: 'domain', tags: ['tlp:green'], timestamp: '1767225600', eventid: uuidOf(1) } },
  },
  { call: 'search', wanted: [], rest: { filter: { tags: ['!tlp:green'] } } },
  { call: 'feed', wanted: [['domain', 'a.example'], held[0], ['ip-dst', '192.0.2.7'], held[1]] },
  { call: 'feed hashes', wanted: [true, true] },
  { call: 'add', wanted: sent.uuid, rest: sent },
  { call: 'get', wanted: sentPairs('sent.example'), rest: sent },
  { call: 'update', wanted: sent.uuid, rest: { ...sent, value: 'changed.example' } },
  { call: 'deleted', wanted: sentPairs('changed.example'), rest: sent },
];

/** PyMISP loads our feed and makes its calls against our server, and gets what is there. */
export function mispClientCheck(): Check {
  return {
    name: 'MISP calls and feed of PyMISP',
    needs: [],
    count: () => errands.length,
    run: (ask) => withCleanup((cleanup) => runErrands(ask, cleanup)),
  };
}

async function runErrands(ask: Ask, cleanup: Parameters<typeof serveNode>[0]): ReturnType<Check['run']> {
  const bench = await openMispBench(await serveNode(cleanup));
  await bench.give(mispEvent(1));
  await bench.give('a.example\n192.0.2.7\n', 'list.txt');
  const faults: string[] = [];
  for (const { call, wanted, rest } of errands) {
    const [answer] = await ask('misp_client', [{ url: `${bench.base}/`, key: bench.key, call, ...rest }]);
    if (answer !== undefined && isFailed(answer)) faults.push(`${call}: ${answer.failed}`);
    else if (!isDeepStrictEqual(answer, wanted))
      faults.push(`${call}: ${JSON.stringify(answer)}, not ${JSON.stringify(wanted)}`);
  }
  return { cases: errands.length, faults, warnings: new Map() };
}
