import assert from 'node:assert/strict';
import test from 'node:test';
import { listFormats } from '@comity/protocol/api';
import { markingIdOfTlp, tlps } from '@comity/protocol/markings';
import type { Tlp } from '@comity/protocol/markings';
import { readStarterLaw } from '../sharing/index.ts';
import { serveReceiver } from '../connectors/taxii/receiver-for-tests.ts';
import { by, linkTo, openHouse, signal } from '../lookup/house-for-tests.ts';
import { serveNode, until } from '../node-for-tests.ts';
import type { Cleanup, ServedNode } from '../node-for-tests.ts';
import { serveMembers } from './peer/members-for-tests.ts';
import { receiveWebhooks } from '../outlets/receivers-for-tests.ts';
import { indicator, uuidOf } from './stix-for-tests.ts';

const statement = `marking-definition--${uuidOf(90)}`;
const valueOf = (tlp: string) => `${tlp.replace('+', '-')}.example`;
const named = (number: number, value: string, refs: readonly string[] | undefined) =>
  indicator(number, { pattern: `[domain-name:value = '${value}']`, object_marking_refs: refs });
const bundle = {
  type: 'bundle',
  id: `bundle--${uuidOf(99)}`,
  objects: [
    {
      type: 'marking-definition',
      spec_version: '2.1',
      id: statement,
      created: '2026-01-01T00:00:00.000Z',
      definition_type: 'statement',
      definition: { statement: 'Ask us first' },
    },
    ...tlps.map((tlp, index) => named(index, valueOf(tlp), [markingIdOfTlp(tlp)])),
    named(20, 'unlabelled.example', undefined),
    named(21, 'caveat.example', [markingIdOfTlp('clear'), statement]),
  ],
};
const recipients = ['client:works', 'member:cert-x', 'organisation:lab', 'public'] as const;
const formats = ['stix', 'csv', 'list'] as const;

type Leave = (
  node: ServedNode,
  to: string,
  format: (typeof formats)[number],
  context: Cleanup,
) => Promise<string | undefined>;

/** Every way out to others there is: an exit that is added is added here. Undefined: it does not lead to this recipient. */
const exits: Record<string, Leave> = {
  export: async ({ client }, to, format) => await (await client.exportIntel({ query: { to, format } })).text(),
  taxii: async (node, to) => (to === 'public' ? undefined : await pullTaxii(node, to)),
  lists: async (node, to, format) => (to === 'public' ? undefined : await fetchLists(node, to, format)),
  misp: async (node, to) => (to === 'public' ? undefined : await pullMisp(node, to)),
  push: async (node, to, _, context) => await pushTaxii(node, context, to),
  lookup: async (node, to, _, context) =>
    to.startsWith('member:') ? await askPrivately(node, context, to) : undefined,
  outlet: async (node, to, _, context) =>
    to.startsWith('organisation:') ? await sendMatches(node, context, to) : undefined,
  peer: async (_node, to, format, context) =>
    to.startsWith('member:') && format === 'stix' ? await lendToMember(context) : undefined,
};

/** All that arrives at another member's node of what a node tells as its own. */
async function lendToMember(context: Cleanup): Promise<string> {
  const [a, b] = (await serveMembers(context, ['Origin', 'CERT X'])) as [ServedNode, ServedNode];
  const query = { name: 'own.json', own: 'true', tlp: 'amber+strict' } as const;
  await a.client.createImport({ query, body: JSON.stringify(bundle) });
  const arrived = async () => await (await b.client.exportIntel({ query: { format: 'stix' } })).text();
  // What was put out can be read when the ledger has a place for it; all of it is one batch.
  await until(async () => (await arrived()).includes('.example'), 'what may be lent is there');
  return await arrived();
}

/** All that arrives at a TAXII server of a recipient. */
async function pushTaxii({ client }: ServedNode, context: Cleanup, recipient: string): Promise<string> {
  const receiver = await serveReceiver(context);
  const { id: collection } = await client.saveCollection({ body: { title: recipient, audience: [recipient] } });
  const push = await client.addPush({ body: { collection, recipient, url: receiver.url, allowPrivate: true } });
  const { status, lastError } = await client.runPush({ params: { id: push.id }, query: { wait: 'true' } });
  assert.deepEqual([status, lastError], ['ok', undefined]);
  await client.removePush({ params: { id: push.id } });
  return JSON.stringify([...receiver.objects.values()]);
}

/** All a webhook is sent: a match of every value, for an organisation of ours. */
async function sendMatches({ client }: ServedNode, context: Cleanup, recipient: string): Promise<string> {
  const receiver = await receiveWebhooks(context);
  const body = { name: recipient, kind: 'webhook', address: receiver.url, recipient, allowPrivate: true } as const;
  const { outlet } = await client.saveOutlet({ body });
  const { id } = await client.addSource({ body: { kind: 'http' } });
  const values = [...tlps.map(valueOf), 'unlabelled.example', 'caveat.example'];
  const { matches } = await client.pushRecords({ params: { id }, body: `${values.join('\n')}\n` });
  assert.equal(matches, values.length);
  const isDone = async () => {
    const row = (await client.listOutlets()).rows.find((each) => each.id === outlet.id);
    return (row?.sent ?? 0) + (row?.withheld ?? 0) === matches;
  };
  await until(isDone, 'every match is sent or withheld');
  await client.removeOutlet({ params: { id: outlet.id } });
  return receiver.posts.map((post) => post.body).join('');
}

/** All a member finds out by asking for everything. */
async function askPrivately({ lookupRoutes }: ServedNode, context: Cleanup, recipient: string): Promise<string> {
  const house = await openHouse(context, { nowMs: Date.now(), deps: { link: linkTo(() => lookupRoutes, recipient) } });
  const values = [...tlps.map(valueOf), 'unlabelled.example', 'caveat.example'];
  const { results } = await house.lookup.asker.ask('member:holder', values, by, signal);
  return results.flatMap(({ text, outcome }) => (outcome === 'there' ? [text] : [])).join('\n');
}

/** All a recipient is given over TAXII. */
async function pullTaxii({ client }: ServedNode, key: string): Promise<string> {
  const { id: tokenId, secret } = await client.createToken({ body: { name: key, scopes: ['share'] } });
  await client.saveRecipient({ body: { key, name: key, tokenId } });
  const { url } = await client.saveCollection({ body: { title: key, audience: [key] } });
  const headers = { accept: 'application/taxii+json;version=2.1', authorization: `Bearer ${secret}` };
  const answer = await fetch(`${url}objects/?match[version]=all`, { headers });
  assert.equal(answer.status, 200);
  return await answer.text();
}

/** Nothing here bears a PAP, so nothing may be blocked. */
const refusedIfBlocking = (format: string) => (error: { code?: string }) => {
  assert.deepEqual([['hosts', 'nftables'].includes(format), error.code], [true, 'SHARING_REFUSED'], format);
  return '';
};

/** All a recipient is given in the lists of one kind; base64 is read. */
async function fetchLists(node: ServedNode, key: string, format: string): Promise<string> {
  const { client } = node;
  const { id: tokenId, secret } = await client.createToken({ body: { name: key, scopes: ['share'] } });
  await client.saveRecipient({ body: { key, name: key, tokenId } });
  const { id: collection } = await client.saveCollection({ body: { title: key, audience: [key] } });
  const ofKind = listFormats.filter((each) => (format === 'list' ? !['csv', 'stix'].includes(each) : each === format));
  const texts: string[] = [];
  for (const each of ofKind) {
    const text = await node
      .clientWith(secret)
      .getList({ params: { collection, format: each } })
      .then((answer) => answer.text(), refusedIfBlocking(each));
    texts.push(
      each === 'suricata-domains' ? text.replaceAll(/.+/g, (line) => Buffer.from(line, 'base64').toString()) : text,
    );
  }
  return texts.join('\n');
}

/** All a recipient is given as a MISP: what its feed says, and what a search finds. */
async function pullMisp({ client, url }: ServedNode, key: string): Promise<string> {
  const { id: tokenId, secret } = await client.createToken({ body: { name: key, scopes: ['share'] } });
  await client.saveRecipient({ body: { key, name: key, tokenId } });
  const { id } = await client.saveCollection({ body: { title: key, audience: [key] } });
  const ask = async (path: string): Promise<string> => {
    const answer = await fetch(`${url}/misp/${id}/${path}`, { headers: { authorization: secret } });
    assert.equal(answer.status, 200, path);
    return await answer.text();
  };
  const manifest = await ask('manifest.json');
  const files = await Promise.all(Object.keys(JSON.parse(manifest) as object).map((uuid) => ask(`${uuid}.json`)));
  const rest = await Promise.all(['hashes.csv', 'events/index', 'events/restSearch'].map(ask));
  return [manifest, ...files, ...rest].join('\n');
}

/** As far as each label goes; by the peer protocol AMBER also to a member, since there whoever sends it is its origin. */
const widest: Record<(typeof recipients)[number], readonly Tlp[]> = {
  'client:works': ['clear', 'green', 'amber'],
  'member:cert-x': ['clear', 'green'],
  'organisation:lab': ['clear', 'green', 'amber', 'amber+strict'],
  public: ['clear'],
};

test('nothing leaves except through the decision and the guard: each label as far as it goes, by every exit, in every format', async (context) => {
  const node = await serveNode(context);
  const { client } = node;
  await client.createImport({ query: { name: 'x.json', tlp: 'amber+strict' }, body: JSON.stringify(bundle) });
  for (const key of recipients.slice(0, 3)) await client.saveRecipient({ body: { key, name: key } });
  for (const format of formats) {
    const own = await (await client.exportIntel({ query: { format } })).text();
    for (const value of [...tlps.map(valueOf), 'unlabelled.example', 'caveat.example'])
      assert.ok(own.includes(`${value}${format === 'list' ? '\n' : ''}`), `the owner’s own copy has ${value}`);
  }
  for (const to of recipients)
    await assert.rejects(client.exportIntel({ query: { to } }), { code: 'SHARING_REFUSED' }, 'the law closed');

  await client.activateLaw({ body: { text: readStarterLaw('open'), name: 'open' } });
  for (const [name, leave] of Object.entries(exits)) {
    for (const to of recipients) {
      for (const format of formats) {
        const text = await leave(node, to, format, context);
        if (text === undefined) continue;
        const given = [...text.matchAll(/\b([a-z-]+)\.example/g)].map((match) => match[1] ?? '');
        const labels: readonly Tlp[] = name === 'peer' ? [...widest[to], 'amber'] : widest[to];
        const wanted = [
          ...labels.map((tlp) => valueOf(tlp).replace('.example', '')),
          ...(to === 'organisation:lab' ? ['unlabelled'] : []),
        ];
        assert.deepEqual([...new Set(given)].toSorted(), wanted.toSorted(), `${name} ${to} ${format}`);
      }
    }
  }
});

test('a list for others says the strictest label of what is in it; an object for others bears its label', async (context) => {
  const { client } = await serveNode(context);
  await client.createImport({ query: { name: 'amber.txt', tlp: 'amber' }, body: 'a.example\n' });
  await client.createImport({ query: { name: 'clear.txt', tlp: 'clear' }, body: 'c.example\n' });
  await client.saveRecipient({ body: { key: 'client:works', name: 'Works' } });
  await client.activateLaw({ body: { text: readStarterLaw('open'), name: 'open' } });
  const list = async (to: string, text?: string) =>
    await (await client.exportIntel({ query: { to, format: 'list', text } })).text();
  assert.equal(await list('client:works'), '# TLP:AMBER PAP:AMBER\nc.example\na.example\n');
  assert.equal(await list('public'), '# TLP:CLEAR PAP:AMBER\nc.example\n');
  const stix = JSON.parse(
    await (await client.exportIntel({ query: { to: 'client:works', format: 'stix', text: 'a.example' } })).text(),
  ) as { objects: { object_marking_refs?: string[] }[] };
  assert.deepEqual(
    stix.objects.map((object) => object.object_marking_refs),
    [[markingIdOfTlp('amber')]],
  );
});

test('a table for others does not say who else lists a value', async (context) => {
  const { client } = await serveNode(context);
  const pattern = 'shared.example';
  const give = async (name: string, number: number, tlp: Tlp, reliability: 'A' | 'F') =>
    await client.createImport({
      query: { name: `${name}.json`, source: name, reliability },
      body: JSON.stringify({ ...bundle, objects: [named(number, pattern, [markingIdOfTlp(tlp)])] }),
    });
  await give('open-source', 31, 'clear', 'A');
  await give('secret-source', 32, 'red', 'F');
  await client.activateLaw({ body: { text: readStarterLaw('open'), name: 'open' } });
  const table = async (to?: string) => await (await client.exportIntel({ query: { to, format: 'csv' } })).text();
  assert.match(await table(), /secret-source/);
  assert.match(await table('public'), /shared\.example/);
  assert.doesNotMatch(await table('public'), /secret-source/);
});

test('a text in a marking holds an object back until a person has read it, and its definition goes with the object', async (context) => {
  const { client } = await serveNode(context);
  await client.createImport({ query: { name: 'x.json' }, body: JSON.stringify(bundle) });
  await client.activateLaw({ body: { text: readStarterLaw('open'), name: 'open' } });
  const given = async () => await (await client.exportIntel({ query: { to: 'public', format: 'stix' } })).text();
  assert.ok(!(await given()).includes('caveat.example'));
  await client.readStatement({ body: { statement: 'Ask us first' } });
  const { objects } = JSON.parse(await given()) as { objects: { id: string; pattern?: string }[] };
  const at = objects.findIndex(({ pattern }) => pattern?.includes('caveat.example'));
  assert.equal(objects[at - 1]?.id, statement);
});
