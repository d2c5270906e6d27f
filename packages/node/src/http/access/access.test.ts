import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import { createRandom } from '@comity/testkit';
import { openStore } from '../../store/index.ts';
import { accessSchema, createAccess, createRateLimit, createSignInCode, sessionLifetimeMs } from './index.ts';

async function openAccess(context: { after(fn: () => Promise<void>): void }) {
  const dir = mkdtempSync(join(tmpdir(), 'comity-access-'));
  let now = Date.UTC(2026, 5, 1);
  const clock = () => now;
  const random = createRandom(7);
  const randomBytes = (count: number) => Uint8Array.from({ length: count }, () => random.below(256));
  const store = await openStore({ dir, schemas: [accessSchema] }, { clock });
  context.after(async () => {
    await store.close();
    rmSync(dir, { recursive: true });
  });
  const deps = { store, clock, randomBytes };
  return { dir, store, deps, access: createAccess(deps), pass: (ms: number) => (now += ms) };
}

test('a session is recognised until twelve hours after its last use, across a restart', async (context) => {
  const { access, deps, pass } = await openAccess(context);
  const { secret } = await access.openSession('operator');
  pass(sessionLifetimeMs - 1);
  assert.equal((await access.findBySession(secret))?.name, 'operator');
  pass(sessionLifetimeMs - 1);
  assert.ok(await createAccess(deps).findBySession(secret));
  pass(sessionLifetimeMs);
  assert.equal(await access.findBySession(secret), undefined);
});

test('a session that was ended is not recognised, nor is a guess', async (context) => {
  const { access } = await openAccess(context);
  const { caller, secret } = await access.openSession('operator');
  assert.ok(caller.session);
  await access.endSession(caller.session);
  for (const guess of [secret, '', 'x', `${secret}x`]) assert.equal(await access.findBySession(guess), undefined);
});

test('a token has the scopes it was made with, notes its use, and ends when it is withdrawn', async (context) => {
  const { access, pass } = await openAccess(context);
  const { token, secret } = await access.createToken('shipper', ['records', 'read', 'records']);
  assert.deepEqual(token.scopes, ['read', 'records']);
  assert.equal(access.tokens()[0]?.lastUsedUs, undefined);
  pass(5000);
  assert.deepEqual((await access.findByToken(secret))?.scopes, ['read', 'records']);
  assert.ok((access.tokens()[0]?.lastUsedUs ?? 0) > token.createdUs);
  await access.deleteToken(token.id);
  assert.equal(await access.findByToken(secret), undefined);
  await assert.rejects(access.deleteToken(token.id), { code: 'NOT_FOUND' });
});

test('no secret is in the data folder, only its digest', async (context) => {
  const { access, dir, store } = await openAccess(context);
  const secrets = [
    (await access.openSession('operator')).secret,
    (await access.createToken('t', ['read'])).secret,
    access.localToken('command line'),
  ];
  await store.close();
  for (const name of readdirSync(dir)) {
    const bytes = readFileSync(join(dir, name));
    for (const secret of secrets) assert.equal(bytes.indexOf(secret), -1, name);
  }
});

test('a sign-in code works once, within fifteen minutes, and only the newest', async (context) => {
  const { deps, pass } = await openAccess(context);
  const codes = createSignInCode(deps);
  const first = codes.renew().code;
  assert.equal(codes.redeem('guess'), false);
  assert.equal(codes.redeem(first), true);
  assert.equal(codes.redeem(first), false);
  const [older, newer] = [codes.renew().code, codes.renew().code];
  assert.equal(codes.redeem(older), false);
  assert.equal(codes.redeem(newer), true);
  const late = codes.renew().code;
  pass(15 * 60_000);
  assert.equal(codes.redeem(late), false);
});

test('a caller over its rate is refused until the minute is over, others are not', async (context) => {
  const { deps, pass } = await openAccess(context);
  const limit = createRateLimit(2, deps.clock);
  limit('a');
  limit('a');
  assert.throws(
    () => limit('a'),
    (error: { code?: string; details?: object }) => {
      assert.deepEqual([error.code, error.details], ['TOO_MANY_REQUESTS', { retryAfterSeconds: 60 }]);
      return true;
    },
  );
  limit('b');
  pass(60_000);
  limit('a');
});
