import assert from 'node:assert/strict';
import type { Client } from '@comity/protocol/client';
import { readStarterLaw } from '../sharing/index.ts';

const unknownStixId = 'indicator--00000000-0000-4000-8000-000000000000';
const greenLaw = `@id("green") @law("test") permit (principal, action, resource) when { principal.kind == Kind::"client" };`;

interface Tools {
  readonly client: () => Client;
  readonly node: () => { clientWith(token: string): Client };
}

/** What each route of sharing does, and each error it declares; used by the test of the API only. */
export function sharingCases({ client, node }: Tools) {
  const addClient = (key = 'client:works', tokenId?: string) =>
    client().saveRecipient({ body: { key, name: 'Works', sector: 'water', country: 'AT', tokenId } });
  const importGreen = async (value: string): Promise<string> => {
    await client().createImport({ query: { name: 'green.txt', tlp: 'green' }, body: `${value}\n` });
    const [row] = (await client().searchIntel({ query: { text: value } })).rows;
    return row?.id ?? '';
  };
  const activate = (text: string) => client().activateLaw({ body: { text, name: 'test' } });
  const withLaw = async (fn: () => Promise<void>): Promise<void> => {
    assert.equal((await activate(greenLaw)).state, 'active');
    await fn();
    await activate(readStarterLaw('closed'));
  };
  const broken = 'permit (principal, action, resource);';
  return {
    listRecipients: {
      works: async () => {
        const { rows } = await client().listRecipients();
        assert.deepEqual(
          rows.slice(0, 2).map(({ key }) => key),
          ['owner', 'public'],
        );
      },
      fails: {},
    },
    saveRecipient: {
      works: async () => {
        const saved = await addClient();
        assert.deepEqual([saved.kind, saved.sector, saved.country, saved.groups], ['client', 'water', 'AT', []]);
      },
      fails: {
        NOT_FOUND: () => addClient('client:no-token', 'tok-0000'),
        CONFLICT: async () => {
          const { id } = await client().createToken({ body: { name: 'reads all', scopes: ['read'] } });
          await addClient('client:reads-all', id);
        },
      },
    },
    removeRecipient: {
      works: async () => {
        await addClient('client:gone');
        await client().removeRecipient({ params: { id: 'client:gone' } });
        const { rows } = await client().listRecipients();
        assert.ok(rows.every(({ key }) => key !== 'client:gone'));
      },
      fails: { NOT_FOUND: () => client().removeRecipient({ params: { id: 'owner' } }) },
    },
    saveRecipientGroup: {
      works: async () => {
        await addClient('client:grouped');
        await client().saveRecipientGroup({ body: { id: 'energy', name: 'Energy', members: ['client:grouped'] } });
        const { rows, groups } = await client().listRecipients();
        assert.deepEqual(rows.find(({ key }) => key === 'client:grouped')?.groups, ['energy']);
        assert.deepEqual(groups.find(({ id }) => id === 'energy')?.members, ['client:grouped']);
      },
      fails: {
        NOT_FOUND: () => client().saveRecipientGroup({ body: { id: 'g', name: 'G', members: ['client:nobody'] } }),
        CONFLICT: async () => {
          for (let index = 0; index <= 1000; index += 1)
            await client().saveRecipientGroup({ body: { id: `many-${index}`, name: 'G', members: [] } });
        },
      },
    },
    removeRecipientGroup: {
      works: async () => {
        await client().saveRecipientGroup({ body: { id: 'energy', name: 'Energy', members: [] } });
        await client().removeRecipientGroup({ params: { id: 'energy' } });
        assert.ok((await client().listRecipients()).groups.every(({ id }) => id !== 'energy'));
      },
      fails: { NOT_FOUND: () => client().removeRecipientGroup({ params: { id: 'no-such-group' } }) },
    },
    explainSharing: {
      works: async () => {
        await addClient();
        const id = await importGreen('explained.example');
        const { rows } = await client().explainSharing({ params: { id } });
        const owner = rows.find(({ recipient, action }) => recipient === 'owner' && action === 'show');
        assert.deepEqual([owner?.result, owner?.reasons[0]?.ruleId], ['allow', 'closed.own-use']);
        const one = await client().explainSharing({ params: { id }, query: { to: 'client:works' } });
        assert.ok(one.rows.length > 0 && one.rows.every(({ result }) => result === 'deny'));
        assert.ok(one.rows.every(({ recipient }) => recipient === 'client:works'));
      },
      fails: { NOT_FOUND: () => client().explainSharing({ params: { id: unknownStixId } }) },
    },
    getLaw: {
      works: async () => {
        const { entry, law } = await client().getLaw({});
        assert.deepEqual([entry.state, law.hash], ['active', entry.hash]);
      },
      fails: { NOT_FOUND: () => client().getLaw({ query: { hash: '00' } }) },
    },
    listStarterLaws: {
      works: async () => {
        const { rows } = await client().listStarterLaws();
        assert.deepEqual(
          rows.map(({ name }) => name),
          ['closed', 'open', 'cert-nis2', 'isac'],
        );
        for (const { text } of rows) assert.equal((await client().checkLaw({ body: { text } })).text, text);
      },
      fails: {},
    },
    checkLaw: {
      works: async () => {
        const law = await client().checkLaw({ body: { text: readStarterLaw('isac') } });
        assert.ok(law.rules.some(({ id, effect }) => id === 'isac.nothing-public' && effect === 'forbid'));
      },
      fails: { LAW_MALFORMED: () => client().checkLaw({ body: { text: broken } }) },
    },
    activateLaw: {
      works: () =>
        withLaw(async () => {
          const { entry, history } = await client().getLaw({});
          assert.deepEqual([entry.activatedBy, history[0]?.hash], ['operator', entry.hash]);
        }),
      fails: { LAW_MALFORMED: () => activate(broken) },
    },
    diffLaw: {
      works: async () => {
        await addClient();
        const id = await importGreen('compared.example');
        const diff = await client().diffLaw({ body: { text: greenLaw } });
        const change = diff.changes.find(
          ({ recipient, action }) => recipient === 'client:works' && action === 'forward',
        );
        assert.ok(diff.newlyShared >= 1 && change !== undefined && change.to === 'allow');
        assert.ok(change.examples.some((example) => example.id === id));
      },
      fails: {
        LAW_MALFORMED: () => client().diffLaw({ body: { text: broken } }),
        TOO_MANY_REQUESTS: async () => {
          // One is over in milliseconds, so a few tries may pass each other.
          for (let tries = 0; tries < 50; tries += 1)
            await Promise.all(Array.from({ length: 32 }, () => client().diffLaw({ body: { text: greenLaw } })));
        },
      },
    },
    listSharingDecisions: {
      works: () =>
        withLaw(async () => {
          await addClient();
          const id = await importGreen('kept.example');
          const query = { text: 'kept.example', format: 'stix', to: 'client:works' } as const;
          const answer = await client().exportIntel({ query });
          assert.match(await answer.text(), /kept\.example/);
          const kept = async () => (await client().listSharingDecisions({ query: { object: id } })).rows;
          while ((await kept()).length === 0) await new Promise((resolve) => setTimeout(resolve, 20));
          const [row] = await kept();
          assert.deepEqual(
            [row?.recipient, row?.action, row?.result, row?.ruleIds, row?.count],
            ['client:works', 'forward', 'allow', ['green'], 1],
          );
          assert.deepEqual(
            row?.reasons.map(({ layer, ruleId, citation }) => [layer, ruleId, citation !== '']),
            [['law', 'green', true]],
          );
          const of = async (result: 'allow' | 'deny') =>
            (await client().listSharingDecisions({ query: { object: id, result } })).rows.length;
          assert.deepEqual([await of('allow'), await of('deny')], [1, 0]);
        }),
      fails: { ID_MALFORMED: () => client().listSharingDecisions({ query: { object: 'no id' } }) },
    },
    readStatement: {
      works: () => client().readStatement({ body: { statement: 'Copyright 2026, Example' } }),
      fails: {
        CONFLICT: async () => {
          const texts = Array.from({ length: 1001 }, (_, index) => `Statement ${index}`);
          for (let from = 0; from < texts.length; from += 50)
            await Promise.all(
              texts.slice(from, from + 50).map((statement) => client().readStatement({ body: { statement } })),
            );
        },
      },
    },
    exportShared: {
      works: () =>
        withLaw(async () => {
          await importGreen('handed-out.example');
          const token = await client().createToken({ body: { name: 'theirs', scopes: ['share'] } });
          await addClient('client:pulls', token.id);
          const theirs = node().clientWith(token.secret);
          const list = await (await theirs.exportShared({ query: { format: 'list' } })).text();
          assert.match(list, /^# TLP:(?:GREEN|AMBER) PAP:AMBER\n/);
          assert.match(list, /^handed-out\.example$/m);
          await assert.rejects(theirs.searchIntel({ query: {} }), { code: 'NOT_ALLOWED' });
        }),
      fails: {
        NOT_ALLOWED: async () => {
          const { secret } = await client().createToken({ body: { name: 'nobody’s', scopes: ['share'] } });
          await node().clientWith(secret).exportShared({ query: {} });
        },
        SHARING_REFUSED: async () => {
          await importGreen('refused.example');
          const token = await client().createToken({ body: { name: 'gets nothing', scopes: ['share'] } });
          await addClient('client:nothing', token.id);
          await node().clientWith(token.secret).exportShared({ query: {} });
        },
      },
    },
  };
}
