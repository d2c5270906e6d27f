import assert from 'node:assert/strict';
import type { Client } from '@comity/protocol/client';
import { until } from '../node-for-tests.ts';
import type { Cleanup, ServedNode } from '../node-for-tests.ts';
import { indicatorId, serveMembers, tell } from './peer/members-for-tests.ts';

const body = { reason: 'mistake' } as const;
const unknown = { params: { index: 90_000 } };

/** What each route of the acts of the ledger does, and each error it declares; used by the test of the API only. */
export function actCases({ cleanup }: { readonly cleanup: Cleanup }) {
  let served: Promise<ServedNode> | undefined;
  let told = 0;
  /** Who lent an object, and the place of the act that says so: with its receipt. */
  const lent = async (): Promise<{ client: Client; index: number; id: string }> => {
    const node = await (served ??= serveMembers(cleanup, ['A', 'B']).then(([a]) => a as ServedNode));
    const { client } = node;
    told += 1;
    await tell(node, told);
    const id = indicatorId(told);
    const isIn = async () => (await client.listDeliveries({ params: { id } })).rows[0]?.receipt !== undefined;
    await until(isIn, 'the receipt is in');
    const [row] = (await client.listActsOfObject({ params: { id } })).rows;
    return { client, index: row?.index ?? -1, id };
  };
  return {
    showExchangeAct: {
      works: async () => {
        const { client, index, id } = await lent();
        const isPublished = async () =>
          (await client.showExchangeAct({ params: { index } })).proof?.startsWith('c2sp.org/tlog-proof') ?? false;
        await until(isPublished, 'the act is published');
        const act = await client.showExchangeAct({ params: { index } });
        assert.deepEqual([act.direction, act.name, act.holds?.content], ['sent', 'B', true]);
        assert.ok(act.objects.some((object) => object.id === id));
        const { rows } = await client.listAudit({ query: { act: 'act.opened' } });
        assert.equal(rows[0]?.about, `act ${index}`);
      },
      fails: { NOT_FOUND: async () => (await lent()).client.showExchangeAct(unknown) },
    },
    listLedgerActs: {
      works: async () => {
        const { client, index } = await lent();
        const { rows, total = 0 } = await client.listLedgerActs({ query: {} });
        const act = rows.find((row) => row.index === index);
        assert.deepEqual([act?.type, act?.direction, act?.name, act?.objects], ['exchange', 'sent', 'B', 1]);
        assert.deepEqual(
          rows.map((row) => row.index),
          Array.from({ length: total }, (_, at) => total - 1 - at),
        );
        const open = await client.listLedgerActs({ query: { type: 'open' } });
        assert.ok(
          open.rows.some(({ type }) => type === 'descriptor') && open.rows.every((row) => row.type !== 'exchange'),
        );
        const of = async (query: { member?: string; direction?: 'sent' | 'received' }) =>
          (await client.listLedgerActs({ query })).rows.length;
        assert.ok((await of({ member: act?.member ?? '', direction: 'sent' })) > 0);
        assert.equal(await of({ member: 'somebody else' }), 0);
        const first = await client.listLedgerActs({ query: { limit: 1 } });
        const rest = await client.listLedgerActs({ query: { limit: 1, cursor: first.next } });
        assert.equal(rest.rows[0]?.index, total - 2);
        await assert.rejects(client.listLedgerActs({ query: { cursor: '-' } }), { code: 'ARGUMENT_INVALID' });
      },
      fails: {},
    },
    listActsOfObject: {
      works: async () => {
        const { client, index, id } = await lent();
        const { rows } = await client.listActsOfObject({ params: { id } });
        assert.deepEqual(
          rows.map((row) => [row.index, row.direction, row.name]),
          [[index, 'sent', 'B']],
        );
      },
      fails: {
        ID_MALFORMED: async () => (await lent()).client.listActsOfObject({ params: { id: 'no id' } }),
      },
    },
    eraseExchangeAct: {
      works: async () => {
        const { client, index, id } = await lent();
        const done = await client.eraseExchangeAct({ params: { index }, body });
        assert.deepEqual(done, { state: 'erased', reason: 'mistake', approvals: 1 });
        const act = await client.showExchangeAct({ params: { index } });
        assert.deepEqual([act.openings, act.erased?.reason], [undefined, 'mistake']);
        assert.deepEqual((await client.listActsOfObject({ params: { id } })).rows, []);
      },
      fails: {
        NOT_FOUND: async () => (await lent()).client.eraseExchangeAct({ ...unknown, body }),
        CONFLICT: async () => {
          const { client, index } = await lent();
          for (let times = 0; times < 2; times += 1) await client.eraseExchangeAct({ params: { index }, body });
        },
      },
    },
    eraseObject: {
      works: async () => {
        const { client, index, id } = await lent();
        const done = await client.eraseObject({ params: { id }, body });
        assert.deepEqual([done.state, done.acts], ['erased', { erased: 1, waiting: 1 }]);
        assert.equal((await client.showExchangeAct({ params: { index } })).erased?.reason, 'mistake');
        const { text, stateReason } = await client.getIntel({ params: { id } });
        assert.deepEqual([text.includes('pattern'), stateReason.endsWith('erased: a mistake')], [false, true]);
      },
      fails: {
        NOT_FOUND: async () =>
          (await lent()).client.eraseObject({
            params: { id: 'indicator--00000000-0000-4000-8000-ffffffffffff' },
            body,
          }),
        ID_MALFORMED: async () => (await lent()).client.eraseObject({ params: { id: 'no id' }, body }),
      },
    },
  };
}
