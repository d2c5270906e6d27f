import assert from 'node:assert/strict';
import test from 'node:test';
import { ComityError, parseStixId } from '@comity/protocol/base';
import { markingIdOfTlp } from '@comity/protocol/markings';
import { mispUuidOfPair } from '@comity/protocol/misp';
import type { Arrival, ArrivalQuery } from '../intel/index.ts';
import { buildEvent, buildEvents, EventIndexes } from './index.ts';
import type { BuildDeps } from './index.ts';
import { wholeCollection as collection } from '../taxii/collection-for-tests.ts';

const uuid = (number: number): string => `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`;

function arrival(atUs: number, type: string, number: number | string, rest: Record<string, unknown> = {}): Arrival {
  const id = parseStixId(`${type}--${typeof number === 'number' ? uuid(number) : number}`);
  const text = JSON.stringify({
    type,
    id,
    created: '2026-01-01T00:00:00.000Z',
    modified: '2026-01-01T00:00:00.000Z',
    object_marking_refs: [markingIdOfTlp('green')],
    ...rest,
  });
  const object = {
    id,
    type,
    modifiedUs: 1,
    text,
    tlp: 'green',
    leaseUntilUs: undefined,
    recalled: false,
    own: false,
  } as const;
  return { atUs, versionUs: 1, isFirst: true, isLast: true, object };
}
const indicator = (atUs: number, number: number, rest: Record<string, unknown> = {}): Arrival =>
  arrival(atUs, 'indicator', number, {
    pattern: `[domain-name:value = 'host-${number}.example']`,
    pattern_type: 'stix',
    ...rest,
  });

/** A store of `rows`, an exit that lets out all, and a guard that stops what `isStopped` says. */
async function depsOf(
  rows: readonly Arrival[],
  isStopped: (text: string) => boolean = () => false,
  indexes = new EventIndexes(),
) {
  const stopped: string[] = [];
  const admit: BuildDeps['exit']['admit'] = (objects) =>
    objects.map((object) => ({ object, text: object.text, definitions: [], tlp: object.tlp }) as never);
  const arrivals = ({ ids, afterUs, lastOnly }: ArrivalQuery, rowsMax: number) => {
    const passing = rows.filter(
      (row) => row.atUs > afterUs && (!lastOnly || row.isLast) && (ids?.includes(row.object.id) ?? true),
    );
    const found = passing.slice(0, rowsMax);
    return { rows: found, upToUs: found.at(-1)?.atUs ?? afterUs, isEnd: found.length === passing.length };
  };
  const guard = {
    misp: (text: string) => {
      if (isStopped(text)) throw new ComityError('SHARING_REFUSED', 'planted');
      return text;
    },
  } as BuildDeps['exit']['guard'];
  const deps: BuildDeps = {
    collection,
    index: await indexes.of(collection, arrivals),
    arrivals,
    ownIdOf: () => undefined,
    exit: { admit, room: async () => undefined, guard },
    rehearsal: { admit },
    isGuarded: true,
    lawUs: 0,
    onStopped: (id) => stopped.push(id),
  };
  return { deps, stopped, indexes };
}

async function eventsOf(deps: BuildDeps) {
  const events: { info: unknown; values: unknown[] }[] = [];
  for await (const { event } of buildEvents(deps)) {
    const list = [
      ...(event['Attribute'] as unknown[]),
      ...(event['Object'] as { Attribute: unknown[] }[]).flatMap((each) => each.Attribute),
    ];
    events.push({ info: event['info'], values: list.map((each) => (each as { value: unknown }).value) });
  }
  return events;
}

test('what the guard stops is not there, and is told', async () => {
  const { deps, stopped } = await depsOf(
    [indicator(1, 1), indicator(2, 2, { created: '2026-01-02T00:00:00.000Z' })],
    (text) => text.includes('host-2'),
  );
  assert.deepEqual(await eventsOf(deps), [{ info: 'All, 2026-01-01', values: ['host-1.example'] }]);
  assert.equal(stopped.length, 1);
  assert.equal(await buildEvent(stopped[0]!, deps), undefined);
});

test('a fault of the program is none of the guard’s', async () => {
  const { deps } = await depsOf([indicator(1, 1)]);
  const guard = { ...deps.exit.guard, misp: () => assert.fail('planted') };
  await assert.rejects(eventsOf({ ...deps, exit: { ...deps.exit, guard } }), /planted/);
});

test('a day has as many events as it has objects for, each of bounded size; an object stays where it is', async () => {
  const rows = Array.from({ length: 10_001 }, (_, index) => indicator(index + 1, index + 1));
  const { deps, indexes } = await depsOf(rows);
  const events = deps.index.events();
  assert.deepEqual(
    events.map(({ part, members }) => [part, members.size]),
    [
      [1, 10_000],
      [2, 1],
    ],
  );
  const again = await depsOf(
    [...rows, indicator(20_000, 1, { created: '2026-05-05T00:00:00.000Z' })],
    undefined,
    indexes,
  );
  assert.equal(again.deps.index, deps.index, 'only what came since is read');
  assert.equal(again.deps.index.events().length, 2);
});

const refsOf = (from: number, count: number): string[] =>
  Array.from({ length: count }, (_, index) => `indicator--${uuid(from + index)}`);
/** Reports about `refs` objects each, none about those of another. */
const reports = (count: number, refs: number, isLast = true): Arrival[] =>
  Array.from({ length: count }, (_, index) => ({
    ...arrival(index + 1, 'report', index, { object_refs: refsOf(index * refs, refs) }),
    isLast,
  }));

test('a collection with more than can be sorted into events is refused, and tried anew when it is asked for again', async () => {
  const indexes = new EventIndexes();
  for (let tries = 0; tries < 2; tries += 1)
    await assert.rejects(depsOf(reports(20, 10_000), undefined, indexes), {
      code: 'CONFLICT',
      message: /more than 200000 objects/,
    });
  const smaller = await depsOf([indicator(1, 1)], undefined, indexes);
  assert.equal(smaller.deps.index.events().length, 1);
});

test('what versions before the last were about counts among that, and events without an object do', async () => {
  await assert.rejects(depsOf(reports(20, 10_000, false)), { code: 'CONFLICT' });
  const empty = Array.from({ length: 10_000 }, (_, index) => arrival(100 + index, 'grouping', 100 + index));
  await assert.rejects(depsOf([...reports(19, 10_000), ...empty]), { code: 'CONFLICT' });
});

test('what a later version of a report is about still counts once', async () => {
  for (const isLast of [true, false]) {
    const { deps } = await depsOf([...reports(11, 10_000, isLast), ...reports(11, 10_000)]);
    assert.deepEqual(
      deps.index.events().map(({ members, former }) => [members.size, former.size]),
      Array.from({ length: 11 }, () => [10_000, 0]),
    );
  }
});

test('a report is about so many objects at most, and was; one beyond is told by its day', async () => {
  const version = (atUs: number, from: number, count: number, isLast: boolean): Arrival => ({
    ...arrival(atUs, 'report', 1, { name: 'R', object_refs: refsOf(from, count) }),
    isLast,
  });
  const { deps } = await depsOf([
    version(1, 20_000, 6000, false),
    version(2, 30_000, 6000, false),
    version(3, 1, 10_001, true),
    indicator(4, 10_000),
    indicator(5, 10_001),
  ]);
  const event = deps.index.find(uuid(1));
  assert.deepEqual([event?.members.size, event?.former.size], [10_000, 10_000]);
  const events = await eventsOf(deps);
  assert.deepEqual(
    events.map(({ info, values }) => [info, values]),
    [
      ['R', ['host-10000.example']],
      ['All, 2026-01-01', ['host-10001.example']],
    ],
  );
});

const observed = {
  first_observed: '2026-01-01T00:00:00Z',
  last_observed: '2026-01-01T00:00:00Z',
  number_observed: 1,
};

test('an event is about its observations’ observables too; one without an attribute is not there', async () => {
  const sco = (atUs: number, type: string, number: number, rest: Record<string, unknown>) =>
    arrival(atUs, type, number, { created: undefined, modified: undefined, ...rest });
  const { deps } = await depsOf([
    arrival(1, 'observed-data', 2, { ...observed, object_refs: [`network-traffic--${uuid(3)}`] }),
    sco(2, 'network-traffic', 3, { dst_ref: `ipv4-addr--${uuid(4)}`, dst_port: 53 }),
    sco(3, 'ipv4-addr', 4, { value: '192.0.2.1' }),
    arrival(4, 'report', 5, { name: 'R', object_refs: [`observed-data--${uuid(2)}`] }),
    arrival(5, 'report', 6, { name: 'Empty', object_refs: [`location--${uuid(9)}`] }),
    sco(6, 'url', 7, { value: 'https://a.example/' }),
  ]);
  const events = await eventsOf(deps);
  assert.deepEqual(
    events.find(({ info }) => info === 'R'),
    { info: 'R', values: ['192.0.2.1', '53'] },
  );
  assert.equal(
    events.find(({ info }) => info === 'Empty'),
    undefined,
  );
  assert.deepEqual(events.find(({ info }) => info === 'All, 1970-01-01')?.values, ['192.0.2.1', 'https://a.example/']);
});

test('who made an observation is no part of its event', async () => {
  const author = parseStixId(`identity--${uuid(9)}`);
  const { deps } = await depsOf([
    arrival(1, 'observed-data', 2, { ...observed, created_by_ref: author, object_refs: [`domain-name--${uuid(3)}`] }),
    arrival(2, 'domain-name', 3, { created: undefined, modified: undefined, value: 'a.example' }),
    arrival(3, 'report', 4, { name: 'R', object_refs: [`observed-data--${uuid(2)}`] }),
    arrival(4, 'identity', 9, { name: 'CERT' }),
  ]);
  const asked: string[] = [];
  const arrivals: BuildDeps['arrivals'] = (query, rowsMax) => {
    asked.push(...(query.ids ?? []));
    return deps.arrivals(query, rowsMax);
  };
  assert.ok((await buildEvent(uuid(4), { ...deps, arrivals })) !== undefined);
  assert.ok(asked.includes(`domain-name--${uuid(3)}`) && !asked.includes(author), asked.join());
});

test('what left a report is told there when it is revoked, and by its day as long as it holds', async () => {
  const old = arrival(1, 'report', 5, {
    name: 'R',
    object_refs: [1, 2, 3].map((number) => `indicator--${uuid(number)}`),
  });
  const { deps } = await depsOf([
    { ...old, isLast: false },
    indicator(2, 1),
    indicator(3, 2),
    indicator(4, 3, { revoked: true }),
    arrival(5, 'report', 5, { name: 'R', object_refs: [`indicator--${uuid(1)}`] }),
  ]);
  const events = await eventsOf(deps);
  assert.deepEqual(events.find(({ info }) => info === 'R')?.values, ['host-1.example', 'host-3.example']);
  assert.deepEqual(events.find(({ info }) => info !== 'R')?.values, ['host-2.example']);
  const built = await buildEvent(uuid(5), deps);
  assert.ok(built !== undefined);
  const { Event: event } = JSON.parse(built.text) as { Event: { Attribute: { deleted: boolean }[] } };
  assert.deepEqual(
    event.Attribute.map((each) => each.deleted),
    [false, true],
  );
});

test('a revoked object that more than one version of a report is about is told there once', async () => {
  const refs = { name: 'R', object_refs: [1, 2].map((number) => `indicator--${uuid(number)}`) };
  const { deps } = await depsOf([
    { ...arrival(1, 'report', 5, refs), isLast: false },
    indicator(2, 1, { revoked: true }),
    indicator(3, 2),
    arrival(4, 'report', 5, refs),
  ]);
  const events = await eventsOf(deps);
  assert.deepEqual(events, [{ info: 'R', values: ['host-1.example', 'host-2.example'] }]);
});

test('what holds the objects of a day is decided in pieces, with room for others between', async () => {
  const numbers = Array.from({ length: 450 }, (_, index) => index + 1);
  const sco = { created: undefined, modified: undefined };
  const { deps } = await depsOf([
    ...numbers.map((number) => arrival(number, 'ipv4-addr', number, { ...sco, value: `192.0.2.${number % 256}` })),
    ...numbers.map((number) =>
      arrival(1000 + number, 'observed-data', 1000 + number, {
        ...observed,
        created: '1970-01-01T00:00:00.000Z',
        object_refs: [`ipv4-addr--${uuid(number)}`],
      }),
    ),
  ]);
  const decided = new Set<string>();
  let inTurn = 0;
  let most = 0;
  const endTurn = (): void => {
    most = Math.max(most, inTurn);
    inTurn = 0;
  };
  const admit: BuildDeps['rehearsal']['admit'] = (objects) => {
    inTurn += objects.length;
    for (const { id } of objects) decided.add(id);
    setImmediate(endTurn);
    return deps.rehearsal.admit(objects);
  };
  const events = await eventsOf({ ...deps, rehearsal: { admit } });
  endTurn();
  assert.deepEqual([events.length, events[0]?.values.length, decided.size], [1, 450, 450]);
  assert.ok(most <= 100, `${most} in one turn`);
});

test('a report under the uuid of a day takes nothing from that day, whichever of them came first', async () => {
  const day = mispUuidOfPair(collection.id, '2026-01-01');
  const report = (atUs: number): Arrival =>
    arrival(atUs, 'report', day, { name: 'Evil', object_refs: [`indicator--${uuid(1)}`, `malware--${uuid(3)}`] });
  for (const rows of [
    [report(1), indicator(2, 1), indicator(3, 2)],
    [indicator(1, 1), report(2), indicator(3, 2)],
    [indicator(1, 1), indicator(2, 2), report(3)],
  ]) {
    const { deps } = await depsOf(rows);
    const whole = [{ info: 'All, 2026-01-01', values: ['host-1.example', 'host-2.example'] }];
    assert.deepEqual(await eventsOf(deps), whole);
    assert.equal((await buildEvent(day, deps))?.event['info'], 'All, 2026-01-01');
  }
});

test('of a report and a grouping under one uuid the event is of the first, and what only the other holds is told by its day', async () => {
  const holder = (atUs: number, type: string, number: number): Arrival =>
    arrival(atUs, type, 5, { name: type, object_refs: [`indicator--${uuid(number)}`] });
  const { deps } = await depsOf([holder(1, 'report', 1), indicator(2, 1), indicator(3, 2), holder(4, 'grouping', 2)]);
  assert.deepEqual(await eventsOf(deps), [
    { info: 'report', values: ['host-1.example'] },
    { info: 'All, 2026-01-01', values: ['host-2.example'] },
  ]);
});
