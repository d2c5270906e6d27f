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
