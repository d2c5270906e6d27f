import assert from 'node:assert/strict';
import type { Client } from '@comity/protocol/client';

interface Tools {
  readonly client: () => Client;
  /** A viewer of this name who came by the link they were sent. */
  readonly join: (name: string) => Promise<Client>;
}

/** What each route of accounts and of the audit trail does, and each error it declares; used by the test of the API only. */
export function accountCases({ client, join: joinViewer }: Tools) {
  let count = 0;
  /** Viewers only: who may govern or release would make the other tests need a second person. */
  const invite = async () => {
    count += 1;
    return await client().inviteAccount({ body: { name: `viewer-${count}`, role: 'viewer' } });
  };
  const join = async () => {
    count += 1;
    const name = `viewer-${count}`;
    return { name, theirs: await joinViewer(name) };
  };
  const sessionOf = async (name: string) =>
    (await client().listSessions()).rows.find((row) => row.account === name)?.id ?? '';
  return {
    listAccounts: {
      works: async () => {
        const { account } = await invite();
        const { rows } = await client().listAccounts();
        assert.deepEqual(
          rows.find(({ name }) => name === account.name),
          account,
        );
      },
      fails: {},
    },
    inviteAccount: {
      works: async () => {
        const { account, url, expiresAt } = await invite();
        assert.match(url, /\/sign-in#code=[\w-]{43}$/);
        assert.deepEqual([account.state, account.role, account.createdBy], ['invited', 'viewer', 'operator']);
        assert.equal(account.linkUntil, expiresAt);
      },
      fails: {
        CONFLICT: async () => {
          const { account } = await invite();
          await client().inviteAccount({ body: { name: account.name, role: 'viewer' } });
        },
      },
    },
    changeAccount: {
      works: async () => {
        const { name, theirs } = await join();
        const params = { id: name };
        assert.equal((await client().changeAccount({ params, body: { role: 'analyst' } })).role, 'analyst');
        assert.ok((await theirs.session()).scopes.includes('write'));
        assert.equal((await client().changeAccount({ params, body: { isDisabled: true } })).state, 'disabled');
        await assert.rejects(theirs.session(), { code: 'NOT_SIGNED_IN' });
        assert.equal((await client().changeAccount({ params, body: { isDisabled: false } })).state, 'active');
      },
      fails: {
        NOT_FOUND: () => client().changeAccount({ params: { id: 'nobody' }, body: { role: 'viewer' } }),
        CONFLICT: async () => {
          const { url } = await client().createSignIn();
          await client().signIn({ body: { code: url.replace(/.*#code=/, '') } });
          await client().changeAccount({ params: { id: 'operator' }, body: { role: 'viewer' } });
        },
      },
    },
    renewAccountLink: {
      works: async () => {
        const { account, url } = await invite();
        const renewed = await client().renewAccountLink({ params: { id: account.name }, body: {} });
        assert.notEqual(renewed.url, url);
        assert.ok(renewed.expiresAt >= (account.linkUntil ?? ''));
      },
      fails: {
        NOT_FOUND: () => client().renewAccountLink({ params: { id: 'nobody' }, body: {} }),
        CONFLICT: async () => {
          const params = { id: (await invite()).account.name };
          await client().changeAccount({ params, body: { isDisabled: true } });
          await client().renewAccountLink({ params, body: {} });
        },
      },
    },
    listSessions: {
      works: async () => {
        const { name } = await join();
        const row = (await client().listSessions()).rows.find(({ account }) => account === name);
        assert.deepEqual([row?.way, row?.address, row?.isThis], ['link', '127.0.0.1', false]);
      },
      fails: {},
    },
    endSession: {
      works: async () => {
        const { name, theirs } = await join();
        await client().endSession({ params: { id: await sessionOf(name) } });
        await assert.rejects(theirs.session(), { code: 'NOT_SIGNED_IN' });
      },
      fails: { NOT_FOUND: () => client().endSession({ params: { id: 'ses-00' } }) },
    },
    listOwnSessions: {
      works: async () => {
        const { name, theirs } = await join();
        const { rows } = await theirs.listOwnSessions();
        assert.deepEqual(
          rows.map(({ account, isThis }) => [account, isThis]),
          [[name, true]],
        );
        assert.deepEqual((await client().listOwnSessions()).rows, [], 'a token is nowhere signed in');
      },
      fails: {},
    },
    endOwnSession: {
      works: async () => {
        const { name, theirs } = await join();
        await theirs.endOwnSession({ params: { id: await sessionOf(name) } });
        await assert.rejects(theirs.session(), { code: 'NOT_SIGNED_IN' });
      },
      fails: {
        NOT_FOUND: async () => {
          const [one, other] = [await join(), await join()];
          await one.theirs.endOwnSession({ params: { id: await sessionOf(other.name) } });
        },
      },
    },
    listAudit: {
      works: async () => {
        const { name } = await join();
        const { rows, next } = await client().listAudit({ query: { about: name, limit: 1 } });
        assert.deepEqual([rows[0]?.act, rows[0]?.by, rows[0]?.via], ['sign-in', name, 'sign-in']);
        const rest = await client().listAudit({ query: { about: name, limit: 1, cursor: next } });
        assert.deepEqual(
          [rest.rows[0]?.act, rest.rows[0]?.by, rest.rows[0]?.via],
          ['account.invited', 'operator', 'command'],
        );
        const { at = '' } = rest.rows[0] ?? {};
        assert.deepEqual((await client().listAudit({ query: { about: name, until: at } })).rows, []);
        assert.equal((await client().listAudit({ query: { about: name, since: at } })).rows.length, 2);
      },
      fails: {},
    },
    exportAudit: {
      works: async () => {
        const { name } = await join();
        const text = await (await client().exportAudit({ query: { about: name } })).text();
        const rows = text
          .trimEnd()
          .split('\n')
          .map((line) => JSON.parse(line) as { act: string });
        assert.deepEqual(
          rows.map(({ act }) => act),
          ['account.invited', 'sign-in'],
        );
      },
      fails: {},
    },
  };
}
