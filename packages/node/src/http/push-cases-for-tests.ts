import assert from 'node:assert/strict';
import type { Client } from '@comity/protocol/client';

/** What each route of pushes does, and each error it declares; used by the test of the API only. */
export function pushCases(client: () => Client) {
  let made = 0;
  /** A push to a port where nobody listens. */
  const add = async (path = `/api/collections/c${(made += 1)}/`) => {
    await client().saveRecipient({ body: { key: 'member:elsewhere', name: 'Elsewhere' } });
    const collection = await client().saveCollection({ body: { title: 'Pushed', audience: ['member:elsewhere'] } });
    const body = { collection: collection.id, recipient: 'member:elsewhere', allowPrivate: true } as const;
    return await client().addPush({ body: { ...body, url: `http://user:secret@127.0.0.1:9${path}` } });
  };
  const missing = { params: { id: 'push-00000000' } };
  const malformed = { params: { id: 'NO ID' } };
  return {
    listPushes: {
      works: async () => {
        const { id } = await add();
        const row = (await client().listPushes()).rows.find((each) => each.id === id);
        assert.deepEqual([row?.recipient, row?.sent, row?.enabled], ['member:elsewhere', 0, true]);
        assert.doesNotMatch(JSON.stringify(row), /secret/);
      },
      fails: {},
    },
    addPush: {
      works: async () => {
        const push = await add('/api/collections/shown/');
        assert.equal(push.url, 'http://127.0.0.1:9/api/collections/shown/');
        const collection = await client().saveCollection({ body: { title: 'Not theirs' } });
        const body = { collection: collection.id, url: 'http://127.0.0.1:9/', allowPrivate: true };
        for (const recipient of ['owner', 'member:elsewhere'])
          await assert.rejects(client().addPush({ body: { ...body, recipient } }), { code: 'NOT_ALLOWED' }, recipient);
      },
      fails: {
        NOT_FOUND: () =>
          client().addPush({ body: { collection: 'none', recipient: 'public', url: 'https://taxii.example/' } }),
        ADDRESS_REFUSED: () =>
          client().addPush({ body: { collection: 'none', recipient: 'public', url: 'http://127.0.0.1:9/' } }),
        CONFLICT: async () => {
          const { collection, recipient, url } = await add('/api/collections/twice/');
          await client().addPush({ body: { collection, recipient, url, allowPrivate: true } });
        },
      },
    },
    changePush: {
      works: async () => {
        const { id } = await add();
        const changed = await client().changePush({ params: { id }, body: { enabled: false, intervalMinutes: 5 } });
        assert.deepEqual([changed.enabled, changed.intervalMinutes, changed.nextPushAt], [false, 5, undefined]);
      },
      fails: {
        NOT_FOUND: () => client().changePush({ ...missing, body: {} }),
        ID_MALFORMED: () => client().changePush({ ...malformed, body: {} }),
      },
    },
    removePush: {
      works: async () => {
        const { id } = await add();
        await client().removePush({ params: { id } });
        assert.ok((await client().listPushes()).rows.every((each) => each.id !== id));
      },
      fails: {
        NOT_FOUND: () => client().removePush(missing),
        ID_MALFORMED: () => client().removePush(malformed),
      },
    },
    runPush: {
      works: async () => {
        const { id } = await add();
        const run = await client().runPush({ params: { id }, query: { wait: 'true', anew: 'true' } });
        assert.equal(run.status, 'failing');
        assert.match(run.lastError ?? '', /^Cannot fetch http:\/\/127\.0\.0\.1:9\//);
      },
      fails: { NOT_FOUND: () => client().runPush(missing), ID_MALFORMED: () => client().runPush(malformed) },
    },
    listPushFailures: {
      works: async () => {
        const { id } = await add();
        assert.deepEqual((await client().listPushFailures({ params: { id } })).rows, []);
      },
      fails: {
        NOT_FOUND: () => client().listPushFailures(missing),
        ID_MALFORMED: () => client().listPushFailures(malformed),
      },
    },
  };
}
