import assert from 'node:assert/strict';
import test from 'node:test';
import { base64Of } from '@comity/protocol/base';
import { parseDescriptor, recogniseMessageKeyName, verifyDoubleSpeaking } from '@comity/protocol/members';
import type { DoubleSpeaking } from '@comity/protocol/members';
import { verifyResponse } from '@comity/protocol/signed-http';
import { portableCrypto, printVerifierKey } from '@comity/protocol/tlog';
import { nativeCrypto, servePuppet, signerOfSeed } from '../../../../testkit/src/index.ts';
import type { Puppet, Tweak } from '../../../../testkit/src/index.ts';
import { serveNode, temporaryDir } from '../../node-for-tests.ts';
import type { Cleanup, ServedNode } from '../../node-for-tests.ts';

const { sha256 } = nativeCrypto;

interface Refusal {
  readonly code: string;
  readonly details?: { readonly reason?: string };
}

async function serveMember(cleanup: Cleanup): Promise<ServedNode> {
  const node = await serveNode(cleanup);
  await node.client.initMember({ body: { name: 'Under test' } });
  return node;
}

/** A puppet that is joined to a node. */
async function joined(cleanup: Cleanup, node: ServedNode): Promise<Puppet> {
  const puppet = await servePuppet(cleanup);
  const { text } = await node.client.inviteMember({ body: { accepts: true, allowPrivate: true } });
  const answer = await puppet.join(node, text);
  assert.deepEqual(await answer.json(), { state: 'joined' });
  return puppet;
}

async function reasonOf(answer: Response | Promise<Response>): Promise<string> {
  const { code, details } = (await (await answer).json()) as Refusal;
  return `${code} ${details?.reason ?? ''}`.trim();
}

const challenge = 'AAAAAAAAAAAAAAAAAAAAAA';
const ping = async (puppet: Puppet, node: ServedNode, tweak?: Tweak) =>
  await puppet.ask(node, 'POST', '/peer/v1/ping', { challenge }, tweak);

test('a member that knows nothing but the protocol joins, asks, and verifies what it is answered', async (context) => {
  const node = await serveMember(context);
  const puppet = await joined(context, node);
  let requestSignature = '';
  const answer = await ping(puppet, node, {
    fields: (fields) => {
      requestSignature = fields.signature;
      return { ...fields };
    },
  });
  const body = new Uint8Array(await answer.arrayBuffer());
  assert.deepEqual(JSON.parse(new TextDecoder().decode(body)), { challenge });
  const descriptor = parseDescriptor(await (await fetch(`${node.url}/.well-known/comity/node.json`)).text(), sha256);
  const keyOf = (name: string) =>
    descriptor.keys.find(({ role, id }) => role === 'message' && id === recogniseMessageKeyName(name)?.key)?.publicKey;
  const fields = Object.fromEntries(answer.headers);
  const received = { status: answer.status, fields, body, requestSignature };
  assert.equal(verifyResponse(received, Date.now(), { keyOf, crypto: portableCrypto }).kind, 'signed');
});

test('a request is refused with the reason that is its fault, and never acts', async (context) => {
  const node = await serveMember(context);
  const puppet = await joined(context, node);
  const nowSeconds = Math.floor(Date.now() / 1000);
  const refused: [string, Tweak][] = [
    ['unsigned', { fields: () => ({ 'content-type': 'application/json' }) }],
    ['malformed', { fields: (fields) => ({ ...fields, 'signature-input': 'x' }) }],
    ['stale', { createdSeconds: nowSeconds - 400 }],
    ['future', { createdSeconds: nowSeconds + 400 }],
    ['bad-digest', { body: JSON.stringify({ challenge: challenge.replace('A', 'B') }) }],
    ['tampered', { fields: (fields) => ({ ...fields, 'content-type': 'text/plain' }) }],
    ['tampered', { signedUrl: 'https://other.example/peer/v1/ping' }],
  ];
  for (const [reason, tweak] of refused)
    assert.equal(await reasonOf(ping(puppet, node, tweak)), `SIGNATURE_REFUSED ${reason}`);
  const stranger = await servePuppet(context);
  assert.equal(await reasonOf(ping(stranger, node)), 'SIGNATURE_REFUSED unknown-key');
  // Called by another name of the same machine than its own: it says so, and does not answer.
  const named = node.url.replace('127.0.0.1', 'localhost');
  const misdirected = ping(puppet, { ...node, url: named });
  assert.equal(await reasonOf(misdirected), 'SIGNATURE_REFUSED wrong-audience');
});

test('a request is good once, over a restart too', async (context) => {
  const dataDir = temporaryDir(context);
  const stops: (() => unknown)[] = [];
  const open = async (port = 0): Promise<ServedNode> =>
    await serveNode({ after: (fn) => void stops.push(fn) }, { dataDir, port });
  const stop = async (): Promise<void> => {
    for (const fn of stops.splice(0)) await fn();
  };
  context.after(stop);
  const node = await open();
  await node.client.initMember({ body: { name: 'Under test' } });
  const puppet = await joined(context, node);
  let kept: Record<string, string> = {};
  const keep: Tweak = { fields: (fields) => (kept = { ...fields }) };
  assert.equal((await ping(puppet, node, keep)).status, 200);
  const again = async () => await ping(puppet, node, { fields: () => kept });
  assert.equal(await reasonOf(again()), 'SIGNATURE_REFUSED replayed');
  await stop();
  await open(Number(new URL(node.url).port));
  assert.equal(await reasonOf(again()), 'SIGNATURE_REFUSED replayed');
});

test('who says two things at once is frozen, with evidence anybody can verify, and stays so', async (context) => {
  const node = await serveMember(context);
  const puppet = await joined(context, node);
  const [first] = puppet.chain as [Puppet['chain'][0]];
  const refresh = async () =>
    await node.client.pingMember({ params: { id: 'puppet' }, query: { refresh: 'true' } }).catch(() => undefined);
  const [one, other] = [puppet.next(first, { name: 'One' }), puppet.next(first, { name: 'Other' })];
  puppet.chain = [first, one];
  await refresh();
  assert.equal((await node.client.getMember({ params: { id: 'puppet' } })).name, 'One');
  puppet.chain = [first];
  await refresh();
  const less = await node.client.getMember({ params: { id: 'puppet' } });
  assert.match(less.lastError ?? '', /says less of itself/);
  assert.equal(less.isFrozen, false, 'an old copy is no lie');
  puppet.chain = [first, other];
  await refresh();
  const frozen = await node.client.getMember({ params: { id: 'puppet' } });
  assert.deepEqual([frozen.isFrozen, frozen.name], [true, 'One']);
  assert.match(node.faults.at(-1)?.message ?? '', /said two things at once/);
  const [shown] = (await node.client.listEvidence()).rows;
  assert.deepEqual([shown?.kind, shown?.member], ['double-speaking', first.member]);
  verifyDoubleSpeaking(shown?.statements as unknown as DoubleSpeaking, portableCrypto);
  const trail = await (await node.client.exportAudit({ query: {} })).text();
  assert.match(trail, /"member\.frozen"/);
  const check = (await node.client.doctor()).checks.find(({ name }) => name === 'members');
  assert.equal(check?.state, 'failing');
  assert.equal(await reasonOf(ping(puppet, node)), 'SIGNATURE_REFUSED unknown-key');
  await assert.rejects(node.client.alterMember({ params: { id: 'puppet' }, body: { suspended: false } }), {
    code: 'CONFLICT',
  });
  await assert.rejects(node.client.removeMember({ params: { id: 'puppet' } }), { code: 'CONFLICT' });
});

test('who comes again with another story than it is known with is not let in, and is frozen for it', async (context) => {
  const node = await serveMember(context);
  const puppet = await servePuppet(context);
  const invite = async () => (await node.client.inviteMember({ body: { accepts: true, allowPrivate: true } })).text;
  const [first] = puppet.chain as [Puppet['chain'][0]];
  puppet.chain = [first, puppet.next(first, { name: 'One' })];
  assert.equal((await puppet.join(node, await invite())).status, 200);
  puppet.chain = [first];
  assert.equal((await puppet.join(node, await invite())).status, 200, 'less is no other story');
  puppet.chain = [first, puppet.next(first, { name: 'Other' })];
  const text = await invite();
  for (const time of ['first', 'second']) assert.equal(await reasonOf(puppet.join(node, text)), 'CONFLICT', time);
  const { isFrozen, name } = await node.client.getMember({ params: { id: first.member } });
  assert.deepEqual([isFrozen, name], [true, 'One']);
});

test('a ledger is of the member that was known with it first', async (context) => {
  const node = await serveMember(context);
  const log = (word: number) => signerOfSeed('x.example/ledger/1', 'note', Buffer.alloc(32, word));
  const withLedger = (key: ReturnType<typeof log>) => ({
    ledger: { origin: 'x.example/ledger/1', url: 'https://x.example/ledger/1', keys: [printVerifierKey(key.key)] },
  });
  const [own, copied] = [log(1), log(2)];
  const signer = ({ key, sign }: ReturnType<typeof log>) => ({ publicKey: key.publicKey, sign });
  const [honest, thief] = [await joined(context, node), await servePuppet(context)];
  honest.chain.push(honest.next(honest.chain[0]!, withLedger(own), [signer(own)]));
  await node.client.pingMember({ params: { id: 'puppet' }, query: { refresh: 'true' } }).catch(() => undefined);
  assert.equal((await node.client.getMember({ params: { id: 'puppet' } })).hasLedger, true);
  thief.chain.push(thief.next(thief.chain[0]!, withLedger(copied), [signer(copied)]));
  const { text } = await node.client.inviteMember({ body: { accepts: true, allowPrivate: true } });
  assert.equal(await reasonOf(thief.join(node, text)), 'CONFLICT');
  // With the very key of the log, which it does not hold, it cannot even say so.
  thief.chain = [
    thief.chain[0]!,
    thief.next(thief.chain[0]!, withLedger(own), [{ ...signer(own), sign: copied.sign }]),
  ];
  assert.equal(await reasonOf(thief.join(node, text)), 'MEMBER_UNPROVEN tampered');
});

test('an invitation is taken by nobody who saw it pass, and trying is slow', async (context) => {
  const node = await serveMember(context);
  const [puppet, thief] = [await servePuppet(context), await servePuppet(context)];
  const { text } = await node.client.inviteMember({ body: { accepts: true, allowPrivate: true } });
  // The thief has what the puppet sent, and puts his own description in its place.
  let sent = '';
  await puppet.join(node, text, {
    fields: (fields) => {
      sent = fields.signature;
      return {};
    },
  });
  assert.notEqual(sent, '');
  const acceptance = base64Of(new Uint8Array(64));
  assert.equal(await reasonOf(thief.join(node, text, { acceptance })), 'INVITATION_REFUSED not-signed');
  const signedByOther = { fields: () => ({ 'content-type': 'application/json' }) };
  assert.equal(await reasonOf(puppet.join(node, text, signedByOther)), 'SIGNATURE_REFUSED unsigned');
  assert.deepEqual((await node.client.listMembers()).rows, []);
  const codes = new Set<string>();
  for (let tries = 0; tries < 30; tries += 1) codes.add(await reasonOf(thief.join(node, text, { acceptance })));
  assert.ok(codes.has('TOO_MANY_REQUESTS'), [...codes].join());
});

test('an answer nobody signed is not believed', async (context) => {
  const node = await serveMember(context);
  const puppet = await joined(context, node);
  const ask = async () => await node.client.pingMember({ params: { id: 'puppet' }, query: {} });
  puppet.answer = { status: 200, body: JSON.stringify({ challenge }) };
  await assert.rejects(ask(), { code: 'SIGNATURE_REFUSED', details: { reason: 'unsigned' } });
  puppet.answer = { status: 503, body: '<html>' };
  await assert.rejects(ask(), { code: 'REMOTE_FAILED', message: /it answers 503/ });
  puppet.answer = { status: 403, body: JSON.stringify({ code: 'NO_SUCH_CODE', detail: 'x'.repeat(5000) }) };
  await assert.rejects(ask(), { code: 'REMOTE_FAILED' });
});

test('whoever asks to be joined may ask how that stands, and nothing that is for members', async (context) => {
  const node = await serveMember(context);
  const puppet = await servePuppet(context);
  const { text } = await node.client.inviteMember({ body: { allowPrivate: true } });
  assert.deepEqual(await (await puppet.join(node, text)).json(), { state: 'asking' });
  const standing = async () => await (await puppet.ask(node, 'GET', '/peer/v1/standing')).json();
  assert.deepEqual(await standing(), { state: 'asking' });
  // Its word that it is joined changes nothing here.
  await puppet.ask(node, 'POST', '/peer/v1/standing', { state: 'joined' });
  assert.deepEqual(await standing(), { state: 'asking' });
  assert.equal((await puppet.ask(node, 'GET', '/peer/v1/nothing')).status, 404);
  assert.equal((await puppet.ask(node, 'GET', '/peer/v1/ping')).headers.get('allow'), 'POST');
  const foreign = await fetch(`${node.url}/peer/v1/standing`, { headers: { 'sec-fetch-site': 'cross-site' } });
  assert.equal(foreign.status, 403);
});
