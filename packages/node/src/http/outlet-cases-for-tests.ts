import assert from 'node:assert/strict';
import type { Client } from '@comity/protocol/client';

type Entry = Parameters<Client['saveOutlet']>[0]['body'];

/** What each route of outlets does, and each error it declares; used by the test of the API only. */
export function outletCases(client: () => Client) {
  const addRecipient = async (key = 'organisation:soc') => await client().saveRecipient({ body: { key, name: 'SOC' } });
  const add = async (body: Partial<Entry> = {}) => {
    await addRecipient();
    return await client().saveOutlet({
      body: {
        name: 'SOC',
        kind: 'webhook',
        address: 'https://soc.example/hook',
        recipient: 'organisation:soc',
        enabled: false,
        ...body,
      },
    });
  };
  return {
    listOutlets: {
      works: async () => {
        const { outlet } = await add({ name: 'Listed', address: 'https://user:pass@soc.example/hook?key=hush' });
        const row = (await client().listOutlets()).rows.find(({ id }) => id === outlet.id);
        assert.deepEqual([row?.name, row?.address, row?.status], ['Listed', 'https://soc.example/hook?…', 'paused']);
        assert.deepEqual([row?.alarmsOnly, row?.hasAuthorization, row?.form], [true, true, 'comity']);
        assert.ok(!/hush|pass/.test(JSON.stringify(row)));
      },
      fails: {},
    },
    saveOutlet: {
      works: async () => {
        const { outlet, signingKey } = await add({ authorization: 'Bearer hush' });
        assert.match(signingKey ?? '', /^whsec_/);
        const changed = await add({ id: outlet.id, name: 'Changed', address: undefined, form: 'ecs' });
        assert.deepEqual(
          [
            changed.outlet.id,
            changed.outlet.name,
            changed.outlet.form,
            changed.outlet.hasAuthorization,
            changed.signingKey,
          ],
          [outlet.id, 'Changed', 'ecs', true, undefined],
        );
      },
      fails: {
        NOT_FOUND: () => add({ recipient: 'organisation:nobody' }),
        SHARING_REFUSED: async () => {
          await addRecipient('client:works');
          await add({ recipient: 'client:works' });
        },
        ADDRESS_REFUSED: () => add({ address: 'http://10.0.0.7/hook' }),
        CONFLICT: async () => {
          for (let count = 0; count <= 32; count += 1) await add({ name: `many ${count}` });
        },
      },
    },
    removeOutlet: {
      works: async () => {
        // Those of the other cases, so that there is room again.
        const { rows } = await client().listOutlets();
        for (const { id } of rows) await client().removeOutlet({ params: { id } });
        assert.deepEqual((await client().listOutlets()).rows, []);
        await add();
      },
      fails: { NOT_FOUND: () => client().removeOutlet({ params: { id: 'outlet-none' } }) },
    },
    testOutlet: {
      works: async () => {
        const { outlet } = await add({ name: 'Tried', address: 'http://127.0.0.1:1/', allowPrivate: true });
        const { sent, reason } = await client().testOutlet({ params: { id: outlet.id } });
        assert.deepEqual([sent, typeof reason], [false, 'string']);
      },
      fails: { NOT_FOUND: () => client().testOutlet({ params: { id: 'outlet-none' } }) },
    },
    exportMatches: {
      works: async () => {
        const { id } = await client().addSource({ body: { kind: 'http', name: 'exported' } });
        await client().createImport({ query: { name: 'exported' }, body: 'exported.example\n' });
        const push = () => client().pushRecords({ params: { id }, body: 'see exported.example\n' });
        while ((await push()).matches === 0) await new Promise((resolve) => setTimeout(resolve, 20));
        const lines = async (form: 'comity' | 'ecs') => {
          const answer = await client().exportMatches({ query: { form, source: id } });
          return (await answer.text())
            .trimEnd()
            .split('\n')
            .map((line) => JSON.parse(line) as Record<string, unknown>);
        };
        assert.deepEqual((await lines('comity')).map(({ type, value }) => [type, value])[0], [
          'match',
          'exported.example',
        ]);
        assert.deepEqual((await lines('ecs'))[0]?.['ecs'], { version: '8.17.0' });
      },
      fails: {},
    },
  };
}
