import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { Agent, request } from 'node:https';
import { connect as connectPlain } from 'node:net';
import { join } from 'node:path';
import test from 'node:test';
import { connect } from 'node:tls';
import type { ConnectionOptions } from 'node:tls';
import { markingIdOfTlp } from '@comity/protocol/markings';
import { readStarterLaw } from '../../sharing/index.ts';
import { joinAs, serveNode, temporaryDir, until } from '../../node-for-tests.ts';
import type { Cleanup } from '../../node-for-tests.ts';
import { accept, openBench } from '../taxii/client-for-tests.ts';
import { idOf, indicator } from '../stix-for-tests.ts';
import { makeCertificate, withoutOpenssl } from './certificates-for-tests.ts';
import type { MadeCertificate } from './certificates-for-tests.ts';

const options = { skip: withoutOpenssl };
const dayMs = 86_400_000;
const amberEncrypted = `@id("amber") @law("ours") forbid (principal, action == Action::"forward", resource)
  when { context.tlp == Tlp::"amber" } unless { principal.encrypted };`;

interface Asked {
  /** Shown to the node. */
  readonly as?: MadeCertificate;
  readonly secret?: string | undefined;
  readonly method?: string;
  readonly body?: string;
  readonly headers?: Record<string, string>;
  /** Of a connection that is used again. */
  readonly agent?: Agent;
}

interface Reply {
  readonly status: number;
  readonly headers: Record<string, string | string[] | undefined>;
  // oxlint-disable-next-line typescript/no-explicit-any -- tests look into a body as they like
  readonly body: any;
}

/** A node that speaks TLS, with a clock that can be moved, a token of a recipient, and a certificate that stands for it. */
async function openSecured(context: Cleanup, scopes: ('share' | 'contribute' | 'admin')[] = ['share', 'contribute']) {
  const dir = temporaryDir(context);
  const own = makeCertificate(dir, 'node');
  let ahead = 0;
  const { certFile, keyFile } = own;
  const node = await serveNode(context, { tls: { certFile, keyFile } }, { clock: () => Date.now() + ahead });
  const { client } = node;
  const { id, secret } = await client.createToken({ body: { name: 'poller', scopes } });
  const isOfRecipient = !scopes.includes('admin');
  const recipient = { key: 'client:poller', name: 'Poller', ...(isOfRecipient && { tokenId: id }) };
  await client.saveRecipient({ body: recipient });
  const bench = await openBench(node, { audience: ['client:works', 'client:poller'] });
  const poller = makeCertificate(dir, 'poller');
  const bind = (which: MadeCertificate, isSecretEnough?: boolean, to = id) =>
    client.bindCertificate({ params: { id: to }, body: { certificate: which.cert, isSecretEnough } });
  const bound = (await bind(poller)).certificates[0]!;
  const ask = (path: string, asked: Asked = {}) => askOver(node.publicUrl, own.cert, path, asked);
  const objects = (asked: Asked) => ask(`/taxii2${bench.path}/objects/`, asked);
  const pass = (ms: number) => (ahead += ms);
  return { dir, node, client, bench, own, poller, bound, id, secret, bind, ask, objects, pass };
}

function askOver(url: string, ca: string, path: string, asked: Asked): Promise<Reply> {
  const { as, secret, method = 'GET', body, headers = {}, agent } = asked;
  const { promise, resolve, reject } = Promise.withResolvers<Reply>();
  const shown = as === undefined ? {} : { cert: as.cert, key: as.key };
  const said = { accept, ...(secret !== undefined && { authorization: `Bearer ${secret}` }), ...headers };
  const sent = request(`${url}${path}`, { ca, ...shown, method, headers: said, agent: agent ?? false }, (answer) => {
    const chunks: Buffer[] = [];
    answer.on('data', (chunk: Buffer) => chunks.push(chunk));
    answer.on('end', () => {
      const text = Buffer.concat(chunks).toString();
      const isJson = /json/.test(answer.headers['content-type'] ?? '');
      resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body: isJson ? JSON.parse(text) : text });
    });
  });
  sent.on('error', reject);
  sent.end(body);
  return promise;
}

test(
  'whoever shows a certificate that is bound to a token is that token, by TAXII, MISP and the API',
  options,
  async (context) => {
    const { ask, objects, poller, bench, client } = await openSecured(context);
    await bench.give([indicator(1)]);
    const page = await objects({ as: poller });
    assert.deepEqual([page.status, page.body.objects.length], [200, 1]);
    assert.equal((await objects({ as: poller })).status, 200, 'also when it is remembered');
    assert.equal((await ask(`/misp/${bench.collection.id}/manifest.json`, { as: poller })).status, 200);
    assert.equal((await ask(`/api/v1/lists/${bench.collection.id}/values`, { as: poller })).status, 200);
    const decisions = async () => (await client.listSharingDecisions({ query: { recipient: 'client:poller' } })).rows;
    await until(async () => (await decisions()).length > 0, 'what it got is written under its recipient');
  },
);

test(
  'a certificate nobody bound, one that is over or not yet valid, and none at all are nobody, and are told why',
  options,
  async (context) => {
    const { dir, objects, ask, poller, pass } = await openSecured(context);
    const other = makeCertificate(dir, 'other');
    for (const [as, why] of [
      [other, /the client certificate [0-9a-f]{16}… stands for no token that works/],
      [undefined, /send an API token/],
    ] as const) {
      const { status, body } = await objects({ ...(as && { as }) });
      assert.equal(status, 401);
      assert.match(body.description, why);
    }
    const api = await ask('/api/v1/session', { as: other });
    assert.deepEqual([api.status, api.body.code], [401, 'NOT_SIGNED_IN']);
    assert.match(api.body.detail, /stands for no token/);
    const misp = await ask('/misp/all/servers/getVersion', { as: other });
    assert.match(misp.body.message, /Authentication failed: the client certificate/);
    pass(-dayMs);
    assert.match((await objects({ as: poller })).body.description, /is not valid before 2\d{3}-/);
    pass(dayMs);
    assert.equal((await objects({ as: poller })).status, 200);
    pass(2 * dayMs);
    const late = await objects({ as: poller });
    assert.equal(late.status, 401);
    assert.match(late.body.description, /is over since 2\d{3}-/);
  },
);

test('a certificate that was remembered ends on time, in the middle of a connection too', options, async (context) => {
  const { objects, poller, pass, bound } = await openSecured(context);
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  context.after(() => agent.destroy());
  pass(Date.parse(bound.validTo) - Date.now() - 2000);
  assert.equal((await objects({ as: poller, agent })).status, 200);
  pass(2000);
  assert.equal((await objects({ as: poller, agent })).status, 401);
});

test('a secret goes on working over TLS, unless its token needs a certificate', options, async (context) => {
  const { dir, objects, secret, bind, poller, client, id } = await openSecured(context);
  const other = makeCertificate(dir, 'other');
  assert.equal((await objects({ secret })).status, 200);
  assert.equal((await objects({ secret, as: other })).status, 200, 'a certificate that is nobody takes nothing away');
  await bind(poller, false);
  const alone = await objects({ secret });
  assert.equal(alone.status, 401);
  assert.match(alone.body.description, /works only with its client certificate/);
  assert.equal((await objects({ secret, as: other })).status, 401);
  assert.deepEqual(
    [(await objects({ secret, as: poller })).status, (await objects({ as: poller })).status],
    [200, 200],
  );
  await client.unbindCertificate({
    params: { id, sha256: (await client.listTokens()).rows.find((row) => row.id === id)!.certificates[0]!.sha256 },
  });
  assert.deepEqual([(await objects({ secret })).status, (await objects({ as: poller })).status], [401, 401]);
  await bind(poller, true);
  assert.equal((await objects({ secret })).status, 200);
});

test('a secret and a certificate of two tokens are nobody; a withdrawn token is none', options, async (context) => {
  const { dir, objects, bench, secret, bind, poller, client, id } = await openSecured(context);
  const mixed = await objects({ secret: bench.reader, as: poller });
  assert.equal(mixed.status, 401);
  assert.match(mixed.body.description, /two different tokens/);
  await assert.rejects(
    bind(poller, undefined, (await client.createToken({ body: { name: 'x', scopes: ['share'] } })).id),
    {
      code: 'CONFLICT',
    },
  );
  const next = makeCertificate(dir, 'next');
  await bind(next);
  assert.deepEqual(
    [(await objects({ as: next })).status, (await objects({ as: poller })).status],
    [200, 200],
    'to change from one to the next',
  );
  await client.deleteToken({ params: { id } });
  for (const asked of [{ as: poller }, { as: next }, { secret }]) assert.equal((await objects(asked)).status, 401);
});

test(
  'only who answers for a token may bind a certificate to it, and nothing that is over or holds a key is bound',
  options,
  async (context) => {
    const { dir, node, ask, client, id, poller, bind, pass } = await openSecured(context, ['share', 'admin']);
    const other = makeCertificate(dir, 'other');
    const body = JSON.stringify({ certificate: other.cert });
    const headers = { 'content-type': 'application/json' };
    const post = (to: string) =>
      ask(`/api/v1/tokens/${to}/certificates`, { as: poller, method: 'POST', body, headers });
    assert.equal((await post(id)).status, 200, 'the token is of whoever answers for this one');
    const wide = await client.createToken({ body: { name: 'wide', scopes: ['read'] } });
    assert.equal((await post(wide.id)).body.code, 'NOT_ALLOWED', 'a right it has not got');
    const ada = await joinAs(node, 'ada', 'administrator');
    const hers = await ada.createToken({ body: { name: 'hers', scopes: ['share'] } });
    assert.equal((await post(hers.id)).body.code, 'NOT_ALLOWED', 'somebody else answers for it');
    await ada.bindCertificate({ params: { id: hers.id }, body: { certificate: makeCertificate(dir, 'ada').cert } });
    await assert.rejects(bind({ ...other, cert: `${other.cert}${other.key}` }), { code: 'ARGUMENT_INVALID' });
    pass(2 * dayMs);
    await assert.rejects(bind(makeCertificate(dir, 'old')), { code: 'ARGUMENT_INVALID' });
  },
);

test('the audit trail names the certificate by which something was done', options, async (context) => {
  const { ask, client, id, poller, bound } = await openSecured(context, ['share', 'admin']);
  const headers = { 'content-type': 'application/json' };
  const body = JSON.stringify({ name: 'made', scopes: ['share'] });
  assert.equal((await ask('/api/v1/tokens', { as: poller, method: 'POST', body, headers })).status, 201);
  const { rows } = await client.listAudit({ query: { act: 'token.made' } });
  assert.equal(rows[0]?.via, `token:${id} certificate:${bound.sha256}`);
  const [binding] = (await client.listAudit({ query: { act: 'token.bound' } })).rows;
  assert.deepEqual([binding?.about, binding?.details['sha256']], [id, bound.sha256]);
});

test(
  'what the law gives over encrypted ways alone is given over TLS and not in the clear, and no kept page goes the other way',
  options,
  async (context) => {
    const { ask, bench, node, secret, client } = await openSecured(context);
    await client.activateLaw({ body: { name: 'amber', text: `${readStarterLaw('open')}${amberEncrypted}` } });
    const amber = indicator(1, { object_marking_refs: [markingIdOfTlp('amber')] });
    await bench.give([amber, ...[2, 3, 4].map((number) => indicator(number))]);
    const ids = (body: { objects: { id: string }[] }) => body.objects.map(({ id }) => id);
    const path = `/taxii2${bench.path}/objects/?limit=2`;
    const plainly = async () => {
      const answer = await fetch(`${node.url}${path}`, {
        headers: { accept, 'accept-encoding': 'identity', authorization: `Bearer ${secret}` },
      });
      return ids((await answer.json()) as { objects: { id: string }[] });
    };
    const securely = async () => ids((await ask(path, { secret })).body);
    for (let turn = 0; turn < 2; turn += 1) {
      assert.deepEqual(await securely(), [idOf(1), idOf(2)]);
      assert.deepEqual(await plainly(), [idOf(2), idOf(3)]);
    }
  },
);

test(
  'TLS 1.2 is the lowest that is spoken, plain HTTP is not, and a session cookie is only sent encrypted',
  options,
  async (context) => {
    const { node, own, ask } = await openSecured(context);
    const { hostname, port } = new URL(node.publicUrl);
    const speak = (how: ConnectionOptions) => {
      const { promise, resolve } = Promise.withResolvers<string>();
      const socket = connect({ host: hostname, port: Number(port), ca: own.cert, ...how }, () => {
        resolve(socket.getProtocol() ?? '');
        socket.destroy();
      });
      socket.on('error', (error) => resolve(`no: ${error.message}`));
      return promise;
    };
    assert.equal(await speak({}), 'TLSv1.3');
    assert.equal(await speak({ maxVersion: 'TLSv1.2' }), 'TLSv1.2');
    assert.match(await speak({ minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' }), /^no: /);
    const { promise, resolve } = Promise.withResolvers<string>();
    let text = '';
    const socket = connectPlain(Number(port), hostname, () =>
      socket.write('GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n'),
    );
    socket.on('data', (chunk) => (text += chunk.toString('latin1')));
    socket.on('close', () => resolve(text));
    socket.on('error', () => undefined);
    assert.doesNotMatch(await promise, /HTTP/);
    assert.match(node.publicUrl, /^https:/);
    assert.match(node.url, /^http:\/\/127\.0\.0\.1:/, 'commands on this machine reach it in the clear');
    const body = JSON.stringify({ code: node.signInCode });
    const headers = { 'content-type': 'application/json' };
    const signedIn = await ask('/api/v1/session', { method: 'POST', body, headers });
    assert.match(String(signedIn.headers['set-cookie']), /^__Host-.*; Secure/);
    assert.deepEqual(node.faults, []);
  },
);

test(
  'a new certificate is taken without a connection being dropped, and a wrong one is not taken',
  options,
  async (context) => {
    const { dir, node, own, objects, poller } = await openSecured(context);
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    context.after(() => agent.destroy());
    assert.equal((await objects({ as: poller, agent })).status, 200);
    writeFileSync(own.certFile, 'half a file');
    assert.throws(() => node.reloadTls(), { code: 'ARGUMENT_INVALID' });
    writeFileSync(own.certFile, makeCertificate(dir, 'stranger').cert);
    assert.throws(() => node.reloadTls(), { code: 'ARGUMENT_INVALID' }, 'not the key of it');
    assert.equal((await objects({ as: poller })).status, 200, 'the one before stays');
    const next = makeCertificate(dir, 'node', 30);
    node.reloadTls();
    assert.equal((await objects({ as: poller, agent })).status, 200, 'what is open goes on');
    assert.equal(Object.values(agent.freeSockets).flat().length, 1);
    await assert.rejects(objects({ as: poller }), 'the old one is not shown any more');
    assert.equal((await askOver(node.publicUrl, next.cert, '/health', {})).status, 200);
  },
);

test('files that are no certificate and key are told at the start', options, async (context) => {
  const dir = temporaryDir(context);
  const { certFile, keyFile } = makeCertificate(dir, 'node');
  const start = (tls: { certFile: string; keyFile: string }) => serveNode(context, { tls });
  await assert.rejects(start({ certFile: join(dir, 'none.pem'), keyFile }), { code: 'FILE_UNREADABLE' });
  await assert.rejects(start({ certFile: keyFile, keyFile }), { code: 'ARGUMENT_INVALID' });
  await assert.rejects(start({ certFile, keyFile: certFile }), { code: 'ARGUMENT_INVALID' });
});

test('doctor says when the certificate of the node is nearly over, and when it is', options, async (context) => {
  const { client, pass } = await openSecured(context);
  const state = async () => (await client.doctor()).checks.find(({ name }) => name === 'certificate')?.state;
  assert.equal(await state(), 'warning');
  pass(2 * dayMs);
  assert.equal(await state(), 'failing');
});
