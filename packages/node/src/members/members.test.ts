import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import type { TestContext } from 'node:test';
import { ComityError, utf8Bytes } from '@comity/protocol/base';
import { printDescriptors, verifyDescriptorChain, verifyNextDescriptor } from '@comity/protocol/members';
import type { Descriptor } from '@comity/protocol/members';
import { printVerifierKey } from '@comity/protocol/tlog';
import type { VerifierKey } from '@comity/protocol/tlog';
import { createSigner, nativeCrypto } from '../../../testkit/src/index.ts';
import { openSeal, openStore } from '../store/index.ts';
import { handleFor } from './directory/handle.ts';
import { membersSchema, openMembers, rfc2350, securityTxt } from './index.ts';
import type { MemberProfile, Members } from './index.ts';

const dayMs = 86_400_000;
const profile: MemberProfile = { name: 'Example CERT', country: 'AT', sectors: [], contacts: [], url: undefined };

type Deps = Parameters<typeof openMembers>[0];

/** Members on a real store, with a network that answers nothing unless told to. */
async function open(context: TestContext, deps: Partial<Deps> = {}) {
  const dir = mkdtempSync(join(tmpdir(), 'comity-members-'));
  const now = { ms: Date.UTC(2026, 5, 1) };
  const clock = (): number => now.ms;
  const store = await openStore({ dir, schemas: [membersSchema] }, { clock });
  context.after(async () => {
    await store.close();
    rmSync(dir, { recursive: true });
  });
  const notes: string[] = [];
  const recorded: string[] = [];
  const all: Deps = {
    store,
    clock,
    randomBytes: (count) => randomBytes(count),
    seal: openSeal(dir),
    crypto: nativeCrypto,
    facts: () => ({ url: 'https://cert.example', signers: [] }),
    ask: async () => await Promise.reject(new Error('no network')),
    recipients: { isTaken: () => false, keep: async () => undefined },
    record: (_db, { hash }) => recorded.push(hash),
    note: (_db, { act, about }) => notes.push(`${act} ${about}`),
    onFault: () => undefined,
    ...deps,
  };
  return {
    members: openMembers(all),
    again: (other: Partial<Deps>) => openMembers({ ...all, ...other }),
    dir,
    now,
    notes,
    recorded,
  };
}

const round = async (members: Members): Promise<void> => await members.round(new AbortController().signal);
const chainOf = (members: Members) => verifyDescriptorChain(members.own.chain()!.descriptors, nativeCrypto);

test('a member is made once; what it says later follows what it said first', async (context) => {
  const { members, again, recorded } = await open(context);
  assert.throws(() => members.own.get(), { code: 'CONFLICT' });
  assert.deepEqual(members.own.page(0), []);
  const first = await members.own.init(profile);
  assert.deepEqual([first.body.url, first.member], ['https://cert.example', first.hash]);
  await assert.rejects(members.own.init(profile), { code: 'CONFLICT' });
  await members.own.change({ name: 'Renamed', country: undefined });
  const { current, descriptors } = chainOf(again({}));
  assert.deepEqual([current.body.name, current.body.country, current.body.sequence], ['Renamed', 'AT', 1]);
  assert.deepEqual(
    recorded,
    descriptors.map(({ hash }) => hash),
    'each is an act of the ledger',
  );
});

test('two changes at once never become two descriptors of one sequence', async (context) => {
  const { members } = await open(context);
  await members.own.init(profile);
  const both = await Promise.allSettled([members.own.change({ name: 'One' }), members.own.change({ name: 'Other' })]);
  assert.deepEqual(
    both.map(({ status }) => status),
    ['fulfilled', 'rejected'],
  );
  assert.equal(chainOf(members).current.body.name, 'One');
  const inits = await open(context);
  const made = await Promise.allSettled([inits.members.own.init(profile), inits.members.own.init(profile)]);
  assert.deepEqual(
    made.map(({ status }) => status),
    ['fulfilled', 'rejected'],
  );
});

test('a description is renewed by itself half a year before it ends, and at once when the node’s keys change', async (context) => {
  const log = createSigner('cert.example/ledger/1', 'note', 'log');
  const facts = { url: 'https://cert.example', signers: [{ publicKey: log.key.publicKey, sign: log.sign }] };
  const ledger = {
    origin: 'cert.example/ledger/1',
    url: 'https://cert.example/ledger/1',
    keys: [printVerifierKey(log.key)],
  };
  const { members, again, now } = await open(context);
  await members.own.init(profile);
  await round(members);
  assert.equal(chainOf(members).current.body.sequence, 0);
  now.ms += 190 * dayMs;
  await round(members);
  assert.equal(chainOf(members).current.body.sequence, 1);
  const withLedger = again({ facts: () => ({ ...facts, ledger }) });
  await round(withLedger);
  await round(withLedger);
  assert.deepEqual(
    [chainOf(withLedger).current.body.sequence, chainOf(withLedger).current.body.ledger?.origin],
    [2, 'cert.example/ledger/1'],
  );
});

test('without the key file of the folder the announced key, kept elsewhere, gets the member its name back', async (context) => {
  const { members, again, dir } = await open(context);
  const former = await members.own.init(profile);
  const { id, seed } = members.own.recovery();
  await members.own.forgetRecovery(id);
  rmSync(join(dir, 'comity.key'));
  const restored = again({ seal: openSeal(dir) });
  assert.throws(() => restored.own.signer(), { code: 'FILE_UNREADABLE', message: /comity member rotate --recovery/ });
  await assert.rejects(restored.own.change({ name: 'x' }), { code: 'FILE_UNREADABLE' });
  const { descriptor, step } = await restored.own.rotate(seed);
  assert.equal(step, 'recovery');
  assert.equal(verifyNextDescriptor(former, descriptor, nativeCrypto), 'recovery');
  assert.match(restored.own.signer().keyId, new RegExp(`^${former.member}\\.`));
  await restored.own.change({ name: 'Back again' });
});

test('the contacts of a member become security.txt and RFC 2350, line by line', async (context) => {
  const { members } = await open(context);
  const descriptor = await members.own.init({
    ...profile,
    sectors: ['energy'],
    contacts: [
      { role: 'technical', email: 'cert@cert.example', languages: ['de'], keys: [] },
      {
        role: 'vulnerability',
        email: 'psirt@cert.example',
        phone: '+43 1 (23) 45',
        hours: 'day and night',
        timeZone: 'Europe/Vienna',
        languages: ['de', 'en'],
        keys: [
          { type: 'openpgp', fingerprint: 'A'.repeat(40) },
          { type: 'smime', fingerprint: 'B'.repeat(64) },
          { type: 'openpgp', fingerprint: 'C'.repeat(40), url: 'https://cert.example/key.asc' },
        ],
      },
    ],
  });
  assert.equal(
    securityTxt(descriptor),
    [
      'Contact: mailto:psirt@cert.example',
      'Contact: tel:+4312345',
      'Expires: 2027-06-01T00:00:00.000Z',
      `Encryption: openpgp4fpr:${'A'.repeat(40)}`,
      'Encryption: https://cert.example/key.asc',
      'Preferred-Languages: de, en',
      'Canonical: https://cert.example/.well-known/security.txt',
      '',
    ].join('\n'),
  );
  const text = rfc2350(descriptor);
  for (const line of ['3.1 Constituency: energy', '2.5 Contact, vulnerability', '      Time Zone: Europe/Vienna'])
    assert.ok(text.split('\n').includes(line), line);
  const silent = await open(context);
  assert.equal(securityTxt(await silent.members.own.init(profile)), undefined);
});

test('a handle is what may stand in the key of a recipient, and nobody becomes who somebody else was', () => {
  const of = (name: string) => ({ member: 'ab12cd34'.repeat(8), body: { name } }) as unknown as Descriptor;
  const free = (): boolean => false;
  assert.equal(handleFor(of('Österreichisches CERT (Wien)'), free), 'osterreichisches-cert-wien');
  assert.equal(handleFor(of('日本'), free), 'member');
  assert.equal(
    handleFor(of('CERT'), (handle) => handle === 'cert'),
    'cert-ab12cd34',
  );
  assert.match(
    handleFor(of('CERT'), (handle) => handle.startsWith('cert')),
    /^[0-9a-f]{40}$/,
  );
  assert.equal(handleFor(of(`${'x'.repeat(39)} y`), free), 'x'.repeat(39));
});

/** A network in memory: nodes by the host of their URL, each up or not. */
function network() {
  const nodes = new Map<string, { readonly members: Members; isUp: boolean }>();
  const asked: string[] = [];
  const ask: Deps['ask'] = async (url, { method, headers, body = new Uint8Array() }) => {
    const { host, pathname, search } = new URL(url);
    asked.push(`${host}${pathname}`);
    const node = nodes.get(host);
    if (node?.isUp !== true) throw new ComityError('REMOTE_FAILED', `Cannot reach ${host}`);
    const { members } = node;
    if (pathname === '/.well-known/comity/nodes.json') {
      const page = members.own.page(Number(new URLSearchParams(search).get('from')));
      return { status: 200, header: () => undefined, bytes: utf8Bytes(printDescriptors(page)) };
    }
    const request = { method, target: `${pathname}${search}`, host, fields: headers, body };
    const route = members.peerRoutes.find((each) => each.path === pathname && each.method === method)!;
    const member = route.from === 'anybody' ? undefined : await members.edge.verify(request);
    const reply = await route.handle({ member, request, query: search.slice(1), signal: new AbortController().signal });
    const fields: Record<string, string> = {
      ...members.signAnswer(reply.status, reply, headers['signature'] ?? ''),
    };
    return { status: reply.status, header: (name) => fields[name], bytes: reply.body };
  };
  return { nodes, asked, ask };
}

/** A member on a network of that kind. */
async function on(net: ReturnType<typeof network>, context: TestContext, host: string) {
  const opened = await open(context, { ask: net.ask, facts: () => ({ url: `https://${host}`, signers: [] }) });
  await opened.members.own.init({ ...profile, name: host });
  const node = { members: opened.members, isUp: true };
  net.nodes.set(host, node);
  return { ...opened, node };
}

const invite = async ({ members }: { readonly members: Members }, accepts = false): Promise<string> =>
  (await members.invitations.give({ hint: '', hours: 1, accepts, allowPrivate: false })).text;

test('who asked hears of a yes in the next round, when the word of it was lost', async (context) => {
  const net = network();
  const [a, b] = [await on(net, context, 'a.example'), await on(net, context, 'b.example')];
  assert.equal((await b.members.takeUp(await invite(a), false)).state, 'asked');
  assert.deepEqual(a.notes, [`member.asked ${b.members.own.get().member}`]);
  await round(b.members);
  assert.equal(b.members.get('a-example').state, 'asked');
  b.node.isUp = false;
  const accepted = await a.members.accept('b-example', { handle: undefined, allowPrivate: false });
  assert.deepEqual([accepted.state, accepted.lastError], ['joined', 'Cannot reach b.example']);
  await round(b.members);
  assert.equal(b.members.get('a-example').state, 'joined');
  assert.deepEqual(b.notes, [`member.joined ${a.members.own.get().member}`]);
});

test('two that invited each other are joined as soon as both took it up', async (context) => {
  const net = network();
  const [a, b] = [await on(net, context, 'a.example'), await on(net, context, 'b.example')];
  const [toB, toA] = [await invite(a), await invite(b)];
  assert.equal((await b.members.takeUp(toB, false)).state, 'asked');
  assert.equal((await a.members.takeUp(toA, false)).state, 'joined');
  assert.equal(b.members.get('a-example').state, 'joined');
});

test('a member is a recipient as long as it is joined, also when the node stopped before it became one', async (context) => {
  const net = network();
  const [a, b] = [await on(net, context, 'a.example'), await on(net, context, 'b.example')];
  await b.members.takeUp(await invite(a, true), false);
  const kept: string[] = [];
  const isTaken = (handle: string): boolean => kept.includes(handle);
  const keep = async ({ handle }: { readonly handle: string }): Promise<void> => void kept.push(handle);
  const again = b.again({ recipients: { isTaken, keep } });
  await round(again);
  await round(again);
  assert.deepEqual(kept, ['a-example']);
});

test('who cannot be reached is asked again later and later, and the reason is shown', async (context) => {
  const net = network();
  const [a, b] = [await on(net, context, 'a.example'), await on(net, context, 'b.example')];
  await b.members.takeUp(await invite(a, true), false);
  a.node.isUp = false;
  const asks = async (minutes: number): Promise<number> => {
    b.now.ms += minutes * 60_000;
    const before = net.asked.length;
    await round(b.members);
    return net.asked.length - before;
  };
  assert.deepEqual(
    [await asks(1), await asks(360), await asks(1), await asks(1), await asks(2), await asks(2)],
    [0, 1, 0, 1, 0, 1],
  );
  assert.match(b.members.get('a-example').lastError ?? '', /Cannot reach a\.example/);
  a.node.isUp = true;
  assert.equal(await asks(360), 2, 'what it says now, and that this is the end');
  assert.equal(b.members.get('a-example').lastError, undefined);
});

test('of a member that witnesses and keeps a log, keys are known: those in force, and those that were', async (context) => {
  const net = network();
  const [a, b] = [await on(net, context, 'a.example'), await on(net, context, 'b.example')];
  await b.members.takeUp(await invite(a, true), false);
  const keyed = (word: string) => {
    const log = createSigner('a.example/ledger/1', 'note', `log ${word}`);
    const witness = createSigner('a.example/witness', 'cosignature-ed25519', 'witness');
    const url = 'https://a.example/ledger/1';
    return {
      url: 'https://a.example',
      ledger: { origin: 'a.example/ledger/1', url, keys: [printVerifierKey(log.key)] },
      witness: { url, monitoringUrl: url, keys: [printVerifierKey(witness.key)] },
      signers: [log, witness].map(({ key, sign }) => ({ publicKey: key.publicKey, sign })),
    };
  };
  for (const word of ['one', 'two']) await round(a.again({ facts: () => keyed(word) }));
  await b.members.refresh('a-example');
  const log = b.members.logOf('a.example/ledger/1');
  const texts = (keys: readonly VerifierKey[] = []): string[] => keys.map(printVerifierKey);
  assert.deepEqual([texts(log?.keys), texts(log?.formerKeys)], [keyed('two').ledger.keys, keyed('one').ledger.keys]);
  assert.deepEqual(
    b.members.witnesses().map(({ url, keys }) => [url, texts(keys)]),
    [['https://a.example/ledger/1', keyed('one').witness.keys]],
  );
  assert.equal(b.members.logOf('other'), undefined);
});

test('an invitation leads to who gave it, or to nobody, and nothing is kept of who is there instead', async (context) => {
  const net = network();
  const [a, liar, b] = [
    await on(net, context, 'a.example'),
    await on(net, context, 'liar.example'),
    await on(net, context, 'b.example'),
  ];
  const text = await invite(a, true);
  net.nodes.set('a.example', liar.node);
  await assert.rejects(b.members.takeUp(text, false), { code: 'MEMBER_UNPROVEN', details: { reason: 'other-member' } });
  net.nodes.set('a.example', a.node);
  b.now.ms += 366 * dayMs;
  await assert.rejects(b.members.takeUp(text, false), { code: 'CONFLICT', message: /ended/ });
  assert.deepEqual(b.members.list(), []);
});
