import assert from 'node:assert/strict';
import { randomBytes, randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { parsePolicy, parseTlogProof, verifyTlogProof } from '@comity/protocol/tlog';
import type { Client } from '@comity/protocol/client';
import { composeNode } from '../compose.ts';
import { createNativeCrypto } from '../ledger/index.ts';
import { serveNode, temporaryDir, until } from '../node-for-tests.ts';
import type { Cleanup, ServedNode } from '../node-for-tests.ts';
import { openConnection } from '../store/connection.ts';

/** A node whose ledger has these entries: what appends them is not asked over the API. */
export async function serveWithEntries(cleanup: Cleanup, entries: readonly string[], sql = ''): Promise<ServedNode> {
  const dataDir = join(temporaryDir(cleanup), 'data');
  const deps = { clock: Date.now, uuid: randomUUID, randomBytes: (count: number) => randomBytes(count) };
  const node = await composeNode({ dataDir }, { ...deps, log: () => undefined });
  await node.close();
  const connection = openConnection({ file: join(dataDir, 'comity.db') });
  const insert = connection.prepare('insert into ledger_entry (entry) values (?)');
  for (const entry of entries) insert.run(Buffer.from(entry));
  if (sql !== '') connection.exec(sql);
  connection.close();
  const served = await serveNode(cleanup, { dataDir });
  const isOut = async () => {
    const { logs } = await served.client.showLedger();
    return logs[0]?.frozen !== undefined || logs[0]?.published?.size === entries.length;
  };
  await until(isOut, 'the entries are published');
  return served;
}

/** What each route of the ledger does, and each error it declares; used by the test of the API only. */
export function ledgerCases({ client, cleanup }: { readonly client: () => Client; readonly cleanup: Cleanup }) {
  const { sha256 } = createNativeCrypto();
  let served: Promise<ServedNode> | undefined;
  const withEntries = async (): Promise<Client> =>
    (await (served ??= serveWithEntries(cleanup, ['first', 'second']))).client;
  const witnessKey = async (): Promise<string[]> => {
    const { witnessKeys } = await (await withEntries()).showLedger();
    return witnessKeys;
  };
  const add = async (url: string, allowPrivate = true) =>
    await client().addLedgerWitness({ body: { name: 'w', url, keys: await witnessKey(), allowPrivate } });
  return {
    showLedger: {
      works: async () => {
        const { logs, keys, witnessKeys, quorum } = await (await withEntries()).showLedger();
        assert.deepEqual([logs.length, logs[0]?.size, keys.length, witnessKeys.length, quorum], [1, 2, 2, 2, 0]);
      },
      fails: {},
    },
    checkLedger: {
      works: async () => assert.deepEqual(await (await withEntries()).checkLedger(), { entries: 2, faults: [] }),
      fails: {
        TOO_MANY_REQUESTS: async () => {
          await Promise.all(Array.from({ length: 20 }, () => client().checkLedger()));
        },
      },
    },
    getLedgerProof: {
      works: async () => {
        const own = await withEntries();
        const { proof } = await own.getLedgerProof({ params: { index: 1 } });
        const policy = parsePolicy((await own.getLedgerPolicy({ query: {} })).policy, sha256);
        assert.equal(verifyTlogProof(proof, Buffer.from('second'), policy, createNativeCrypto()).index, 1);
        assert.equal(parseTlogProof(proof).hashes.length, 1);
      },
      fails: { NOT_FOUND: () => client().getLedgerProof({ params: { index: 900 } }) },
    },
    getLedgerEntry: {
      works: async () => {
        const { entry } = await (await withEntries()).getLedgerEntry({ params: { index: 0 } });
        assert.equal(Buffer.from(entry, 'base64').toString(), 'first');
      },
      fails: { NOT_FOUND: () => client().getLedgerEntry({ params: { index: 900 } }) },
    },
    getLedgerPolicy: {
      works: async () => {
        const { policy } = await (await withEntries()).getLedgerPolicy({ query: {} });
        assert.match(policy, /^log \S+\nlog \S+\nquorum none\n$/);
      },
      fails: {
        NOT_FOUND: () => client().getLedgerPolicy({ query: { at: '2020-01-01T00:00:00.000Z' } }),
      },
    },
    addLedgerWitness: {
      works: async () => {
        const { witnesses, quorum } = await add('http://127.0.0.1:9/witness/');
        assert.deepEqual([witnesses[0]?.name, witnesses[0]?.url, quorum], ['w', 'http://127.0.0.1:9/witness', 1]);
        const wrong = { name: 'a b', url: 'https://w.example/', keys: await witnessKey() };
        await assert.rejects(client().addLedgerWitness({ body: wrong }), { code: 'ARGUMENT_INVALID' });
      },
      fails: {
        ADDRESS_REFUSED: () => add('http://127.0.0.1:9/', false),
        LEDGER_MALFORMED: () =>
          client().addLedgerWitness({ body: { name: 'w', url: 'https://w.example/', keys: ['no key'] } }),
      },
    },
    removeLedgerWitness: {
      works: async () => {
        await add('http://127.0.0.1:9/');
        await client().removeLedgerWitness({ params: { id: 'w' } });
        assert.deepEqual((await client().showLedger()).witnesses, []);
        const before = await client().getLedgerPolicy({ query: { at: new Date().toISOString() } });
        assert.match(before.policy, /quorum none/);
      },
      fails: { NOT_FOUND: () => client().removeLedgerWitness({ params: { id: 'nobody' } }) },
    },
    setLedgerQuorum: {
      works: async () => {
        assert.equal((await client().setLedgerQuorum({ body: { quorum: 3 } })).quorum, 0, 'there is nobody');
        assert.equal((await client().setLedgerQuorum({ body: {} })).quorum, 0);
      },
      fails: {},
    },
    rotateLedgerKeys: {
      works: async () => assert.equal((await (await withEntries()).rotateLedgerKeys()).keys.length, 4),
      fails: {
        CONFLICT: async () => {
          for (let times = 0; times < 3; times += 1) await (await withEntries()).rotateLedgerKeys();
        },
      },
    },
    retireLedgerKeys: {
      works: async () => assert.equal((await (await withEntries()).retireLedgerKeys()).keys.length, 2),
      fails: {
        CONFLICT: async () => {
          for (let times = 0; times < 2; times += 1) await (await withEntries()).retireLedgerKeys();
        },
      },
    },
    restartLedger: {
      works: async () => {
        const frozen = await serveWithEntries(
          cleanup,
          ['first'],
          `insert into ledger_log (number, origin, first_id, size, root, edge, frozen_us, frozen_reason)
           values (1, 'a.example/ledger/1', 1, 0, x'', x'', 1, 'it is a test')`,
        );
        const { logs } = await frozen.client.restartLedger();
        assert.deepEqual(
          logs.map(({ origin, frozen: why }) => [origin, why?.reason]),
          [
            ['a.example/ledger/1', 'it is a test'],
            ['a.example/ledger/2', undefined],
          ],
        );
      },
      fails: { CONFLICT: () => client().restartLedger() },
    },
  };
}
