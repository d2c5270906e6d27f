import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import test from 'node:test';
import type { OutletView } from '@comity/protocol/api';
import { readStarterLaw } from '../sharing/index.ts';
import { serveNode, until } from '../node-for-tests.ts';
import type { Cleanup, ServedNode } from '../node-for-tests.ts';
import { makeCertificate } from './certificate-for-tests.ts';
import { receiveDatagrams, receiveSyslog, receiveWebhooks } from './receivers-for-tests.ts';

type Saved = Parameters<ServedNode['client']['saveOutlet']>[0]['body'];

/** A node that screens for `evil.example`, under the law `open`, with an organisation of its own and a source to push to. */
async function screeningNode(cleanup: Cleanup, options: Parameters<typeof serveNode>[1] = {}) {
  const node = await serveNode(cleanup, options);
  const { client } = node;
  await client.activateLaw({ body: { text: readStarterLaw('open'), name: 'open' } });
  await client.createImport({ query: { name: 'list.txt', tlp: 'amber' }, body: 'evil.example\n192.0.2.7:443\n' });
  await client.saveRecipient({ body: { key: 'organisation:soc', name: 'Our SOC' } });
  const source = await client.addSource({ body: { kind: 'http', name: 'records' } });
  const push = async (text: string): Promise<number> =>
    (await client.pushRecords({ params: { id: source.id }, body: text })).matches;
  await until(async () => (await push('GET http://evil.example/warm-up\n')) > 0, 'the indicator acts');
  const save = async (body: Partial<Saved> & { address: string }) =>
    await client.saveOutlet({
      body: { name: 'SOC', kind: 'webhook', recipient: 'organisation:soc', allowPrivate: true, ...body },
    });
  const state = async (): Promise<OutletView> => {
    const [row] = (await client.listOutlets()).rows;
    assert.ok(row);
    return row;
  };
  return { node, client, push, save, state };
}

const records = (from: number, to: number): string =>
  Array.from({ length: to - from }, (_, index) => `visit ${from + index} of evil.example\n`).join('');
const parse = (body: string) => JSON.parse(body) as { id: string; record?: string; type: string }[];
const numbersOf = (bodies: readonly string[]) =>
  bodies.flatMap((body) => parse(body).map(({ record = '' }) => Number(/visit (\d+)/.exec(record)?.[1])));

test('a match is posted in order, signed as Standard Webhooks asks, and a new outlet begins with matches from now on', async (context) => {
  const { push, save, state } = await screeningNode(context);
  const receiver = await receiveWebhooks(context);
  const { outlet, signingKey = '' } = await save({
    address: `${receiver.url}?key=hush`,
    authorization: 'Bearer secret',
  });
  assert.match(signingKey, /^whsec_[A-Za-z0-9+/]{43}=$/);
  assert.ok(!JSON.stringify(outlet).includes('hush') && !JSON.stringify(outlet).includes('secret'));
  await push(records(0, 30));
  await until(() => numbersOf(receiver.posts.map(({ body }) => body)).length === 30, 'all are there');
  assert.deepEqual(
    numbersOf(receiver.posts.map(({ body }) => body)),
    [...Array(30).keys()],
    'in order, without the warm-up',
  );
  const { headers, body, path } = receiver.posts[0] ?? assert.fail('nothing came');
  assert.deepEqual(
    [path, headers['authorization'], headers['content-type']],
    ['/hook?key=hush', 'Bearer secret', 'application/json'],
  );
  const key = Buffer.from(signingKey.replace('whsec_', ''), 'base64');
  const signed = [headers['webhook-id'], headers['webhook-timestamp'], body].join('.');
  assert.equal(headers['webhook-signature'], `v1,${createHmac('sha256', key).update(signed).digest('base64')}`);
  assert.ok(Math.abs(Number(headers['webhook-timestamp']) - Date.now() / 1000) < 300);
  await until(async () => (await state()).sent === 30, 'they are counted');
  const { waiting, withheld, lost, status } = await state();
  assert.deepEqual([waiting, withheld, lost, status], [0, 0, 0, 'waiting']);
});

test('an outlet from the beginning sends what is kept; an address on another port raises no alarm and is only sent when all are', async (context) => {
  const { push, save } = await screeningNode(context);
  await push('192.0.2.7:80 seen on another port\n');
  const [alarms, all] = [await receiveWebhooks(context), await receiveWebhooks(context)];
  await save({ name: 'alarms', address: alarms.url, from: 'start' });
  await save({ name: 'all', address: all.url, from: 'start', alarmsOnly: false });
  const values = (posts: readonly { body: string }[]) =>
    posts.flatMap(({ body }) => parse(body).map((match) => String((match as { value?: string }).value))).toSorted();
  await until(() => values(all.posts).length >= 2, 'all came');
  await until(() => values(alarms.posts).length >= 1, 'the alarm came');
  assert.deepEqual(values(all.posts), ['192.0.2.7', 'evil.example']);
  assert.deepEqual(values(alarms.posts), ['evil.example']);
});

test('what a receiver does not take is sent again, the same bytes under the same id, until it does: 500, 429, a redirect, a cut', async (context) => {
  const { push, save, state } = await screeningNode(context);
  const receiver = await receiveWebhooks(context);
  const answers: (readonly [number, Record<string, string>])[] = [
    [500, {}],
    [429, { 'retry-after': '0' }],
    [307, { location: `${receiver.url}/elsewhere` }],
  ];
  receiver.answer = (_, response) => {
    const [status, headers] = answers.shift() ?? [204, {}];
    response.writeHead(status, headers).end();
  };
  await save({ address: receiver.url });
  await push(records(0, 3));
  await until(() => receiver.posts.length === 1, 'the first try');
  await until(async () => (await state()).lastError?.includes('500') === true, 'it says why');
  assert.equal((await state()).status, 'failing');
  await push(records(3, 5));
  await until(async () => (await state()).sent === 5, 'all are through');
  const tries = receiver.posts.slice(0, 4);
  assert.equal(new Set(tries.map(({ body }) => body)).size, 1, 'one batch, tried four times');
  assert.equal(new Set(tries.map(({ headers }) => headers['webhook-id'])).size, 1);
  assert.ok(
    receiver.posts.every(({ path }) => path === '/hook'),
    'the redirect was not followed',
  );
  assert.deepEqual(numbersOf(receiver.posts.slice(3).map(({ body }) => body)), [0, 1, 2, 3, 4]);
  assert.equal((await state()).status, 'waiting');

  receiver.cuts = true;
  await push(records(5, 6));
  await until(async () => (await state()).status === 'failing', 'the cut is a failure');
  receiver.cuts = false;
  await until(async () => (await state()).sent === 6, 'and is made good');
});

test('a receiver that is down for long gets everything afterwards, and a slow one keeps no other and no record waiting', async (context) => {
  const { push, save, client } = await screeningNode(context);
  const down = await receiveWebhooks(context);
  await down.close();
  const slow = await receiveWebhooks(context);
  const held: (() => void)[] = [];
  slow.answer = (_, response) => void held.push(() => response.end());
  const quick = await receiveWebhooks(context);
  await save({ name: 'down', address: down.url });
  await save({ name: 'slow', address: slow.url });
  await save({ name: 'quick', address: quick.url });
  await push(records(0, 5));
  await until(() => slow.posts.length === 1, 'the slow one has its first batch');
  for (let from = 5; from < 1500; from += 115) await push(records(from, Math.min(from + 115, 1500)));
  await until(() => numbersOf(quick.posts.map(({ body }) => body)).length === 1500, 'the quick one has all');
  assert.equal(slow.posts.length, 1, 'one batch is in memory of the slow one');
  const row = async (name: string) => (await client.listOutlets()).rows.find((each) => each.name === name);
  assert.equal((await row('down'))?.status, 'failing');
  assert.equal((await row('down'))?.waiting, 1500);

  slow.answer = (_, response) => response.end();
  for (const release of held) release();
  const up = await receiveWebhooks(context, { port: down.port });
  // Whoever was down is tried again after about as long as it was down: on a machine that is busy, that may have been long.
  await until(() => numbersOf(up.posts.map(({ body }) => body)).length === 1500, 'what was down has all', 120_000);
  assert.deepEqual(numbersOf(up.posts.map(({ body }) => body)), [...Array(1500).keys()]);
  assert.ok(
    up.posts.every(({ body }) => parse(body).length <= 500),
    'in bounded pieces',
  );
  await until(() => numbersOf(slow.posts.map(({ body }) => body)).length === 1500, 'the slow one too');
});

test('what may not leave is withheld, counted by its rule and kept as a decision; RED never leaves, AMBER+STRICT goes to our own', async (context) => {
  const { client, push, save, state } = await screeningNode(context);
  const give = async (value: string, tlp: 'red' | 'amber+strict') =>
    await client.createImport({ query: { name: `${value}.txt`, source: value, tlp }, body: `${value}\n` });
  await give('red.example', 'red');
  await give('strict.example', 'amber+strict');
  const receiver = await receiveWebhooks(context);
  await save({ address: receiver.url });
  await until(async () => (await push('strict.example\n')) > 0, 'it acts');
  await until(async () => (await push('red.example\n')) > 0, 'it acts');
  await push('evil.example\n');
  await until(async () => (await state()).sent >= 2, 'what may goes');
  const text = receiver.posts.map(({ body }) => body).join('');
  assert.ok(text.includes('strict.example') && text.includes('TLP:AMBER+STRICT'));
  assert.ok(!text.includes('red.example'));
  await until(async () => (await state()).withheld >= 1, 'the rest is counted');
  assert.ok((await state()).withheldBy.some(({ rule, count }) => rule === 'floor.tlp-red' && count >= 1));
  const kept = async () => (await client.listSharingDecisions({ query: { recipient: 'organisation:soc' } })).rows;
  await until(async () => (await kept()).some(({ ruleIds }) => ruleIds.includes('floor.tlp-red')), 'it is kept');

  await client.activateLaw({ body: { text: readStarterLaw('closed'), name: 'closed' } });
  const before = receiver.posts.length;
  const { withheld } = await state();
  await push('evil.example once more\n');
  await until(async () => (await state()).withheld > withheld, 'the law says no');
  assert.equal(receiver.posts.length, before);
});

test('an outlet belongs to an organisation of ours alone; addresses inside, foreign schemes and malformed secrets are refused', async (context) => {
  const { client, save } = await screeningNode(context);
  for (const key of ['client:works', 'member:cert-x', 'person:ada']) {
    await client.saveRecipient({ body: { key, name: key } });
    await assert.rejects(save({ address: 'https://soc.example/', recipient: key }), { code: 'SHARING_REFUSED' }, key);
  }
  for (const recipient of ['owner', 'public'])
    await assert.rejects(save({ address: 'https://soc.example/', recipient }), { code: 'SHARING_REFUSED' });
  await assert.rejects(save({ address: 'http://127.0.0.1:1/', allowPrivate: false }), { code: 'ADDRESS_REFUSED' });
  await assert.rejects(save({ address: 'http://localhost/', allowPrivate: false }), { code: 'ADDRESS_REFUSED' });
  const wrong: (Partial<Saved> & { address: string })[] = [
    { address: 'ftp://soc.example/' },
    { kind: 'syslog', address: 'https://soc.example/' },
    { kind: 'syslog', address: 'tcp://soc.example' },
    { kind: 'syslog', address: 'tcp://soc.example:0' },
    { kind: 'syslog', address: 'tcp://[::zz]:514' },
    { kind: 'syslog', address: 'tls://soc.example:6514', authorization: 'Bearer x' },
    { address: 'https://soc.example/', authorization: 'two\r\nlines' },
    { address: 'https://soc.example/', signingKey: 'whsec_c2hvcnQ=' },
    { address: 'https://soc.example/', ca: 'no certificate' },
  ];
  for (const body of wrong) await assert.rejects(save(body), { code: 'ARGUMENT_INVALID' }, JSON.stringify(body));
});

test('a new address forgets the credentials of the old one; the signing key stays', async (context) => {
  const { client, save, push } = await screeningNode(context);
  const [first, second] = [await receiveWebhooks(context), await receiveWebhooks(context)];
  const { outlet, signingKey } = await save({ address: first.url.replace('//', '//user:pass@') });
  assert.equal(outlet.hasAuthorization, true);
  assert.ok(!outlet.address.includes('pass'));
  await push('evil.example 1\n');
  await until(() => first.posts.length === 1, 'the first has it');
  assert.equal(first.posts[0]?.headers['authorization'], `Basic ${Buffer.from('user:pass').toString('base64')}`);
  const moved = await save({ id: outlet.id, address: second.url });
  assert.deepEqual([moved.outlet.hasAuthorization, moved.signingKey], [false, undefined]);
  await push('evil.example 2\n');
  await until(() => second.posts.length === 1, 'the second has the next');
  const { headers, body } = second.posts[0] ?? assert.fail('nothing came');
  assert.equal(headers['authorization'], undefined);
  const key = Buffer.from((signingKey ?? '').replace('whsec_', ''), 'base64');
  const signed = [headers['webhook-id'], headers['webhook-timestamp'], body].join('.');
  assert.equal(headers['webhook-signature'], `v1,${createHmac('sha256', key).update(signed).digest('base64')}`);
  await client.removeOutlet({ params: { id: outlet.id } });
  assert.deepEqual((await client.listOutlets()).rows, []);
});

test('a webhook over https is sent to only when its certificate comes from whom we trust', async (context) => {
  const { client, save, push, state } = await screeningNode(context);
  const certificate = makeCertificate();
  const receiver = await receiveWebhooks(context, { certificate });
  const { outlet } = await save({ address: receiver.url });
  await push('evil.example\n');
  await until(async () => (await state()).status === 'failing', 'an unknown certificate is refused');
  assert.match((await state()).lastError ?? '', /self-signed certificate/);
  assert.equal(receiver.posts.length, 0);
  await client.saveOutlet({
    body: {
      id: outlet.id,
      name: 'SOC',
      kind: 'webhook',
      recipient: 'organisation:soc',
      allowPrivate: true,
      ca: certificate.certificate,
    },
  });
  await until(() => receiver.posts.length === 1, 'one we were given is taken');
});

test('documents of the Elastic Common Schema go as lines of JSON', async (context) => {
  const { save, push } = await screeningNode(context);
  const receiver = await receiveWebhooks(context);
  await save({ address: receiver.url, form: 'ecs' });
  await push(records(0, 2));
  await until(
    () =>
      receiver.posts
        .map(({ body }) => body)
        .join('')
        .split('\n').length === 3,
    'two lines came',
  );
  assert.equal(receiver.posts[0]?.headers['content-type'], 'application/x-ndjson');
  const lines = receiver.posts
    .map(({ body }) => body)
    .join('')
    .trimEnd()
    .split('\n');
  const [first] = lines.map(
    (line) => JSON.parse(line) as { event: { kind: string; original: string }; ecs: { version: string } },
  );
  assert.deepEqual(
    [first?.event.kind, first?.event.original, first?.ecs.version],
    ['alert', 'visit 0 of evil.example', '8.17.0'],
  );
});

for (const transport of ['tcp', 'tls'] as const) {
  test(`syslog over ${transport}: counted messages of RFC 5424 in order, and all again after the receiver was away`, async (context) => {
    const { save, push, state } = await screeningNode(context);
    const certificate = transport === 'tls' ? makeCertificate() : undefined;
    const secured = certificate === undefined ? {} : { certificate };
    const receiver = await receiveSyslog(context, secured);
    await save({
      kind: 'syslog',
      address: `${transport}://127.0.0.1:${receiver.port}`,
      ...(certificate !== undefined && { ca: certificate.certificate }),
    });
    await push(records(0, 20));
    await until(() => receiver.messages.length === 20, 'all came');
    const heads = receiver.messages.map((message) => message.slice(0, message.indexOf('{')));
    for (const head of heads)
      assert.match(
        head,
        /^<116>1 \d{4}-\d\d-\d\dT[\d:.]+Z \S+ comity - match \[comity@32473 id="match-[0-9a-z]{10}" value="evil\.example" kind="domain" .*tlp="AMBER"\] $/,
      );
    assert.deepEqual(numbersOf(receiver.messages.map((message) => `[${message.slice(message.indexOf('{'))}]`)), [
      ...Array(20).keys(),
    ]);
    // What came is sent once the connection is over, not before.
    const isDone = async () => (await state()).waiting === 0;
    await until(isDone, 'all is sent');
    await receiver.close();
    await push(records(20, 25));
    await until(async () => (await state()).status === 'failing', 'it is away');
    const back = await receiveSyslog(context, { port: receiver.port, ...secured });
    await until(() => back.messages.length === 5, 'what was missed came');
    await until(isDone, 'what was missed is sent');
  });
}

test('syslog over TLS is not spoken to a receiver whose certificate nobody vouches for', async (context) => {
  const { save, push, state } = await screeningNode(context);
  const receiver = await receiveSyslog(context, { certificate: makeCertificate() });
  await save({ kind: 'syslog', address: `tls://127.0.0.1:${receiver.port}` });
  await push('evil.example\n');
  await until(async () => (await state()).status === 'failing', 'it is refused');
  assert.match((await state()).lastError ?? '', /self-signed certificate/);
  assert.deepEqual(receiver.messages, []);
});

test('no record forges a message, whatever is in it; a datagram stays below 2,048 bytes and is whole JSON', async (context) => {
  const { save, push } = await screeningNode(context);
  const [udp, tcp] = [await receiveDatagrams(context), await receiveSyslog(context)];
  await save({ name: 'udp', kind: 'syslog', address: `udp://127.0.0.1:${udp.port}` });
  await save({ name: 'tcp', kind: 'syslog', address: `tcp://127.0.0.1:${tcp.port}`, form: 'ecs' });
  const hostile = [
    'evil.example \r<13>1 2026-01-01T00:00:00Z h forged - - - never',
    'evil.example \u0000\u0007\u001b[31m\u0085\u2028\u2029\u202e "] \\" 25 <13>1 forged',
    `evil.example ${'é'.repeat(3000)}`,
    `evil.example ${'\u0001'.repeat(3000)}`,
    '{"query":"evil.example","a":"\\n25 <13>1 forged\\u2028"}',
  ];
  await push(hostile.map((line) => `${line}\n`).join(''));
  await until(() => tcp.messages.length >= hostile.length, 'all came over TCP');
  await until(() => udp.messages.length >= hostile.length, 'all came as datagrams');
  for (const messages of [udp.messages, tcp.messages]) {
    assert.equal(messages.length, hostile.length);
    for (const message of messages) {
      // oxlint-disable-next-line no-control-regex -- control characters are what this is about
      assert.doesNotMatch(message, /[\u0000-\u001f\u007f-\u009f\u2028\u2029]/);
      assert.doesNotThrow(() => JSON.parse(message.slice(message.indexOf('{'))) as unknown, message);
      assert.match(
        message,
        /^<\d+>1 \S+ \S+ comity - match \[comity@32473 (?:[a-z]+="(?:[^"\\\]]|\\["\\\]])*" ?)*\] \{/,
      );
    }
  }
  assert.ok(udp.messages.every((message) => Buffer.byteLength(message) <= 2048));
});

test('a test can be sent whatever waits, says that it is one, and says why it could not be', async (context) => {
  const { client, save } = await screeningNode(context);
  const [receiver, syslog] = [await receiveWebhooks(context), await receiveSyslog(context)];
  const { outlet } = await save({ address: receiver.url, enabled: false });
  assert.deepEqual(await client.testOutlet({ params: { id: outlet.id } }), { sent: true });
  const [told] = parse(receiver.posts[0]?.body ?? '[]');
  assert.deepEqual([told?.type, told?.id.slice(0, 5)], ['test', 'test-']);
  const other = await save({ name: 'syslog', kind: 'syslog', address: `tcp://127.0.0.1:${syslog.port}`, form: 'ecs' });
  assert.deepEqual(await client.testOutlet({ params: { id: other.outlet.id } }), { sent: true });
  await until(() => syslog.messages.length === 1, 'the test came');
  assert.match(syslog.messages[0] ?? '', / comity - test \[.*"tags":\["comity","no-alarm","test"\]/);
  receiver.answer = (_, response) => response.writeHead(403).end('who are you');
  assert.deepEqual(await client.testOutlet({ params: { id: outlet.id } }), {
    sent: false,
    reason: 'the receiver answered 403',
  });
});
