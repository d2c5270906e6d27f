import assert from 'node:assert/strict';
import { outboxMediaType, printOutboxLine, signedReceiptSchema } from '@comity/protocol/peer';
import { until } from '../node-for-tests.ts';
import type { Cleanup, ServedNode } from '../node-for-tests.ts';
import { indicatorId, serveMember, serveMembers, stateAt, tell } from './peer/members-for-tests.ts';
import { servePuppet } from '@comity/testkit';
import type { Puppet } from '@comity/testkit';

const unknownMember = { params: { id: '0'.repeat(64) } };
const unknownObject = { params: { id: 'indicator--00000000-0000-4000-8000-ffffffffffff' } };
const malformed = { params: { id: 'no id' } };
const quota = { itemsPerDay: 1000, bytesPerDay: 1_000_000, objects: 1000, sentBytesPerDay: 1_000_000 };
const handling = { tlp: 'green', hops: 1, indicatorDays: 7, reportDays: 90 } as const;

/** What each route of the exchange between members does, and each error it declares; used by the test of the API only. */
export function peerCases({ cleanup, afterCase }: { cleanup: Cleanup; afterCase: Cleanup }) {
  let served: Promise<[ServedNode, ServedNode]> | undefined;
  /** Two members of each other, made by whichever case comes first. */
  const pair = async (): Promise<[ServedNode, ServedNode]> => {
    served ??= serveMembers(cleanup, ['A', 'B']) as Promise<[ServedNode, ServedNode]>;
    return await served;
  };
  const clientA = async () => (await pair())[0].client;
  const clientB = async () => (await pair())[1].client;
  const idOfB = async (): Promise<string> => (await (await clientB()).ownMember()).member?.id ?? '';
  let told = 10;
  /** An object of A's that B has, and what A is told of it. */
  const lent = async () => {
    const [a, b] = await pair();
    const number = (told += 1);
    await tell(a, number);
    await until(async () => (await stateAt(b, number)) === 'active', 'it is in use at B');
    const params = { id: indicatorId(number) };
    const receipt = async () => (await a.client.listDeliveries({ params })).rows[0]?.receipt?.effect;
    return { number, params, receipt };
  };
  /** Asks a member that answers whatever it is told to. */
  const syncWith = async (answer: (puppet: Puppet, self: string) => Puppet['answer']) => {
    const node = await serveMember(afterCase, 'Asking');
    const { client } = node;
    const { member: self } = await client.ownMember();
    const puppet = await servePuppet(afterCase);
    const { text } = await client.inviteMember({ body: { accepts: true, allowPrivate: true } });
    await puppet.join(node, text);
    puppet.answer = answer(puppet, self?.id ?? '');
    await client.syncPeer({ params: { id: puppet.chain[0]?.member ?? '' } });
  };

  return {
    listPeers: {
      works: async () => {
        const { rows } = await (await clientA()).listPeers();
        assert.deepEqual(
          rows.map(({ id, name }) => [id, name]),
          [[await idOfB(), 'B']],
        );
      },
      fails: {},
    },
    setHandling: {
      works: async () => {
        const params = { id: await idOfB() };
        const peer = await (await clientA()).setHandling({ params, body: handling });
        assert.deepEqual(peer.handling, handling);
      },
      fails: {
        NOT_FOUND: async () => (await clientA()).setHandling({ ...unknownMember, body: handling }),
        ID_MALFORMED: async () => (await clientA()).setHandling({ ...malformed, body: handling }),
      },
    },
    setQuota: {
      works: async () => {
        const params = { id: await idOfB() };
        const { quota: before } = (await (await clientA()).listPeers()).rows[0]!;
        const peer = await (await clientA()).setQuota({ params, body: quota });
        assert.deepEqual([peer.quota, peer.reached], [quota, []]);
        await (await clientA()).setQuota({ params, body: before });
      },
      fails: {
        NOT_FOUND: async () => (await clientA()).setQuota({ ...unknownMember, body: quota }),
        ID_MALFORMED: async () => (await clientA()).setQuota({ ...malformed, body: quota }),
      },
    },
    syncPeer: {
      works: async () => {
        const { peer } = await (await clientA()).syncPeer({ params: { id: await idOfB() } });
        assert.deepEqual([peer.failure, peer.receiptsDue], [undefined, 0]);
        assert.ok(peer.lastPullAt !== undefined);
      },
      fails: {
        NOT_FOUND: async () => (await clientA()).syncPeer(unknownMember),
        ID_MALFORMED: async () => (await clientA()).syncPeer(malformed),
        REMOTE_FAILED: () => syncWith(() => undefined),
        TOO_MANY_REQUESTS: () =>
          syncWith(() => ({ status: 429, body: JSON.stringify({ code: 'TOO_MANY_REQUESTS', detail: 'enough' }) })),
        SIGNATURE_REFUSED: () => syncWith(() => ({ status: 200, body: 'anybody could say this' })),
        PEER_MALFORMED: () => syncWith(() => ({ status: 200, body: 'no outbox', signedAs: 'text/plain' })),
        LEDGER_UNPROVEN: () =>
          syncWith(({ chain: [first] }, self) => {
            const checkpoint = `elsewhere.example/ledger/1\n0\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n\n\u2014 x AAAAAAA=\n`;
            const from = first!.member;
            const head = { kind: 'head', v: 1, from, to: self as typeof from, after: 0, checkpoint } as const;
            return { status: 200, body: printOutboxLine(head), signedAs: outboxMediaType };
          }),
      },
    },
    listDeliveries: {
      works: async () => {
        const { params, receipt } = await lent();
        await until(async () => (await receipt()) === 'applied', 'A has the receipt');
        const [row] = (await (await clientA()).listDeliveries({ params })).rows;
        assert.deepEqual([row?.name, row?.state, row?.version], ['B', 'lent', 1]);
        assert.deepEqual(await (await clientA()).listDeliveries(unknownObject), { rows: [] });
      },
      fails: { ID_MALFORMED: async () => (await clientA()).listDeliveries(malformed) },
    },
    listGiven: {
      works: async () => {
        const { params, receipt } = await lent();
        await until(async () => (await receipt()) === 'applied', 'A has the receipt');
        const member = await idOfB();
        const client = await clientA();
        const [row] = (await client.listGiven({ query: { member } })).rows;
        assert.deepEqual(
          [row?.object, row?.name, row?.state, row?.isTaken, row?.receipt?.effect],
          [params.id, 'B', 'lent', true, 'applied'],
        );
        assert.match(row?.title ?? '', /^\[ipv4-addr:value = '198\.51\.100\./);
        await lent();
        const first = await client.listGiven({ query: { limit: 1 } });
        const second = await client.listGiven({ query: { limit: 1, cursor: first.next } });
        assert.notEqual(first.rows[0]?.object, second.rows[0]?.object);
        assert.deepEqual((await client.listGiven({ query: { member, state: 'refused' } })).rows, []);
        await assert.rejects(client.listGiven({ query: { cursor: 'x' } }), { code: 'ARGUMENT_INVALID' });
      },
      fails: { ID_MALFORMED: async () => (await clientA()).listGiven({ query: { member: 'no id' } }) },
    },
    listLoans: {
      works: async () => {
        const { params } = await lent();
        const b = await clientB();
        // What is admitted is in use before it is written down who lends it.
        const newest = async () => (await b.listLoans({ query: {} })).rows[0];
        await until(async () => (await newest())?.object === params.id, 'B knows who lends it');
        const row = await newest();
        assert.deepEqual([row?.object, row?.name, row?.originName, row?.tlp], [params.id, 'A', 'A', 'green']);
        const page = await b.listLoans({ query: { member: row?.member, limit: 1 } });
        assert.equal(page.rows[0]?.object, params.id);
        assert.ok(
          (await b.listLoans({ query: { cursor: page.next } })).rows.every((each) => each.object !== params.id),
        );
        const atA = (await (await clientA()).listLoans({ query: {} })).rows;
        assert.ok(
          atA.every((each) => each.object !== params.id),
          'nobody lends A what is its own',
        );
      },
      fails: { ID_MALFORMED: async () => (await clientA()).listLoans({ query: { member: 'no id' } }) },
    },
    listRecalls: {
      works: async () => {
        const { params } = await lent();
        const client = await clientA();
        await client.recallObject({ params, body: { reason: 'mistake' } });
        const found = async () =>
          (await client.listRecalls({ query: {} })).rows.find((row) => row.object === params.id);
        await until(async () => (await found())?.deliveries[0]?.receipt?.effect === 'withdrawn', 'B confirms');
        const row = await found();
        assert.deepEqual(
          [row?.reason, row?.deliveries.map(({ name, state }) => [name, state])],
          ['mistake', [['B', 'recalled']]],
        );
        const given = await client.listGiven({ query: { state: 'recalled' } });
        assert.ok(given.rows.some((each) => each.object === params.id));
        assert.ok(given.rows.every(({ state }) => state === 'recalled'));
      },
      fails: {},
    },
    listReceipts: {
      works: async () => {
        const { params, receipt } = await lent();
        await until(async () => (await receipt()) === 'applied', 'A has the receipt');
        const [row] = (await (await clientA()).listReceipts({ params })).rows;
        const { receipt: said } = signedReceiptSchema.parse(row?.receipt);
        assert.deepEqual([said.from, said.lines[0]?.effect, row?.name], [await idOfB(), 'applied', 'B']);
        assert.ok(row?.index !== undefined);
      },
      fails: { ID_MALFORMED: async () => (await clientA()).listReceipts(malformed) },
    },
    recallObject: {
      works: async () => {
        const { number, params, receipt } = await lent();
        const { rows } = await (await clientA()).recallObject({ params, body: { reason: 'mistake' } });
        assert.equal(rows[0]?.state, 'recalled');
        await until(async () => (await receipt()) === 'withdrawn', 'B took it out of use');
        for (const node of await pair()) assert.equal(await stateAt(node, number), 'recalled');
      },
      fails: {
        NOT_FOUND: async () => (await clientA()).recallObject({ ...unknownObject, body: { reason: 'mistake' } }),
        ID_MALFORMED: async () => (await clientA()).recallObject({ ...malformed, body: { reason: 'mistake' } }),
      },
    },
    disagreeWithObject: {
      works: async () => {
        const { params } = await lent();
        const { opinion } = await (await clientB()).disagreeWithObject({ params });
        const isTold = async () => (await (await clientA()).getIntel({ params: { id: opinion } })).id === opinion;
        await until(() => isTold().catch(() => false), 'A has the opinion');
      },
      fails: {
        NOT_FOUND: async () => (await clientB()).disagreeWithObject(unknownObject),
        ID_MALFORMED: async () => (await clientB()).disagreeWithObject(malformed),
      },
    },
    holdObject: {
      works: async () => {
        const { number, params, receipt } = await lent();
        await (await clientB()).holdObject({ params, body: { reason: 'a court asked for it' } });
        await (await clientA()).recallObject({ params, body: { reason: 'order' } });
        await until(async () => (await receipt()) === 'stored', 'B says that it keeps it');
        assert.equal(await stateAt((await pair())[1], number), 'active');
      },
      fails: {
        NOT_FOUND: async () => (await clientB()).holdObject({ ...unknownObject, body: { reason: 'x' } }),
        ID_MALFORMED: async () => (await clientB()).holdObject({ ...malformed, body: { reason: 'x' } }),
      },
    },
    unholdObject: {
      works: async () => {
        const { params, receipt } = await lent();
        await (await clientB()).holdObject({ params, body: { reason: 'a court asked for it' } });
        await (await clientB()).unholdObject({ params });
        await (await clientA()).recallObject({ params, body: { reason: 'order' } });
        await until(async () => (await receipt()) === 'withdrawn', 'nothing holds it any more');
      },
      fails: {
        NOT_FOUND: async () => (await clientB()).unholdObject(unknownObject),
        ID_MALFORMED: async () => (await clientB()).unholdObject(malformed),
      },
    },
    listEvidence: {
      works: async () => assert.deepEqual(await (await clientA()).listEvidence(), { rows: [] }),
      fails: {},
    },
  };
}
