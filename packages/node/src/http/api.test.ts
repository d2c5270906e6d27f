import assert from 'node:assert/strict';
import { renameSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import test, { after, afterEach, before } from 'node:test';
import { ComityError } from '@comity/protocol/base';
import type { ErrorCode } from '@comity/protocol/base';
import { errorsOf, routes, scopes } from '@comity/protocol/api';
import type { Route, RouteName } from '@comity/protocol/api';
import type { Client } from '@comity/protocol/client';
import { joinAs, serveFiles, serveNode, until } from '../node-for-tests.ts';
import type { ServedNode } from '../node-for-tests.ts';
import { actCases } from './act-cases-for-tests.ts';
import { accountCases } from './account-cases-for-tests.ts';
import { identityCases } from './identity-cases-for-tests.ts';
import { passkeyCases } from './passkey-cases-for-tests.ts';
import { collectionCases } from './collection-cases-for-tests.ts';
import { pushCases } from './push-cases-for-tests.ts';
import { memberCases } from './member-cases-for-tests.ts';
import { ledgerCases } from './ledger-cases-for-tests.ts';
import { peerCases } from './peer-cases-for-tests.ts';
import { lookupCases, refusingLink } from './lookup-cases-for-tests.ts';
import { listCases } from './list-cases-for-tests.ts';
import { outletCases } from './outlet-cases-for-tests.ts';
import { sharingCases } from './sharing-cases-for-tests.ts';
import { keylessCertificate } from './tls/certificates-for-tests.ts';

const uploadBytesMax = 100_000;
const unknownStixId = 'indicator--00000000-0000-4000-8000-000000000000';
const warninglist = (name: string, list: string[]) =>
  JSON.stringify({ name, description: 'a test', type: 'hostname', version: 1, list, matching_attributes: [] });

let node: ServedNode;
let client: Client;
let files: Awaited<ReturnType<typeof serveFiles>>;
const cleanups: (() => unknown)[] = [];
const later = { after: (fn: () => unknown) => void cleanups.unshift(fn) };
const cleanupsOfCase: (() => unknown)[] = [];
/** For nodes that one case alone needs: dozens of members that talk to each other until the end would slow down the rest. */
const afterCase = { after: (fn: () => unknown) => void cleanupsOfCase.unshift(fn) };

before(async () => {
  files = await serveFiles(later, {
    '/list.txt': 'feed.example\n',
    '/keyed.txt?key=hush': 'keyed.example\n',
    '/other.txt': 'url.example\n',
  });
  node = await serveNode(later, { uploadBytesMax, seenDays: 30 }, { lookupLink: refusingLink });
  client = node.client;
});
afterEach(async () => {
  for (const fn of cleanupsOfCase.splice(0)) await fn();
});
after(async () => {
  for (const fn of cleanups) await fn();
});

const importList = (text: string, name = 'list.txt') => client.createImport({ query: { name }, body: text });
const readAll = async (answer: Response) => Buffer.from(await answer.arrayBuffer());

/** Opens requests whose bodies do not end, and gives their ends. */
async function hold(count: number, path: string): Promise<() => Promise<void>> {
  const sockets = await Promise.all(
    Array.from({ length: count }, async () => {
      const socket = connect(Number(new URL(node.url).port), '127.0.0.1');
      await new Promise((resolve) => socket.once('connect', resolve));
      socket.on('error', () => undefined);
      socket.write(
        `POST ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer ${node.token}\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n192.0\r\n`,
      );
      return socket;
    }),
  );
  return async () => {
    for (const socket of sockets) socket.destroy();
    const goesOn = () =>
      importList('after.example\n').then(
        () => true,
        () => false,
      );
    await until(goesOn, 'imports go on');
  };
}

/** Calls until the answer is an error, for refusals that depend on requests under way. */
async function callUntilRefused(call: () => Promise<unknown>, release: () => Promise<void>): Promise<unknown> {
  let refused: unknown;
  const isRefused = async () => {
    refused = await call().then(
      () => undefined,
      (error: unknown) => error,
    );
    return refused !== undefined;
  };
  try {
    await until(isRefused, 'a call is refused');
  } finally {
    await release();
  }
  throw refused;
}

type Declared<N extends RouteName> = (typeof routes)[N]['errors'][number];
type Cases = {
  [N in RouteName]: {
    works: () => Promise<unknown>;
    fails: { [C in Declared<N>]: () => Promise<unknown> };
  };
};

/** Every route at work, and every error it declares: the compiler finds a route or code without a case. */
const cases: Cases = {
  health: { works: async () => assert.equal((await client.health()).status, 'ok'), fails: {} },
  openapi: { works: async () => assert.match(JSON.stringify(await client.openapi()), /"openapi":"3\.1/), fails: {} },
  metrics: {
    works: async () => {
      const text = await (await client.metrics()).text();
      assert.match(text, /^comity_process_cpu_seconds_total [\d.]+$/m);
      assert.match(text, /# EOF\n$/);
      for (const line of text.trimEnd().split('\n')) {
        assert.match(
          line,
          /^(?:# (?:TYPE|HELP|UNIT) [a-z_]+ .*|# EOF|[a-z_]+(?:\{(?:[a-z]+="(?:[^"\\]|\\.)*",?)*\})? [\d.e+-]+)$/,
          line,
        );
      }
    },
    fails: {},
  },
  overview: { works: async () => assert.equal((await client.overview()).matches.perHour.length, 24), fails: {} },
  events: {
    works: async () => {
      const stop = new AbortController();
      const answer = await client.events({}, { signal: stop.signal });
      assert.equal(answer.headers.get('content-type'), 'text/event-stream');
      stop.abort();
    },
    fails: {
      TOO_MANY_REQUESTS: async () => {
        const stop = new AbortController();
        try {
          await Promise.all(Array.from({ length: 64 }, () => client.events({}, { signal: stop.signal })));
          await client.events({}, { signal: stop.signal });
        } finally {
          stop.abort();
        }
      },
    },
  },
  signIn: {
    works: async () => {
      const { url } = await client.createSignIn();
      const session = await client.signIn({ body: { code: url.replace(/.*#code=/, '') } });
      assert.deepEqual([session.name, session.role, session.scopes], ['operator', 'administrator', scopes]);
    },
    fails: {
      NOT_SIGNED_IN: () => client.signIn({ body: { code: 'guess' } }),
      TOO_MANY_REQUESTS: async () => {
        const { client: other } = await serveNode(afterCase);
        for (let tries = 0; tries < 10; tries += 1)
          await other.signIn({ body: { code: 'guess' } }).catch(() => undefined);
        await other.signIn({ body: { code: 'guess' } });
      },
    },
  },
  session: { works: async () => assert.equal((await client.session()).name, 'command line'), fails: {} },
  signOut: { works: () => client.signOut(), fails: {} },
  createSignIn: {
    works: async () => assert.match((await client.createSignIn()).url, /\/sign-in#code=[\w-]{43}$/),
    fails: {},
  },
  listTokens: {
    works: async () => {
      const { secret } = await client.createToken({ body: { name: 'listed', scopes: ['read'] } });
      const { rows } = await client.listTokens();
      assert.ok(rows.some((row) => row.name === 'listed'));
      assert.ok(!JSON.stringify(rows).includes(secret));
    },
    fails: {},
  },
  createToken: {
    works: async () => {
      const { secret } = await client.createToken({ body: { name: 'made', scopes: ['read'] } });
      assert.equal((await node.clientWith(secret).session()).name, 'made');
    },
    fails: {},
  },
  bindCertificate: {
    works: async () => {
      const { id } = await client.createToken({ body: { name: 'bound', scopes: ['share'] } });
      const body = { certificate: keylessCertificate, isSecretEnough: false };
      const bound = await client.bindCertificate({ params: { id }, body });
      assert.deepEqual([bound.needsCertificate, bound.certificates[0]?.subject], [true, 'CN=poller.example']);
      const { rows } = await client.listTokens();
      assert.deepEqual(
        rows.find((row) => row.id === id),
        bound,
      );
    },
    fails: {
      ARGUMENT_INVALID: () => client.bindCertificate({ params: { id: 'tok-0000' }, body: { certificate: 'none' } }),
      NOT_FOUND: () =>
        client.bindCertificate({ params: { id: 'tok-0000' }, body: { certificate: keylessCertificate } }),
      CONFLICT: async () => {
        const { id } = await client.createToken({ body: { name: 'another', scopes: ['share'] } });
        await client.bindCertificate({ params: { id }, body: { certificate: keylessCertificate } });
      },
    },
  },
  unbindCertificate: {
    works: async () => {
      const token = (await client.listTokens()).rows.find((row) => row.certificates.length > 0)!;
      await client.unbindCertificate({ params: { id: token.id, sha256: token.certificates[0]!.sha256 } });
      const { rows } = await client.listTokens();
      assert.ok(rows.every((row) => row.certificates.length === 0));
    },
    fails: {
      NOT_FOUND: () => client.unbindCertificate({ params: { id: 'tok-0000', sha256: '0'.repeat(64) } }),
    },
  },
  deleteToken: {
    works: async () => {
      const { id, secret } = await client.createToken({ body: { name: 'withdrawn', scopes: ['read'] } });
      await client.deleteToken({ params: { id } });
      await assert.rejects(node.clientWith(secret).session(), { code: 'NOT_SIGNED_IN' });
    },
    fails: { NOT_FOUND: () => client.deleteToken({ params: { id: 'tok-0000' } }) },
  },
  searchIntel: {
    works: async () => {
      await importList('search-me.example\nsearch-me-too.example\n');
      const { rows, next } = await client.searchIntel({ query: { text: 'search-me', limit: 1 } });
      assert.equal(rows.length, 1);
      const rest = await client.searchIntel({ query: { text: 'search-me', limit: 1, cursor: next } });
      assert.notEqual(rest.rows[0]?.id, rows[0]?.id);
      const unmatched = await client.searchIntel({
        query: { text: 'search-me', matched: 'false', seen: 'day', type: 'any' },
      });
      assert.equal(unmatched.rows.length, 2);
      assert.deepEqual((await client.searchIntel({ query: { text: 'search-me', matched: 'true' } })).rows, []);
    },
    fails: { ID_MALFORMED: () => client.searchIntel({ query: { source: 'NO ID' } }) },
  },
  getIntel: {
    works: async () => {
      await importList('get-me.example\n');
      const [row] = (await client.searchIntel({ query: { text: 'get-me.example' } })).rows;
      const object = await client.getIntel({ params: { id: row?.id ?? '' } });
      assert.equal(object.provenance[0]?.source.name, 'list.txt');
      assert.equal((JSON.parse(object.text) as { id: string }).id, row?.id);
      assert.deepEqual(
        object.findings.filter(({ severity }) => severity === 'error'),
        [],
      );
      assert.equal(object.findingCount, object.findings.length);
      const times = '"created":"2026-01-02T00:00:00Z","modified":"2026-01-01T00:00:00Z"';
      const id = 'identity--00000000-0000-4000-8000-00000000f1f1';
      await importList(`{"type":"identity","spec_version":"2.1","id":"${id}",${times},"name":"n"}`, 'odd.json');
      const odd = await client.getIntel({ params: { id } });
      const disorder = odd.findings.find(({ code }) => code === 'timestamp-order');
      assert.deepEqual([disorder?.severity, disorder?.path], ['error', 'modified']);
    },
    fails: {
      NOT_FOUND: () => client.getIntel({ params: { id: unknownStixId } }),
      ID_MALFORMED: () => client.getIntel({ params: { id: 'no id' } }),
    },
  },
  exportIntel: {
    works: async () => {
      await importList('export-me.example\n');
      const exported = async (format: 'stix' | 'csv' | 'list') =>
        (await readAll(await client.exportIntel({ query: { format, text: 'export-me' } }))).toString();
      assert.equal((JSON.parse(await exported('stix')) as { type: string }).type, 'bundle');
      for (const format of ['stix', 'csv', 'list'] as const) {
        const answer = await client.exportIntel({ query: { format } });
        const type = answer.headers.get('content-type')?.replace(/;.*/, '');
        assert.ok(
          routes.exportIntel.mediaTypes.some((one) => one === type),
          type,
        );
        await answer.body?.cancel();
      }
      assert.match(await exported('csv'), /export-me\.example/);
      assert.match(await exported('list'), /^export-me\.example$/m);
    },
    fails: {
      ID_MALFORMED: () => client.exportIntel({ query: { source: 'NO ID' } }),
      NOT_FOUND: () => client.exportIntel({ query: { to: 'client:no-such' } }),
      SHARING_REFUSED: async () => {
        await importList('stays-here.example\n');
        await client.exportIntel({ query: { text: 'stays-here.example', to: 'public' } });
      },
    },
  },
  ...accountCases({ client: () => client, join: (name) => joinAs(node, name, 'viewer') }),
  ...identityCases({ serve: () => serveNode(later), cleanup: later }),
  ...passkeyCases({ client: () => client, url: () => node.url }),
  ...collectionCases(() => client),
  ...pushCases(() => client),
  ...memberCases({ client: () => client, serve: () => serveNode(afterCase) }),
  ...peerCases({ cleanup: later, afterCase }),
  ...outletCases(() => client),
  ...actCases({ cleanup: later }),
  ...ledgerCases({ client: () => client, cleanup: later }),
  ...lookupCases(() => client),
  ...listCases({ client: () => client, node: () => node }),
  ...sharingCases({ client: () => client, node: () => node }),
  lookup: {
    works: async () => {
      await importList('look-me-up.example\n');
      const card = await client.lookup({ query: { value: 'look-me-up[.]example' } });
      assert.deepEqual([card.kind, card.value, card.indicatorCount], ['domain', 'look-me-up.example', 1]);
      const mutex = await client.lookup({ query: { value: 'Global\\x', kind: 'mutex' } });
      assert.equal(mutex.indicatorCount, 0);
      const longest = `https://long.example/?${'['.repeat(8192 - 22)}`;
      assert.equal((await client.lookup({ query: { value: longest, kind: 'url' } })).indicatorCount, 0);
    },
    fails: { VALUE_MALFORMED: () => client.lookup({ query: { value: 'no value' } }) },
  },
  listIntelSources: {
    works: async () => {
      await importList('sourced.example\n', 'sourced.txt');
      const { rows } = await client.listIntelSources();
      assert.equal(rows.find((row) => row.name === 'sourced.txt')?.objectCount, 1);
    },
    fails: {},
  },
  createImport: {
    works: async () => {
      const report = await client.createImport({
        query: { name: 'table', format: 'csv', mapping: 'value=ioc', tlp: 'clear', reliability: 'A', source: 'CERT' },
        body: 'ioc\nmapped.example\nnot a value\n',
      });
      assert.deepEqual([report.status, report.taken, report.rejected, report.source.name], ['done', 1, 1, 'CERT']);
    },
    fails: {
      TOO_MANY_REQUESTS: async () => {
        const release = await hold(8, '/api/v1/imports?name=held');
        await callUntilRefused(() => importList('too-many.example\n'), release);
      },
    },
  },
  importUrl: {
    works: async () => {
      const { id } = await client.importUrl({ body: { url: `${files.url}/other.txt`, allowPrivate: true } });
      await until(async () => (await client.getImport({ params: { id } })).status === 'done', 'the import is done');
      assert.equal((await client.getImport({ params: { id } })).taken, 1);
      const keyed = await client.importUrl({ body: { url: `${files.url}/keyed.txt?key=hush`, allowPrivate: true } });
      assert.ok(files.asked.includes('/keyed.txt?key=hush'));
      assert.doesNotMatch(JSON.stringify(keyed), /hush/);
      assert.doesNotMatch(JSON.stringify(await client.listImports({ query: { limit: 5 } })), /hush/);
    },
    fails: {
      ADDRESS_REFUSED: () => client.importUrl({ body: { url: `${files.url}/other.txt` } }),
      REMOTE_FAILED: () => client.importUrl({ body: { url: `${files.url}/missing.txt`, allowPrivate: true } }),
      TOO_MANY_REQUESTS: async () => {
        const release = await hold(8, '/api/v1/imports?name=held');
        const body = { url: `${files.url}/other.txt`, allowPrivate: true };
        await callUntilRefused(() => client.importUrl({ body }), release);
      },
    },
  },
  listImports: {
    works: async () => {
      const first = await importList('newest.example\n', 'newest');
      const { rows } = await client.listImports({ query: { limit: 1 } });
      assert.equal(rows[0]?.id, first.id);
    },
    fails: {},
  },
  getImport: {
    works: async () => {
      const { id, bytesRead } = await importList('counted.example\n');
      assert.equal(bytesRead, 16);
      assert.equal((await client.getImport({ params: { id } })).bytesRead, 16);
    },
    fails: {
      NOT_FOUND: () => client.getImport({ params: { id: 'imp-00000000' } }),
      ID_MALFORMED: () => client.getImport({ params: { id: 'NO ID' } }),
    },
  },
  importRows: {
    works: async () => {
      const body = 'fine.example\nno value one!\nno value two!\n';
      const { id } = await client.createImport({ query: { name: 'rows', format: 'list' }, body });
      const page = await client.importRows({ params: { id }, query: { limit: 1, outcome: 'rejected' } });
      const rest = await client.importRows({ params: { id }, query: { cursor: page.next, limit: 5 } });
      assert.deepEqual([page.rows[0]?.place, rest.rows[0]?.place, rest.next], ['line 2', 'line 3', undefined]);
      assert.deepEqual((await client.importRows({ params: { id }, query: { outcome: 'taken' } })).rows, []);

      const modified = '2026-01-01T00:00:00.000Z';
      const broken = { type: 'indicator', id: unknownStixId, modified, pattern: '[', pattern_type: 'stix' };
      const bundle = { type: 'bundle', id: unknownStixId.replace('indicator', 'bundle'), objects: [broken] };
      const rejected = await client.createImport({ query: { name: 'b.json' }, body: JSON.stringify(bundle) });
      const [row] = (await client.importRows({ params: { id: rejected.id } })).rows;
      assert.deepEqual([row?.outcome, row?.objectId], ['rejected', unknownStixId]);
      const held = await importList('10.44.44.44\n');
      const [heldRow] = (await client.importRows({ params: { id: held.id } })).rows;
      assert.deepEqual([heldRow?.outcome, heldRow?.value], ['held-back', '10.44.44.44']);
      assert.match(heldRow?.objectId ?? '', /^indicator--/);
    },
    fails: {
      NOT_FOUND: () => client.importRows({ params: { id: 'imp-00000000' } }),
      ID_MALFORMED: () => client.importRows({ params: { id: 'NO ID' } }),
    },
  },
  listHeldBack: {
    works: async () => {
      await importList('10.1.2.3\n');
      const { rows } = await client.listHeldBack({ query: { text: '10.1.2.3' } });
      assert.deepEqual(
        rows.map((row) => [row.value.value, row.list]),
        [['10.1.2.3', 'Special-use addresses']],
      );
    },
    fails: {},
  },
  release: {
    works: async () => {
      await importList('10.1.2.4\n');
      const answer = await client.release({ body: { values: ['10.1.2.4', '10.9.9.9', '?!'], reason: 'ours' } });
      assert.deepEqual(answer, { released: 1, proposed: 0, unknown: ['?!', '10.9.9.9'] });
      const card = await client.lookup({ query: { value: '10.1.2.4' } });
      assert.equal(card.indicators[0]?.state, 'active');
    },
    fails: {},
  },
  declineRelease: {
    works: async () =>
      assert.deepEqual(await client.declineRelease({ body: { values: ['10.1.2.4', '?!'] } }), { declined: 0 }),
    fails: {},
  },
  unrelease: {
    works: async () => {
      await importList('10.1.2.5\n');
      await client.release({ body: { values: ['10.1.2.5'], reason: 'by mistake' } });
      assert.deepEqual(await client.unrelease({ body: { values: ['10.1.2.5'] } }), { heldBack: 1 });
    },
    fails: {},
  },
  listKnownGood: {
    works: async () => assert.ok((await client.listKnownGood()).rows.every((list) => list.entries > 0)),
    fails: {},
  },
  addKnownGood: {
    works: async () => {
      await importList('good-one.example\n');
      const list = await client.addKnownGood({ query: { name: 'x' }, body: warninglist('Good', ['good-one.example']) });
      assert.deepEqual([list.name, list.nowHeldBack], ['Good', 1]);
    },
    fails: {
      MISP_MALFORMED: () => client.addKnownGood({ query: { name: 'x' }, body: '{"name":"x"}' }),
      JSON_MALFORMED: () => client.addKnownGood({ query: { name: 'x' }, body: '{' }),
      ENCODING_MALFORMED: () => client.addKnownGood({ query: { name: 'x' }, body: Uint8Array.of(0xff) }),
    },
  },
  deleteKnownGood: {
    works: async () => {
      await client.addKnownGood({ query: { name: 'x' }, body: warninglist('A list / of ours', ['x.example']) });
      await client.deleteKnownGood({ params: { id: 'A list / of ours' } });
      assert.ok((await client.listKnownGood()).rows.every((list) => list.name !== 'A list / of ours'));
    },
    fails: {
      NOT_FOUND: () => client.deleteKnownGood({ params: { id: 'No such list' } }),
      CONFLICT: () => client.deleteKnownGood({ params: { id: 'Special-use addresses' } }),
    },
  },
  listFeeds: { works: async () => assert.ok(Array.isArray((await client.listFeeds()).rows)), fails: {} },
  addFeed: {
    works: async () => {
      const feed = await client.addFeed({ body: { url: 'http://user:secret@127.0.0.1:9/a', allowPrivate: true } });
      assert.equal(feed.url, 'http://127.0.0.1:9/a');
      await client.deleteFeed({ params: { id: feed.id } });
    },
    fails: {
      ADDRESS_REFUSED: () => client.addFeed({ body: { url: 'http://[::1]/feed' } }),
      CONFLICT: async () => {
        await client.addFeed({ body: { url: `${files.url}/twice`, allowPrivate: true } });
        await client.addFeed({ body: { url: `${files.url}/twice`, allowPrivate: true } });
      },
    },
  },
  changeFeed: {
    works: async () => {
      const { id } = await client.addFeed({ body: { url: `${files.url}/changed`, allowPrivate: true } });
      const feed = await client.changeFeed({
        params: { id },
        body: { name: 'Renamed', enabled: false, intervalMinutes: 5 },
      });
      assert.deepEqual([feed.name, feed.enabled, feed.intervalMinutes], ['Renamed', false, 5]);
    },
    fails: {
      NOT_FOUND: () => client.changeFeed({ params: { id: 'feed-00000000' }, body: {} }),
      ID_MALFORMED: () => client.changeFeed({ params: { id: 'NO ID' }, body: {} }),
    },
  },
  deleteFeed: {
    works: async () => {
      const { id } = await client.addFeed({ body: { url: `${files.url}/deleted`, allowPrivate: true } });
      await client.deleteFeed({ params: { id } });
      assert.ok((await client.listFeeds()).rows.every((feed) => feed.id !== id));
    },
    fails: {
      NOT_FOUND: () => client.deleteFeed({ params: { id: 'feed-00000000' } }),
      ID_MALFORMED: () => client.deleteFeed({ params: { id: 'NO ID' } }),
    },
  },
  pullFeed: {
    works: async () => {
      const { id } = await client.addFeed({ body: { url: `${files.url}/list.txt`, allowPrivate: true } });
      const pulled = await client.pullFeed({ params: { id }, query: { wait: 'true' } });
      assert.deepEqual([pulled.status, pulled.objectCount], ['ok', 1]);
      assert.equal((await client.lookup({ query: { value: 'feed.example' } })).indicatorCount, 1);
    },
    fails: {
      NOT_FOUND: () => client.pullFeed({ params: { id: 'feed-00000000' } }),
      ID_MALFORMED: () => client.pullFeed({ params: { id: 'NO ID' } }),
    },
  },
  listSources: { works: async () => assert.ok(Array.isArray((await client.listSources()).rows)), fails: {} },
  addSource: {
    works: async () => {
      const source = await client.addSource({ body: { kind: 'http', name: 'pushed' } });
      assert.deepEqual([source.kind, source.name], ['http', 'pushed']);
    },
    fails: {
      FILE_UNREADABLE: () => client.addSource({ body: { kind: 'folder', location: '/no/such/folder' } }),
      CONFLICT: async () => {
        const body = { kind: 'file', location: join(node.dir, '..', 'twice.log') } as const;
        await client.addSource({ body });
        await client.addSource({ body });
      },
    },
  },
  getSource: {
    works: async () => {
      const { id } = await client.addSource({ body: { kind: 'http', name: 'got' } });
      assert.equal((await client.getSource({ params: { id } })).name, 'got');
    },
    fails: { NOT_FOUND: () => client.getSource({ params: { id: 'src-99999999' } }) },
  },
  changeSource: {
    works: async () => {
      const { id } = await client.addSource({ body: { kind: 'http' } });
      const paused = await client.changeSource({ params: { id }, body: { paused: true, name: 'resting' } });
      assert.deepEqual([paused.status, paused.name], ['paused', 'resting']);
      await client.changeSource({ params: { id }, body: { paused: false } });
      await until(async () => (await client.getSource({ params: { id } })).status !== 'paused', 'the source goes on');
    },
    fails: { NOT_FOUND: () => client.changeSource({ params: { id: 'src-99999999' }, body: {} }) },
  },
  deleteSource: {
    works: async () => {
      const { id } = await client.addSource({ body: { kind: 'http' } });
      await client.deleteSource({ params: { id } });
      await assert.rejects(client.getSource({ params: { id } }), { code: 'NOT_FOUND' });
    },
    fails: { NOT_FOUND: () => client.deleteSource({ params: { id: 'src-99999999' } }) },
  },
  pushRecords: {
    works: async () => {
      await importList('pushed.example\n');
      const { id } = await client.addSource({ body: { kind: 'http' } });
      await until(async () => {
        const { records, matches } = await client.pushRecords({
          params: { id },
          body: 'a www.pushed.example b\nnothing\n',
        });
        assert.equal(records, 2);
        return matches === 1;
      }, 'the new indicator is screened for');
    },
    fails: {
      NOT_FOUND: () => client.pushRecords({ params: { id: 'src-99999999' }, body: 'x\n' }),
      CONFLICT: async () => {
        const { id } = await client.addSource({ body: { kind: 'http' } });
        await client.changeSource({ params: { id }, body: { paused: true } });
        await client.pushRecords({ params: { id }, body: 'x\n' });
      },
      TOO_MANY_REQUESTS: async () => {
        const { id } = await client.addSource({ body: { kind: 'http' } });
        const release = await hold(40, `/api/v1/sources/${id}/records`);
        await callUntilRefused(() => client.pushRecords({ params: { id }, body: 'x\n' }), release);
      },
    },
  },
  screenUpload: {
    works: async () => {
      await importList('uploaded.example\n');
      await until(async () => {
        const body = 'GET http://uploaded.example/ 200\n';
        const source = await client.screenUpload({ query: { name: 'a.log', wait: 'true' }, body });
        return source.status === 'done' && source.matches === 1;
      }, 'the upload is judged');
    },
    fails: {},
  },
  listMatches: {
    works: async () => {
      await cases.pushRecords.works();
      const [row] = (await client.searchIntel({ query: { text: 'pushed.example' } })).rows;
      assert.ok((row?.matchCount ?? 0) > 0);
      const { rows } = await client.listMatches({
        query: { indicator: row?.id, alarm: 'true', kind: 'domain', limit: 1 },
      });
      assert.deepEqual([rows[0]?.value, rows[0]?.indicator.listed], ['www.pushed.example', 'pushed.example']);
      assert.deepEqual((await client.listMatches({ query: { indicator: unknownStixId } })).rows, []);
    },
    fails: { ID_MALFORMED: () => client.listMatches({ query: { indicator: 'no id' } }) },
  },
  getMatch: {
    works: async () => {
      await cases.pushRecords.works();
      const [match] = (await client.listMatches({ query: { limit: 1 } })).rows;
      assert.deepEqual(await client.getMatch({ params: { id: match?.id ?? '' } }), match);
    },
    fails: {
      NOT_FOUND: () => client.getMatch({ params: { id: 'match-0000zzzzzz' } }),
      ID_MALFORMED: () => client.getMatch({ params: { id: 'no id' } }),
    },
  },
  hunt: {
    works: async () => {
      await cases.pushRecords.works();
      const { values } = await client.hunt({ body: { values: ['pushed.example', '203.0.113.99'], confirm: true } });
      assert.deepEqual([values[0]?.kind, values[0]?.noted], ['domain', true]);
      assert.ok((values[0]?.places.length ?? 0) > 0);
      assert.deepEqual(values[1]?.places, []);
    },
    fails: {
      VALUE_MALFORMED: () => client.hunt({ body: { values: ['no value'] } }),
      CONFLICT: async () => {
        const { client: other } = await serveNode(afterCase, { seenDays: 0 });
        await other.hunt({ body: { values: ['pushed.example'] } });
      },
      DATA_UNWRITABLE: async () => {
        const other = await serveNode(afterCase, { seenDays: 30 });
        rmSync(join(other.dir, 'seen'), { recursive: true });
        writeFileSync(join(other.dir, 'seen'), '');
        await other.client.hunt({ body: { values: ['pushed.example'] } });
      },
    },
  },
  loadSample: {
    works: async () => {
      const { import: report, source } = await client.loadSample();
      assert.equal(report.status, 'done');
      const judged = async () => (await client.getSource({ params: { id: source.id } })).status === 'done';
      await until(judged, 'the sample is judged');
      assert.equal((await client.getSource({ params: { id: source.id } })).matches, 12);
    },
    fails: {},
  },
  backup: {
    works: async () => {
      const bytes = await readAll(await client.backup());
      assert.equal(bytes.subarray(0, 15).toString(), 'SQLite format 3');
    },
    fails: {
      DATA_UNWRITABLE: async () => {
        renameSync(node.dir, `${node.dir}-moved`);
        try {
          await client.backup();
        } finally {
          renameSync(`${node.dir}-moved`, node.dir);
        }
      },
    },
  },
  doctor: {
    works: async () => {
      const { checks } = await client.doctor();
      assert.deepEqual(
        checks.filter((check) => check.name === 'database' || check.name === 'runtime').map((check) => check.state),
        ['ok', 'ok'],
      );
    },
    fails: {},
  },
};

const table = Object.entries(routes) as [RouteName, Route][];

for (const [name] of table) {
  test(`${name} works, and answers as the table says`, async () => {
    await cases[name].works();
    assert.deepEqual(node.faults, []);
  });
  for (const [code, provoke] of Object.entries(cases[name].fails) as [ErrorCode, () => Promise<unknown>][]) {
    test(`${name} answers ${code}`, async () => {
      await assert.rejects(provoke(), (error) => {
        assert.ok(error instanceof ComityError, String(error));
        assert.equal(error.code, code, error.message);
        return true;
      });
    });
  }
}

/** Sends a request of a route with whatever is wrong about it. */
async function send(
  route: Route,
  options: { token?: string; query?: string | undefined; body?: string | Uint8Array; headers?: Record<string, string> },
) {
  const path = route.path.replaceAll(/:\w+/g, 'src-00000000');
  const answer = await fetch(`${node.url}${path}${options.query ?? ''}`, {
    method: route.method,
    headers: {
      ...(options.token !== undefined && { authorization: `Bearer ${options.token}` }),
      ...(route.body === 'json' && { 'content-type': 'application/json' }),
      ...options.headers,
    },
    ...(route.body !== undefined && { body: options.body ?? '{}' }),
  });
  const problem = answer.ok ? undefined : ((await answer.json()) as { code: string });
  if (answer.ok) await answer.body?.cancel();
  return { status: answer.status, code: problem?.code };
}

for (const [name, route] of table) {
  const implied = errorsOf(route).filter((code) => !route.errors.includes(code));
  test(`${name} answers the errors that follow from its scope and input: ${implied.join(', ')}`, async () => {
    const { token } = node;
    if (route.scope !== 'none') {
      assert.equal((await send(route, {})).code, 'NOT_SIGNED_IN');
      assert.equal((await send(route, { token: 'guess' })).code, 'NOT_SIGNED_IN');
    }
    assert.equal((await send(route, { token, headers: { origin: 'http://evil.example' } })).code, 'NOT_ALLOWED');
    if (route.query !== undefined)
      assert.equal((await send(route, { token, query: '?no-such-field=1' })).code, 'ARGUMENT_INVALID');
    if (route.query !== undefined)
      assert.equal((await send(route, { token, query: `?x=${'x'.repeat(50_000)}` })).code, 'INPUT_TOO_LARGE');
    if (route.body === 'json') {
      assert.equal((await send(route, { token, body: '{"no-such-field":1}' })).code, 'ARGUMENT_INVALID');
      assert.equal((await send(route, { token, body: '{' })).code, 'JSON_MALFORMED');
      assert.equal((await send(route, { token, body: Uint8Array.of(0x22, 0xff, 0x22) })).code, 'ENCODING_MALFORMED');
      assert.equal((await send(route, { token, headers: { 'content-type': 'text/plain' } })).code, 'ARGUMENT_INVALID');
    }
    if (route.idempotent !== undefined) {
      const headers = { 'idempotency-key': 'not-quoted' };
      assert.equal((await send(route, { token, query: route.query && '?name=x', headers })).code, 'ARGUMENT_INVALID');
    }
    const tooLarge = 'x'.repeat(route.body === 'bytes' ? uploadBytesMax + 1 : 1024 * 1024 + 1);
    if (route.body !== undefined)
      assert.equal((await send(route, { token, query: '?name=x', body: tooLarge })).code, 'INPUT_TOO_LARGE');
    if (route.params !== undefined)
      assert.equal(
        (await send({ ...route, path: route.path.replace(/:\w+/, 'x'.repeat(400)) }, { token })).code,
        'ARGUMENT_INVALID',
      );
  });
}

for (const scope of scopes) {
  test(`a token of scope ${scope} reaches the routes of that scope and those open to all, and no other`, async () => {
    const { secret } = await client.createToken({ body: { name: `only ${scope}`, scopes: [scope] } });
    for (const [name, route] of table) {
      // The start link signs in somebody who may do everything: only who may that themselves gets one.
      if (name === 'createSignIn') continue;
      // Refused or not is decided before the query is looked at, so a wrong one keeps the routes from doing anything.
      const { code } = await send(route, { token: secret, query: '?no-such-field=1', body: '' });
      if (route.scope === 'none' || route.scope === scope) assert.notEqual(code, 'NOT_ALLOWED', name);
      else assert.equal(code, 'NOT_ALLOWED', name);
    }
  });
}
