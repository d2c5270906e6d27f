import assert from 'node:assert/strict';
import test from 'node:test';
import type { TestContext } from 'node:test';
import { openTestAccess, personally } from './access-for-tests.ts';
import { certificateOf, createAuthenticator } from './authenticator-for-tests.ts';
import type { Statement } from './authenticator-for-tests.ts';
import { createChallenges } from './challenges.ts';
import { createPasskeyCeremony, notePasskeyUse, userHandleOf } from './index.ts';

const origin = 'https://comity.example';

async function openCeremony(context: TestContext) {
  const access = await openTestAccess(context);
  await access.comeIn('ada', 'analyst');
  const ceremony = createPasskeyCeremony(access.deps);
  const device = createAuthenticator();
  const { passkeys } = access.access;
  const add = async () => {
    const { challenge } = ceremony.begin(origin, 'ada');
    const made = await ceremony.verifyNew(device.make({ challenge, origin }), origin, 'ada');
    return await passkeys.add({ ...made!, account: 'ada', name: 'phone' }, personally('ada'));
  };
  return { ...access, ceremony, device, passkeys, add };
}

test('a passkey that was made signs in, once a challenge (WebAuthn §7.1, §7.2)', async (context) => {
  const { ceremony, device, add } = await openCeremony(context);
  const passkey = await add();
  assert.deepEqual([passkey.account, passkey.host], ['ada', 'comity.example']);
  const { challenge } = ceremony.begin(origin);
  const assertion = device.sign({ challenge, origin, counter: 1 }, userHandleOf('ada'));
  assert.deepEqual(await ceremony.verifyUse(assertion, origin, passkey), { counter: 1 });
  assert.equal(await ceremony.verifyUse(assertion, origin, passkey), undefined, 'sent again');
});

test('what is signed for something else, somewhere else, too late or by nobody present does not sign in', async (context) => {
  const { ceremony, device, add, pass } = await openCeremony(context);
  const passkey = await add();
  const good = () => ({ challenge: ceremony.begin(origin).challenge, origin });
  const tries = {
    'another page': () => device.sign({ ...good(), origin: 'https://evil.example' }),
    'another name of the key': () => device.sign({ ...good(), host: 'evil.example' }),
    'a challenge of ours for adding a key': () =>
      device.sign({ ...good(), challenge: ceremony.begin(origin, 'ada').challenge }),
    'a challenge for another name': () =>
      device.sign({ ...good(), challenge: ceremony.begin('https://other.example').challenge }),
    'a challenge of its own': () => device.sign({ ...good(), challenge: Buffer.alloc(56).toString('base64url') }),
    'no challenge': () => device.sign({ ...good(), challenge: '' }),
    'the making of a key': () => device.sign({ ...good(), type: 'webauthn.create' }),
    'nobody verified': () => device.sign({ ...good(), isVerified: false }),
    'another account': () => device.sign(good(), userHandleOf('bob')),
    'another key': () => createAuthenticator().sign(good()),
    'a signature that was changed': () => {
      const signed = device.sign(good());
      return {
        ...signed,
        response: { ...signed.response, signature: `${signed.response.signature.slice(0, -4)}AAAA` },
      };
    },
    'bytes that are nothing': () => ({
      id: passkey.id,
      response: { clientDataJSON: 'AAAA', authenticatorData: 'AAAA', signature: 'AAAA' },
    }),
  };
  for (const [what, tried] of Object.entries(tries))
    assert.equal(await ceremony.verifyUse(tried(), origin, passkey), undefined, what);
  const late = device.sign(good());
  pass(5 * 60_000);
  assert.equal(await ceremony.verifyUse(late, origin, passkey), undefined, 'too late');
  assert.ok(await ceremony.verifyUse(device.sign(good()), origin, passkey));
  assert.equal(await ceremony.verifyUse(device.sign(good()), origin, { ...passkey, host: 'old.example' }), undefined);
});

test('a key that is made for another account, elsewhere, or without its person is not taken', async (context) => {
  const { ceremony, device } = await openCeremony(context);
  const good = () => ({ challenge: ceremony.begin(origin, 'ada').challenge, origin });
  const tries = {
    'another page': () => device.make({ ...good(), origin: 'https://evil.example' }),
    'another account': () => device.make({ ...good(), challenge: ceremony.begin(origin, 'bob').challenge }),
    'a sign-in': () => device.make({ ...good(), challenge: ceremony.begin(origin).challenge }),
    'nobody verified': () => device.make({ ...good(), isVerified: false }),
    'the wrong act': () => device.make({ ...good(), type: 'webauthn.get' }),
    'bytes that are nothing': () => ({ id: 'AAAA', response: { clientDataJSON: 'AAAA', attestationObject: 'oA' } }),
  };
  for (const [what, tried] of Object.entries(tries))
    assert.equal(await ceremony.verifyNew(tried(), origin, 'ada'), undefined, what);
  const made = device.make(good());
  assert.ok(await ceremony.verifyNew(made, origin, 'ada'));
  assert.equal(await ceremony.verifyNew(made, origin, 'ada'), undefined, 'sent again');
});

test('a statement on who made a device is taken when the new key signed it, and refused when it brings certificates', async (context) => {
  const { ceremony, device } = await openCeremony(context);
  const make = (statement: Statement) => {
    const { challenge } = ceremony.begin(origin, 'ada');
    return ceremony.verifyNew(device.make({ challenge, origin, statement }), origin, 'ada');
  };
  assert.ok(await make({ format: 'packed' }));
  // The library alone would take it: told of no makers to trust, it asks only that the statement is signed.
  assert.equal(await make({ format: 'packed', x5c: [certificateOf(device.publicKey)] }), undefined);
  assert.equal(await make({ format: 'packed', x5c: [] }), undefined);
  for (const format of ['tpm', 'android-key', 'apple', 'fido-u2f', 'android-safetynet', ''])
    assert.equal(await make({ format, x5c: [certificateOf(device.publicKey)] }), undefined, format);
});

test('at an address, where browsers use no passkeys, it says where they work', async (context) => {
  const { ceremony } = await openCeremony(context);
  assert.throws(() => ceremony.begin('http://127.0.0.1:8642'), /open http:\/\/localhost:8642/);
  assert.throws(() => ceremony.begin('https://[2001:db8::1]'), { code: 'CONFLICT' });
  assert.throws(() => ceremony.begin(undefined), { code: 'CONFLICT' });
  assert.equal(ceremony.begin('http://localhost:8642').host, 'localhost');
});

test('a count that does not rise is a copied key: it opens no session; a device that does not count may go on', async (context) => {
  const { store, passkeys, add } = await openCeremony(context);
  const { id, key } = await add();
  const use = (counter: number) => store.write((db) => notePasskeyUse(db, { id, counter }, 7));
  assert.equal(await use(0), 'ada');
  assert.equal(await use(5), 'ada');
  for (const counter of [5, 4, 0]) assert.equal(await use(counter), undefined, `${counter}`);
  assert.deepEqual([passkeys.find(id)?.counter, passkeys.find(id)?.usedUs], [5, 7]);
  await passkeys.remove(key, 'ada', personally('ada'));
  assert.equal(await use(6), undefined);
});

test('a key is one account’s, an account has at most twenty, and only its own are removed', async (context) => {
  const { passkeys, add, comeIn, acts } = await openCeremony(context);
  const passkey = await add();
  await comeIn('bob', 'viewer');
  const bob = { ...passkey, account: 'bob' };
  await assert.rejects(passkeys.add(bob, personally('bob')), { code: 'CONFLICT' });
  await assert.rejects(passkeys.remove(passkey.key, 'bob', personally('bob')), { code: 'NOT_FOUND' });
  for (let index = 0; index < 20; index += 1) await passkeys.add({ ...bob, id: `k${index}` }, personally('bob'));
  await assert.rejects(passkeys.add({ ...bob, id: 'one-more' }, personally('bob')), /there are 20/);
  await passkeys.removeAll('bob', personally('operator'));
  assert.deepEqual([passkeys.list('bob').length, passkeys.list('ada').length], [0, 1]);
  assert.equal(acts().filter((act) => act === 'passkey.removed bob by operator').length, 20);
});

test('a challenge is good once, for five minutes, for its purpose, and whoever asks for many fills nothing', async (context) => {
  const { deps, pass } = await openTestAccess(context);
  const challenges = createChallenges(5 * 60_000, deps);
  const one = challenges.create('a');
  for (let index = 0; index < 20_000; index += 1) challenges.create('a');
  assert.ok(challenges.isGood(one, 'a'));
  assert.ok(!challenges.isGood(one, 'b'));
  assert.ok(!createChallenges(5 * 60_000, deps).isGood(one, 'a'), 'of another process');
  assert.ok(challenges.use(one, 'ada'));
  assert.ok(!challenges.use(one, 'ada') && !challenges.isGood(one, 'a'));
  assert.ok(!challenges.isGood(`${one}=`, 'a'), 'in another spelling');
  const late = challenges.create('a');
  pass(5 * 60_000 - 1);
  assert.ok(challenges.isGood(late, 'a'));
  pass(1);
  assert.ok(!challenges.isGood(late, 'a'));
});

test('who uses very many challenges within five minutes waits, and nobody else does', async (context) => {
  const { deps, pass } = await openTestAccess(context);
  const challenges = createChallenges(5 * 60_000, deps);
  const use = (account: string) => challenges.use(challenges.create('a'), account);
  assert.ok(use('ada'));
  pass(60_000);
  for (let index = 1; index < 30; index += 1) assert.ok(use('ada'));
  const refusal = { code: 'TOO_MANY_REQUESTS', details: { retryAfterSeconds: 240 } };
  assert.throws(() => use('ada'), refusal);
  assert.ok(use('bob'));
  pass(240_000);
  assert.ok(use('ada'), 'the first is over');
  assert.throws(() => use('ada'), { ...refusal, details: { retryAfterSeconds: 60 } });
});
