import assert from 'node:assert/strict';
import test from 'node:test';
import { markingIdOfTlp } from '@comity/protocol/markings';
import { readStarterLaw } from '../../sharing/index.ts';
import { serveNode, until } from '../../node-for-tests.ts';
import type { Cleanup } from '../../node-for-tests.ts';
import { bundle, idOf, indicator } from '../stix-for-tests.ts';
import { openMispBench } from './client-for-tests.ts';
import { EventLists } from './kept-events.ts';
import type { EventListsDeps } from './kept-events.ts';

async function openBench(cleanup: Cleanup) {
  const node = await serveNode(cleanup);
  const bench = await openMispBench(node);
  const search = async (asked: object = {}): Promise<string[]> => {
    const { body } = await bench.post('/events/restSearch', asked);
    const events = body.response as { Event: { Attribute: { value: string; deleted: boolean }[] } }[];
    return events.flatMap(({ Event }) => Event.Attribute.flatMap(({ value, deleted }) => (deleted ? [] : [value])));
  };
  return { node, client: node.client, ...bench, search };
}

type Bench = Awaited<ReturnType<typeof openBench>>;
const newer = { modified: '2026-02-01T00:00:00.000Z' };
const one = 'host-1.example';

/** Changes of what a list may contain, and what a search finds after them. */
const changes: Readonly<Record<string, readonly [(bench: Bench) => Promise<unknown>, readonly string[] | undefined]>> =
  {
    'something came': [(bench) => bench.give(bundle(indicator(3))), [one, 'host-2.example', 'host-3.example']],
    'an object has a newer version': [
      (bench) => bench.give(bundle(indicator(2, { ...newer, pattern: "[domain-name:value = 'other.example']" }))),
      [one, 'other.example'],
    ],
    'an object is labelled more strictly': [
      (bench) => bench.give(bundle(indicator(2, { ...newer, object_marking_refs: [markingIdOfTlp('red')] }))),
      [one],
    ],
    'another law is in force': [
      ({ client }) => client.activateLaw({ body: { text: readStarterLaw('closed'), name: 'closed' } }),
      [],
    ],
    'the collection takes other types': [
      ({ client, collectionId: id }) =>
        client.saveCollection({
          body: { id, title: 'All', alias: 'all', audience: ['client:works'], types: ['malware'] },
        }),
      [],
    ],
  };

for (const [what, [change, wanted]] of Object.entries(changes))
  test(`a list is not given any more once ${what}`, async (context) => {
    const bench = await openBench(context);
    await bench.give(bundle(indicator(1), indicator(2)));
    const before = await bench.ask('/manifest.json');
    assert.deepEqual(await bench.search(), [one, 'host-2.example']);
    await change(bench);
    assert.deepEqual(await bench.search(), wanted);
    const after = await bench.ask('/manifest.json', { headers: { 'if-none-match': before.headers.get('etag') ?? '' } });
    assert.equal(after.status, 200);
    assert.deepEqual(bench.node.faults, []);
  });

test('one list that was gone through serves manifest, hashes, index and every search, and says the same', async (context) => {
  const bench = await openBench(context);
  await bench.give(bundle(indicator(1), indicator(2)));
  const paths = ['/manifest.json', '/hashes.csv', '/events/index', '/events/restSearch'];
  const first = await Promise.all(paths.map(async (path) => (await bench.ask(path)).text));
  for (const [place, path] of paths.entries()) assert.equal((await bench.ask(path)).text, first[place], path);
  assert.deepEqual(await bench.search({ value: one }), [one, 'host-2.example'], 'an event is given whole');
  assert.deepEqual(await bench.search({ value: 'none.example' }), []);
  const count = async () => (await bench.client.listSharingDecisions({ query: { object: idOf(1) } })).rows[0]?.count;
  // What is given again is written down some seconds later.
  await until(async () => (await count()) === 2 * paths.length + 2, 'each time is counted');
});

/** Lists of nothing, made by a count. */
function openLists() {
  const told = { made: 0, recorded: 0, writes: 0 };
  const again = { record: () => void (told.recorded += 1), bytes: 0 };
  const state = { edition: {}, collections: [], again: again as typeof again | undefined };
  const deps: EventListsDeps = {
    sharing: { edition: () => state.edition },
    taxii: { collections: { list: () => state.collections } as never },
    intel: { writes: () => told.writes },
  };
  const lists = new EventLists();
  const exit = { again: () => state.again };
  const read = async (key: string) => {
    const open = async () => {
      told.made += 1;
      return { index: { events: () => [] }, exit, rehearsal: exit } as never;
    };
    for await (const event of lists.read(key, open, deps)) assert.fail(`there is none: ${event.uuid}`);
    return told.made;
  };
  return { told, state, read };
}

test('events are made once for each who asks, until something is written or decided anew', async () => {
  const { told, state, read } = openLists();
  assert.deepEqual([await read('a'), await read('a'), await read('b'), await read('a')], [1, 1, 2, 2]);
  assert.equal(told.recorded, 2);
  told.writes += 1;
  assert.deepEqual([await read('a'), await read('a')], [3, 3]);
  state.edition = {};
  assert.equal(await read('a'), 4);
  state.collections = [];
  assert.equal(await read('a'), 5);
});

test('what the clock decided, or what is not here yet, is made anew each time', async () => {
  const { state, read } = openLists();
  state.again = undefined;
  assert.deepEqual([await read('a'), await read('a')], [1, 2]);
});
