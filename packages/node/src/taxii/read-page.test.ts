import assert from 'node:assert/strict';
import test from 'node:test';
import { ComityError, parseRowId, parseStixId } from '@comity/protocol/base';
import { parseTaxiiQuery } from '@comity/protocol/taxii';
import type { Arrival, ArrivalQuery } from '../intel/index.ts';
import { isThere, readPage } from './read-page.ts';
import type { Collection, PageDeps, PageRequest } from './taxii.ts';
import { wholeCollection as collection } from './collection-for-tests.ts';

const request = (query: string, rest: Partial<PageRequest> = {}): PageRequest => ({
  collection,
  object: undefined,
  filter: parseTaxiiQuery(query, 'objects').filter,
  limit: 10,
  afterUs: 0,
  ...rest,
});
const arrival = (atUs: number, text = `{"id":${atUs}}`): Arrival => {
  const id = parseStixId(`malware--00000000-0000-4000-8000-${String(atUs).padStart(12, '0')}`);
  const object = {
    id,
    type: 'malware',
    modifiedUs: 1,
    text,
    tlp: 'green',
    leaseUntilUs: undefined,
    recalled: false,
    own: false,
  } as const;
  return { atUs, versionUs: 1, isFirst: true, isLast: true, object };
};

/** A store of `rows` and an exit that lets out what `mayLeave` says. */
function depsOf(
  rows: readonly Arrival[],
  mayLeave: (atUs: number) => boolean,
  isStopped: (text: string) => boolean = () => false,
) {
  const seen = { queries: [] as ArrivalQuery[], admitted: [] as number[], stopped: [] as string[] };
  const admit =
    (noted: number[]): PageDeps['exit']['admit'] =>
    (objects) =>
      objects.flatMap((object) => {
        const atUs = Number(object.id.slice(-12));
        noted.push(atUs);
        return mayLeave(atUs) ? [{ object, text: object.text, definitions: [], tlp: 'green' } as never] : [];
      });
  const guard = {
    stix: (text: string) => {
      if (isStopped(text)) throw new ComityError('SHARING_REFUSED', 'planted');
      return text;
    },
  };
  const deps: PageDeps = {
    arrivals: (query, rowsMax) => {
      seen.queries.push(query);
      const left = rows.filter(({ atUs }) => atUs > query.afterUs);
      const found = left.slice(0, rowsMax);
      return { rows: found, upToUs: found.at(-1)?.atUs ?? query.afterUs, isEnd: found.length === left.length };
    },
    exit: { admit: admit(seen.admitted), room: async () => undefined, guard: guard as never },
    rehearsal: { admit: admit([]) },
    isGuarded: true,
    onStopped: (id) => void seen.stopped.push(id),
  };
  return { deps, seen };
}
const rows = (count: number): Arrival[] => Array.from({ length: count }, (_, index) => arrival(index + 1));

test('more is said only when something follows that may be given', async () => {
  const all = depsOf(rows(4), () => true);
  assert.equal((await readPage(request('', { limit: 3 }), all.deps)).nextAfterUs, 3);
  assert.deepEqual(all.seen.admitted, [1, 2, 3], 'what is only looked at is not recorded');
  assert.equal((await readPage(request('', { limit: 4 }), all.deps)).nextAfterUs, undefined);
  const some = depsOf(rows(9), (atUs) => atUs <= 3);
  assert.equal((await readPage(request('', { limit: 3 }), some.deps)).nextAfterUs, undefined);
});

test('where nothing may be given a page ends at a bound of the work, and the pull goes on behind it', async () => {
  const { deps } = depsOf(rows(5000), (atUs) => atUs === 5000);
  const sizes: number[] = [];
  let afterUs: number | undefined = 0;
  while (afterUs !== undefined) {
    const page = await readPage(request('', { afterUs }), deps);
    sizes.push(page.records.length);
    assert.ok(page.nextAfterUs === undefined || page.nextAfterUs > afterUs);
    afterUs = page.nextAfterUs;
  }
  assert.deepEqual(sizes, [0, 0, 1]);
});

test('a page has room for some megabytes: what is beyond waits for the next', async () => {
  const large = [1, 2, 3].map((atUs) => arrival(atUs, `{"x":"${'x'.repeat(3 * 1024 * 1024)}"}`));
  const { deps } = depsOf(large, () => true);
  const page = await readPage(request(''), deps);
  assert.deepEqual([page.records.length, page.nextAfterUs], [1, 1]);
});

test('what the guard stops is told and is not there; the pull goes on', async () => {
  const { deps, seen } = depsOf(
    rows(3),
    () => true,
    (text) => text.includes('2'),
  );
  const page = await readPage(request(''), deps);
  assert.deepEqual(
    page.records.map(({ addedUs }) => addedUs),
    [1, 3],
  );
  assert.equal(seen.stopped.length, 1);
  const broken = depsOf(rows(1), () => true);
  const guard = { ...broken.deps.exit.guard, stix: () => assert.fail('planted') };
  await assert.rejects(readPage(request(''), { ...broken.deps, exit: { ...broken.deps.exit, guard } }), /planted/);
});

test('an object is there as soon as one of its versions may be given, and looked for within bounds', () => {
  const of = (mayLeave: (atUs: number) => boolean) => isThere(request(''), depsOf(rows(3000), mayLeave).deps);
  assert.deepEqual([of((atUs) => atUs === 1), of((atUs) => atUs === 800), of(() => false)], [true, true, false]);
});

test('a collection narrows what is asked, never widens it', async () => {
  const { deps, seen } = depsOf(rows(1), () => true);
  const narrow: Collection = {
    ...collection,
    types: ['malware', 'tool'],
    kinds: ['domain'],
    source: parseRowId('src-00000000'),
  };
  const typesAsked = async (query: string) => {
    seen.queries.length = 0;
    await readPage(request(query, { collection: narrow }), deps);
    return seen.queries[0]?.types;
  };
  assert.deepEqual(await typesAsked(''), ['malware', 'tool']);
  assert.deepEqual(await typesAsked('match[type]=tool,indicator'), ['tool']);
  assert.equal(await typesAsked('match[type]=indicator'), undefined, 'nothing is asked of the store');
  assert.equal(isThere(request('match[type]=indicator', { collection: narrow }), deps), false);
  await readPage(request('', { collection: narrow }), deps);
  assert.deepEqual([seen.queries.at(-1)?.kinds, seen.queries.at(-1)?.source], [['domain'], 'src-00000000']);
});
