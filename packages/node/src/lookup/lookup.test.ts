import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { parseLookupSet, parseQuestion } from '@comity/protocol/lookup';
import { by, linkTo, openHouse, signal } from './house-for-tests.ts';
import type { Asked, House, HouseOptions } from './house-for-tests.ts';
import type { KeyLedger, LookupReply } from './index.ts';

type Cleanup = Parameters<typeof openHouse>[0];
const me = 'member:asker';

/** A house that knows things, one that asks it, and what passes between them. */
async function twoHouses(
  context: Cleanup,
  options: HouseOptions & { readonly change?: (path: string, reply: LookupReply) => LookupReply } = {},
) {
  const holder = await openHouse(context, options);
  await holder.addMember(me);
  await holder.list('green', 'evil.example', '192.0.2.7', 'bad.example');
  await holder.rebuild();
  const asked: Asked[] = [];
  const link = linkTo(() => holder.lookup.holder.routes, me, asked, options.change);
  const asker = await openHouse(context, { deps: { link } });
  const ask = async (...texts: readonly string[]) => await asker.lookup.asker.ask('member:holder', texts, by, signal);
  return { holder, asker, ask, asked };
}

const outcomes = ({ results }: { readonly results: readonly { readonly text: string; readonly outcome: string }[] }) =>
  Object.fromEntries(results.map(({ text, outcome }) => [text, outcome]));

test('who asks learns whether the other knows a value, and what it may be told of it', async (context) => {
  const { ask, asker } = await twoHouses(context);
  await asker.list('red', 'own.example');
  const answer = await ask(
    'hxxp://evil[.]example',
    'good.example',
    '192.0.2.7',
    'own.example',
    'no value',
    'evil.example:443',
  );
  assert.deepEqual(outcomes(answer), {
    'hxxp://evil[.]example': 'there',
    'good.example': 'none',
    '192.0.2.7': 'there',
    'own.example': 'here',
    'no value': 'unreadable',
    'evil.example:443': 'there',
  });
  assert.deepEqual(answer.results[0]?.record, {
    id: 'indicator--00000000-0000-4000-8000-000000000001',
    name: 'About evil.example',
    labels: ['c2'],
    tlp: 'green',
    pap: 'amber',
    validUntil: undefined,
    objects: 1,
    decides: true,
  });
  assert.deepEqual(answer.leak, {
    wasAsked: true,
    evaluated: 3,
    records: 'all',
    buckets: 1,
    bucketsOf: 1,
    recordsPerBucket: 3,
  });
});

test('nothing that leaves tells a value: not its text, not its name, and never twice the same', async (context) => {
  const { ask, asked, holder } = await twoHouses(context);
  await ask('evil.example', 'good.example');
  const second: Asked[] = [];
  const link = linkTo(() => holder.lookup.holder.routes, me, second);
  const other = await openHouse(context, { deps: { link } });
  await other.lookup.asker.ask('member:holder', ['evil.example', 'good.example'], by, signal);
  const bodies = [...asked, ...second].map(({ path, body }) => `${path} ${Buffer.from(body).toString('latin1')}`);
  for (const text of bodies) assert.ok(!/evil|good|example/.test(text));
  const elements = [...asked, ...second]
    .filter(({ path }) => path.endsWith('/evaluate'))
    .flatMap(({ body }) => parseQuestion(body).elements.map((element) => Buffer.from(element).toString('hex')));
  assert.equal(new Set(elements).size, 4);
  const outputs = holder.store.reader.prepare<{ output: Uint8Array }>('select output from lookup_output').all();
  for (const { output } of outputs) {
    const name = Buffer.from(output.subarray(0, 16)).toString('latin1');
    for (const text of bodies) assert.ok(!text.includes(name), 'a hit is not told by the name of its record');
  }
});

test('a name below a listed one is found by it, and the nearest listed is told', async (context) => {
  const { ask, holder } = await twoHouses(context);
  await holder.list('green', 'shop.evil.example');
  holder.nowMs += 16 * 60_000;
  await holder.rebuild();
  const answer = await ask('www.shop.evil.example', 'www.evil.example');
  assert.deepEqual(
    answer.results.map(({ listed }) => listed?.value),
    ['shop.evil.example', 'evil.example'],
  );
});

test('who knows a value itself asks nobody, and a value is asked for once an epoch', async (context) => {
  const { ask, asker, asked } = await twoHouses(context);
  await asker.list('clear', 'own.example');
  const own = await ask('own.example', 'nothing at all');
  assert.deepEqual([own.leak.wasAsked, own.key, asked.length], [false, undefined, 0]);
  assert.deepEqual(asker.acts, []);
  await ask('good.example', 'evil.example');
  const again = await ask('good.example', 'evil.example');
  assert.deepEqual([again.leak.evaluated, again.leak.records], [0, 'none']);
  assert.deepEqual(outcomes(again), { 'good.example': 'none', 'evil.example': 'there' });
  assert.equal(asked.at(-1)?.reply.status, 204, 'the set is not sent again');
});

test('each label goes as far as it may: RED and AMBER+STRICT are in no set', async (context) => {
  const holder = await openHouse(context);
  await holder.addMember(me);
  for (const tlp of ['clear', 'green', 'amber', 'amber+strict', 'red'] as const)
    await holder.list(tlp, `${tlp.replace('+', '-')}.example`);
  await holder.rebuild();
  const link = linkTo(() => holder.lookup.holder.routes, me);
  const asker = await openHouse(context, { deps: { link } });
  const ask = async () =>
    outcomes(
      await asker.lookup.asker.ask(
        'member:holder',
        ['clear', 'green', 'amber', 'amber-strict', 'red'].map((name) => `${name}.example`),
        by,
        signal,
      ),
    );
  // TLP:AMBER that was received never goes sideways to another member.
  const wanted = { 'clear.example': 'there', 'green.example': 'there', 'amber.example': 'none' };
  assert.deepEqual(await ask(), { ...wanted, 'amber-strict.example': 'none', 'red.example': 'none' });
  const [offer] = holder.lookup.holder.offers();
  assert.deepEqual([offer?.values, offer?.withheld], [2, 3]);
  assert.deepEqual(Object.keys(offer?.withheldBy ?? {}).toSorted(), [
    'floor.tlp-amber',
    'floor.tlp-amber-strict',
    'floor.tlp-red',
  ]);
  const kept = await holder.sharing.decisions({ recipient: me });
  assert.deepEqual(
    kept.map(({ action, result, count }) => [action, result, count]),
    [
      ['forward', 'allow', 1],
      ['forward', 'allow', 1],
    ],
    'what is offered is recorded as handed over, once',
  );
});

test('what may no longer be told is gone with the next set: a changed law at once, a recall within the quarter of an hour', async (context) => {
  const { ask, holder } = await twoHouses(context);
  assert.equal(outcomes(await ask('evil.example'))['evil.example'], 'there');
  const [{ id } = { id: '' }] = (await holder.intel.search({ text: 'evil.example' })).rows;
  await holder.intel.recall([id as never], 'withdrawn');
  holder.nowMs += 16 * 60_000;
  await holder.rebuild();
  const after = await ask('evil.example', 'bad.example');
  assert.deepEqual(outcomes(after), { 'evil.example': 'none', 'bad.example': 'there' });
  assert.equal(after.leak.evaluated, 1, 'the new set is tested with what was evaluated before');
  await holder.sharing.laws.activate('@id("none") @law("x") @says("y") forbid (principal, action, resource);', 'none', {
    by: 'ana',
    others: [],
  });
  await holder.rebuild();
  assert.equal(outcomes(await ask('bad.example'))['bad.example'], 'none');
  assert.equal(readdirSync(join(holder.dir, 'comity.lookup')).length, 2, 'sets before it are removed');
});

test('who has just become a member does not wait for the next round', async (context) => {
  const holder = await openHouse(context);
  await holder.list('green', 'evil.example');
  await holder.addMember(me);
  const asker = await openHouse(context, { deps: { link: linkTo(() => holder.lookup.holder.routes, me) } });
  const answer = await asker.lookup.asker.ask('member:holder', ['evil.example'], by, signal);
  assert.equal(answer.results[0]?.outcome, 'there');
});

test('who is no member of the book, or not any more, is answered nothing', async (context) => {
  const { ask, holder } = await twoHouses(context);
  await ask('evil.example');
  await holder.sharing.recipients.remove(me);
  await assert.rejects(ask('evil.example'), { code: 'NOT_FOUND' });
  for (const { handle, bodyBytesMax } of holder.lookup.holder.routes)
    await assert.rejects(handle({ recipient: me, query: '', body: new Uint8Array(bodyBytesMax) }), {
      code: 'NOT_FOUND',
    });
});

test('a key is published before anything is told under it; while it is in no log nothing is', async (context) => {
  const texts: string[] = [];
  let place: 'waiting' | 'current' | 'former' = 'waiting';
  const ledger: KeyLedger = {
    append: (_db, entry) => texts.push(Buffer.from(entry).toString()),
    placeOf: () => place,
    async sequenced() {
      throw new Error('the ledger is down');
    },
    show: async () => undefined,
  };
  const holder = await openHouse(context, { deps: { ledger } });
  await holder.rebuild();
  assert.equal(holder.lookup.holder.key(), undefined, 'without members there is no key');
  await holder.addMember(me);
  await assert.rejects(holder.rebuild(), /ledger is down/);
  assert.deepEqual(holder.lookup.holder.offers(), []);
  const set = holder.lookup.holder.routes[0] ?? assert.fail('no route');
  await assert.rejects(set.handle({ recipient: me, query: '', body: new Uint8Array(0) }), /ledger is down/);
  place = 'current';
  await holder.rebuild();
  await holder.rebuild();
  assert.equal(texts.length, 1);
  const key = Buffer.from(holder.lookup.holder.key()?.publicKey ?? []).toString('hex');
  const contentOf = (text = '{}') => (JSON.parse(text) as { readonly content?: unknown }).content;
  assert.deepEqual(contentOf(texts[0]), { epoch: 2969, key, until: '2026-12-03T06:00:00Z' });
  place = 'former';
  await holder.rebuild();
  assert.deepEqual(contentOf(texts[1]), contentOf(texts[0]), 'a log that goes on has the same key');
});

test('with a new epoch all has another key, other names and other records; the old one is answered until it is over', async (context) => {
  const { ask, holder, asker, asked } = await twoHouses(context);
  await ask('evil.example');
  const first = parseLookupSet(asked[0]?.reply.body ?? new Uint8Array());
  for (const house of [holder, asker]) house.nowMs = Date.UTC(2026, 11, 3, 1);
  assert.equal((await ask('good.example')).leak.evaluated, 1, 'what is offered stays until the next is built');
  await holder.rebuild();
  const answer = await ask('evil.example');
  assert.deepEqual([answer.leak.evaluated, answer.leak.records], [1, 'all']);
  const { body } = asked.findLast(({ path }) => path.startsWith('/peer/v1/lookup?'))?.reply ?? assert.fail('no set');
  const second = parseLookupSet(body);
  assert.equal(second.epoch, first.epoch + 1);
  assert.notDeepEqual(second.publicKey, first.publicKey);
  assert.notDeepEqual(second.generation, first.generation);
  holder.nowMs = Date.UTC(2026, 11, 3, 7);
  await holder.rebuild();
  const epochs = holder.store.reader.prepare('select distinct epoch from lookup_output').all();
  assert.deepEqual(epochs, [{ epoch: second.epoch }]);
});

test('a key other than the one that was published, or that was used before, is refused', async (context) => {
  const { holder, asked, ask } = await twoHouses(context);
  assert.equal((await ask('evil.example')).key, 'pinned');
  const published = holder.lookup.holder.key()?.publicKey ?? assert.fail('no key');
  const link = linkTo(() => holder.lookup.holder.routes, me);
  const askWith = async (findCommitted: () => Promise<Uint8Array>) => {
    const other = await openHouse(context, { deps: { link, findCommitted } });
    return await other.lookup.asker.ask('member:holder', ['evil.example'], by, signal);
  };
  assert.equal((await askWith(async () => published)).key, 'committed');
  await assert.rejects(
    askWith(async () => published.map((byte) => byte ^ 1)),
    { code: 'LOOKUP_UNPROVEN', message: /not the one it has published/ },
  );
  // The same epoch under another key, as a house that tells askers apart would have it.
  const twin = await openHouse(context);
  await twin.addMember(me);
  await twin.rebuild();
  const routes = { current: holder.lookup.holder.routes };
  const third = await openHouse(context, { deps: { link: linkTo(() => routes.current, me) } });
  await third.lookup.asker.ask('member:holder', ['evil.example'], by, signal);
  routes.current = twin.lookup.holder.routes;
  await assert.rejects(third.lookup.asker.ask('member:holder', ['evil.example'], by, signal), {
    code: 'LOOKUP_UNPROVEN',
    message: /it used another before/,
  });
  assert.ok(asked.length > 0);
});

test('an answer that is not proven, is cut or holds another record is refused, and nothing of it is told', async (context) => {
  const flip = (body: Uint8Array, at: number): Uint8Array => {
    const changed = Uint8Array.from(body);
    changed[at]! ^= 1;
    return changed;
  };
  const faults: Record<string, readonly [(path: string, body: Uint8Array) => Uint8Array, string]> = {
    'an element': [(path, body) => (path.endsWith('evaluate') ? flip(body, 0) : body), 'LOOKUP_UNPROVEN'],
    'the proof': [(path, body) => (path.endsWith('evaluate') ? flip(body, body.length - 1) : body), 'LOOKUP_UNPROVEN'],
    'a cut answer': [(path, body) => (path.endsWith('evaluate') ? body.subarray(1) : body), 'LOOKUP_MALFORMED'],
    'a record': [(path, body) => (path.endsWith('records') ? flipSealed(body) : body), 'LOOKUP_UNPROVEN'],
    'a cut set': [(path, body) => (path.endsWith('lookup') ? body.subarray(0, -1) : body), 'LOOKUP_MALFORMED'],
  };
  function flipSealed(body: Uint8Array): Uint8Array {
    return body.map((byte, index) => (index % 384 === 300 ? byte ^ 1 : byte));
  }
  for (const [name, [change, code]] of Object.entries(faults)) {
    const { ask } = await twoHouses(context, {
      change: (path, reply) => ({ ...reply, body: change(path, reply.body) }),
    });
    await assert.rejects(ask('evil.example', 'bad.example'), { code }, name);
  }
});

test('who asks for very much is told no more, and the house is told at half, nine tenths and all of it', async (context) => {
  const quota = { perDay: 10, perEpoch: 15, recordBytesPerDay: 2000 };
  const { ask, holder } = await twoHouses(context, { quota });
  const names = (from: number, count: number) =>
    Array.from({ length: count }, (_, index) => `n${from + index}.example`);
  await ask(...names(0, 4));
  assert.deepEqual(holder.acts, []);
  await ask(...names(4, 6));
  const told = () => holder.acts.map(({ act, details = {} }) => [act, ...Object.values(details)].join(' '));
  const { epoch } = holder.lookup.holder.key() ?? assert.fail('no key');
  assert.deepEqual(told(), [`lookup.much-asked ${epoch} 10 10 day`, `lookup.much-asked ${epoch} 10 15 epoch`]);
  await assert.rejects(ask('one-more.example'), { code: 'TOO_MANY_REQUESTS', message: /10 values a day/ });
  assert.deepEqual(holder.lookup.holder.uses(), [
    { recipient: me, today: 10, inEpoch: 10, refused: 1, lastUs: holder.nowMs * 1000 },
  ]);
  holder.nowMs += 86_400_000;
  await ask(...names(20, 5));
  await assert.rejects(ask('another.example'), { code: 'TOO_MANY_REQUESTS', message: /15 values an epoch/ });
});

test('bytes of records are bounded too', async (context) => {
  const { ask } = await twoHouses(context, { quota: { perDay: 100, perEpoch: 100, recordBytesPerDay: 1000 } });
  await assert.rejects(ask('evil.example'), { code: 'TOO_MANY_REQUESTS', message: /bytes of records/ });
});

test('one member is answered two questions at once, and the others do not wait for it', async (context) => {
  const { holder } = await twoHouses(context);
  const route = holder.lookup.holder.routes.find(({ path }) => path.endsWith('/evaluate')) ?? assert.fail('no route');
  const body = new Uint8Array(36);
  const all = await Promise.allSettled([1, 2, 3].map(() => route.handle({ recipient: me, query: '', body })));
  assert.deepEqual(
    all.map((each) => (each.status === 'rejected' ? (each.reason as { code: string }).code : 'answered')),
    ['CONFLICT', 'CONFLICT', 'TOO_MANY_REQUESTS'],
  );
});

test('after a restart the same is offered under the same key, and nothing is evaluated again', async (context) => {
  const holder = await openHouse({ after: () => undefined });
  await holder.addMember(me);
  await holder.list('green', 'evil.example');
  await holder.rebuild();
  const key = holder.lookup.holder.key();
  const [offer] = holder.lookup.holder.offers();
  await closeHouse(holder);
  const again = await openHouse(context, { dir: holder.dir });
  await again.rebuild();
  assert.deepEqual(again.lookup.holder.key(), key);
  assert.deepEqual(again.lookup.holder.offers()[0]?.values, offer?.values);
  const link = linkTo(() => again.lookup.holder.routes, me);
  const asker = await openHouse(context, { deps: { link } });
  const answer = await asker.lookup.asker.ask('member:holder', ['evil.example'], by, signal);
  assert.equal(answer.results[0]?.outcome, 'there');
});

async function closeHouse({ lookup, intel, sharing, store }: House): Promise<void> {
  await lookup.close();
  await intel.close();
  await sharing.close();
  await store.close();
}

test('a set is made for who asks, and no longer than an epoch after it asked last', async (context) => {
  const holder = await openHouse(context);
  await holder.addMember(me);
  await holder.addMember('member:silent');
  await holder.list('green', 'evil.example');
  await holder.lookup.holder.rebuild(signal);
  const offered = () => holder.lookup.holder.offers().map(({ recipient, values }) => [recipient, values]);
  assert.deepEqual(offered(), []);
  const link = linkTo(() => holder.lookup.holder.routes, me);
  const asker = await openHouse(context, { deps: { link } });
  const ask = async (...texts: string[]) => {
    asker.nowMs = holder.nowMs;
    return outcomes(await asker.lookup.asker.ask('member:holder', texts, by, signal));
  };
  assert.deepEqual(await ask('evil.example'), { 'evil.example': 'there' });
  assert.deepEqual(offered(), [[me, 1]]);
  const day = 86_400_000;
  holder.nowMs += 5 * day;
  assert.deepEqual(await ask('evil.example'), { 'evil.example': 'there' });
  holder.nowMs += 5 * day;
  await holder.lookup.holder.rebuild(signal);
  assert.deepEqual(offered(), [[me, 1]]);
  holder.nowMs += 3 * day;
  await holder.lookup.holder.rebuild(signal);
  assert.deepEqual(offered(), []);
  assert.deepEqual(await ask('evil.example'), { 'evil.example': 'there' });
});

test('of more values than are offered the newest are, and how many are not is told', async (context) => {
  const { holder } = await twoHouses(context, { valuesMax: 2 });
  const [offer] = holder.lookup.holder.offers();
  assert.deepEqual([offer?.values, offer?.leftOut], [2, 1]);
});

test('that somebody asks, whom and for how many values is written down before anything leaves, and never for which', async (context) => {
  const asker = await openHouse(context);
  await assert.rejects(asker.lookup.asker.ask('member:holder', ['evil.example', 'b.example'], by, signal), {
    code: 'NOT_FOUND',
  });
  assert.deepEqual(asker.acts, [{ ...by, act: 'lookup.asked', about: 'member:holder', details: { values: 2 } }]);
});

test('more values than one question takes are refused', async (context) => {
  const asker = await openHouse(context);
  const many = Array.from({ length: 1001 }, (_, index) => `n${index}.example`);
  await assert.rejects(asker.lookup.asker.ask('member:holder', many, by, signal), { code: 'ARGUMENT_INVALID' });
});
