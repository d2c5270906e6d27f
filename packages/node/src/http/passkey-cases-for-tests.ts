import assert from 'node:assert/strict';
import { createClient } from '@comity/protocol/client';
import type { Client } from '@comity/protocol/client';
import { createAuthenticator } from './access/authenticator-for-tests.ts';

interface Tools {
  readonly client: () => Client;
  readonly url: () => string;
}

/** What each route of passkeys does, and each error it declares; used by the test of the API only. */
export function passkeyCases({ client, url: nodeUrl }: Tools) {
  let count = 0;
  /** A browser at the node's page under the name localhost, where passkeys work. */
  const openBrowser = (headers: Record<string, string> = {}) => {
    const baseUrl = nodeUrl().replace('127.0.0.1', 'localhost');
    let cookie = '';
    const theirs = createClient(
      { baseUrl },
      {
        fetch: async (target, init = {}) => {
          const sent = new Headers(init.headers);
          for (const [name, value] of Object.entries({ cookie, origin: baseUrl, ...headers })) sent.set(name, value);
          const answer = await fetch(target, { ...init, headers: sent });
          cookie = answer.headers.get('set-cookie')?.split(';')[0] ?? cookie;
          return answer;
        },
      },
    );
    return { theirs, origin: baseUrl };
  };
  const withPasskey = async () => {
    count += 1;
    const name = `keyed-${count}`;
    const device = createAuthenticator(name);
    const { url } = await client().inviteAccount({ body: { name, role: 'viewer' } });
    const { theirs, origin } = openBrowser();
    await theirs.signIn({ body: { code: url.replace(/^.*#code=/, '') } });
    const { challenge } = await theirs.challengePasskey();
    const passkey = await theirs.addPasskey({ body: { ...device.make({ challenge, origin }), name: 'phone' } });
    return { name, device, theirs, origin, passkey };
  };
  return {
    challengeSignIn: {
      works: async () => assert.equal((await openBrowser().theirs.challengeSignIn()).host, 'localhost'),
      fails: { CONFLICT: () => client().challengeSignIn() },
    },
    signInWithPasskey: {
      works: async () => {
        const { name, device } = await withPasskey();
        const { theirs, origin } = openBrowser();
        const { challenge } = await theirs.challengeSignIn();
        const body = device.sign({ challenge, origin, counter: 1 });
        assert.equal((await theirs.signInWithPasskey({ body })).name, name);
        assert.equal((await theirs.session()).role, 'viewer');
        await assert.rejects(openBrowser().theirs.signInWithPasskey({ body }), { code: 'NOT_SIGNED_IN' });
        const [row] = (await theirs.listOwnSessions()).rows;
        assert.deepEqual([row?.way, row?.isThis], ['passkey', true]);
        await client().changeAccount({ params: { id: name }, body: { isDisabled: true } });
        const again = await openBrowser().theirs.challengeSignIn();
        const signed = device.sign({ challenge: again.challenge, origin, counter: 2 });
        await assert.rejects(openBrowser().theirs.signInWithPasskey({ body: signed }), { code: 'NOT_ALLOWED' });
        const failed = await client().listAudit({ query: { act: 'sign-in.failed', about: name } });
        assert.equal(failed.rows.length, 2, 'what was sent again, and the account that is disabled');
      },
      fails: {
        NOT_SIGNED_IN: async () => {
          const { theirs, origin } = openBrowser();
          const { challenge } = await theirs.challengeSignIn();
          const body = createAuthenticator('unknown').sign({ challenge, origin });
          await theirs.signInWithPasskey({ body });
        },
        TOO_MANY_REQUESTS: async () => {
          const { theirs, origin } = openBrowser();
          const body = createAuthenticator('unknown').sign({ challenge: 'x', origin });
          for (let tries = 0; tries < 10; tries += 1) await theirs.signInWithPasskey({ body }).catch(() => undefined);
          await theirs.signInWithPasskey({ body });
        },
        CONFLICT: async () => {
          const { device } = await withPasskey();
          await client().signInWithPasskey({ body: device.sign({ challenge: 'x', origin: nodeUrl() }) });
        },
      },
    },
    listPasskeys: {
      works: async () => {
        const { theirs, passkey } = await withPasskey();
        assert.deepEqual((await theirs.listPasskeys()).rows, [passkey]);
        assert.deepEqual((await client().listPasskeys()).rows, []);
      },
      fails: {},
    },
    challengePasskey: {
      works: async () => {
        const { theirs, name, passkey } = await withPasskey();
        const { known, userName, host } = await theirs.challengePasskey();
        assert.deepEqual([known.length, userName, host], [1, name, 'localhost']);
        assert.ok(!known.includes(passkey.id), 'a path has a short name of it');
      },
      fails: { CONFLICT: () => client().challengePasskey() },
    },
    addPasskey: {
      works: async () => {
        const { passkey } = await withPasskey();
        assert.deepEqual([passkey.name, passkey.host], ['phone', 'localhost']);
      },
      fails: {
        CONFLICT: async () => {
          const { theirs, device, origin } = await withPasskey();
          await theirs.addPasskey({ body: { ...device.make({ challenge: 'x', origin }), name: 'phone' } });
        },
        TOO_MANY_REQUESTS: async () => {
          const { theirs, device, origin } = await withPasskey();
          const addAgain = async () => {
            const { challenge } = await theirs.challengePasskey();
            await theirs.addPasskey({ body: { ...device.make({ challenge, origin }), name: 'phone' } });
          };
          for (let times = 1; times < 30; times += 1) await assert.rejects(addAgain(), { code: 'CONFLICT' });
          await addAgain();
        },
      },
    },
    removePasskey: {
      works: async () => {
        const { theirs, passkey } = await withPasskey();
        await theirs.removePasskey({ params: { id: passkey.id } });
        assert.deepEqual((await theirs.listPasskeys()).rows, []);
      },
      fails: {
        NOT_FOUND: async () => {
          const { passkey } = await withPasskey();
          await (await withPasskey()).theirs.removePasskey({ params: { id: passkey.id } });
        },
      },
    },
    removePasskeys: {
      works: async () => {
        const { theirs, name } = await withPasskey();
        await client().removePasskeys({ params: { id: name } });
        assert.deepEqual((await theirs.listPasskeys()).rows, []);
      },
      fails: { NOT_FOUND: () => client().removePasskeys({ params: { id: 'nobody' } }) },
    },
  };
}
