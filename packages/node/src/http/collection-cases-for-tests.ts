import assert from 'node:assert/strict';
import type { Client } from '@comity/protocol/client';

const unknownId = '00000000-0000-4000-8000-000000000000';

/** What each route of collections does, and each error it declares; used by the test of the API only. */
export function collectionCases(client: () => Client) {
  const add = (body: Partial<Parameters<Client['saveCollection']>[0]['body']> = {}) =>
    client().saveCollection({ body: { title: 'Indicators', ...body } });
  return {
    listCollections: {
      works: async () => {
        const { id } = await add({ title: 'Listed', types: ['indicator'], kinds: ['domain'] });
        const row = (await client().listCollections()).rows.find((each) => each.id === id);
        assert.deepEqual([row?.types, row?.kinds, row?.audience], [['indicator'], ['domain'], []]);
        assert.match(row?.mispUrl ?? '', /^http:\/\/127\.0\.0\.1:\d+\/misp\/[0-9a-f-]{36}\/$/);
        assert.match(row?.url ?? '', /^http:\/\/127\.0\.0\.1:\d+\/taxii2\/api\/collections\/[0-9a-f-]{36}\/$/);
      },
      fails: {},
    },
    saveCollection: {
      works: async () => {
        await client().saveRecipient({ body: { key: 'client:reader', name: 'Reader' } });
        const { id, audience } = await add({ audience: ['client:reader', 'client:reader'] });
        assert.deepEqual(audience, ['client:reader']);
        const changed = await add({ id, title: 'Changed', alias: 'changed' });
        assert.deepEqual([changed.id, changed.title, changed.alias, changed.audience], [id, 'Changed', 'changed', []]);
        const wrong = [{ alias: 'UPPER' }, { types: ['Indicator'] }, { title: ' ' }, { source: 'nothing' }];
        for (const body of wrong) await assert.rejects(add(body), /Cannot use/, JSON.stringify(body));
      },
      fails: {
        NOT_FOUND: () => add({ audience: ['group:nobody'] }),
        CONFLICT: async () => {
          await add({ alias: 'taken' });
          await add({ alias: 'taken' });
        },
      },
    },
    explainCollection: {
      works: async () => {
        for (const key of ['client:reader', 'client:stranger'])
          await client().saveRecipient({ body: { key, name: key.slice(7) } });
        const { id } = await add({ title: 'Explained', alias: 'explained', audience: ['client:reader'] });
        await client().createImport({ query: { name: 'list.txt', tlp: 'red' }, body: 'explained.example\n' });
        const explained = await client().explainCollection({ params: { id: 'explained' } });
        assert.deepEqual([explained.id, explained.isWhole, explained.objects > 0], [id, true, true]);
        const ofReader = explained.rows.find(({ recipient }) => recipient === 'client:reader');
        assert.equal((ofReader?.allowed ?? 0) + (ofReader?.denied ?? 0), explained.objects);
        assert.ok(ofReader?.reasons.some(({ reason, objects }) => reason.ruleId === 'floor.tlp-red' && objects > 0));
        const stranger = explained.rows.find(({ recipient }) => recipient === 'client:stranger');
        assert.deepEqual([ofReader?.isInAudience, stranger?.isInAudience], [true, false]);
      },
      fails: {
        NOT_FOUND: () => client().explainCollection({ params: { id: unknownId } }),
        TOO_MANY_REQUESTS: async () => {
          const list = Array.from({ length: 2000 }, (_, index) => `explained-${index}.example\n`).join('');
          await client().createImport({ query: { name: 'list.txt' }, body: list });
          const { id } = await add({ title: 'Explained at once' });
          await Promise.all(Array.from({ length: 20 }, () => client().explainCollection({ params: { id } })));
        },
      },
    },
    removeCollection: {
      works: async () => {
        const { id } = await add();
        await client().removeCollection({ params: { id } });
        assert.ok((await client().listCollections()).rows.every((each) => each.id !== id));
      },
      fails: { NOT_FOUND: () => client().removeCollection({ params: { id: unknownId } }) },
    },
  };
}
