import assert from 'node:assert/strict';
import test from 'node:test';
import { ComityError } from '@comity/protocol/base';
import { openTestAccess } from './access-for-tests.ts';
import { createSignInFailures } from './index.ts';

async function openFailures(context: Parameters<typeof openTestAccess>[0]) {
  const { deps, pass } = await openTestAccess(context);
  const fail = createSignInFailures(deps);
  const tryFrom = async (address: string, account = '') =>
    await fail({ address, account, way: 'passkey', error: new ComityError('NOT_SIGNED_IN', 'Cannot sign in') }).catch(
      (error: unknown) => (error as { code: string }).code,
    );
  return { deps, pass, tryFrom };
}

test('who fails ten times a minute, from one address or for one account, is refused; others and later tries are not', async (context) => {
  const { tryFrom, pass } = await openFailures(context);
  const codes = [];
  for (let index = 0; index < 11; index += 1) codes.push(await tryFrom('192.0.2.1'));
  assert.deepEqual(codes, [...Array.from({ length: 10 }, () => 'NOT_SIGNED_IN'), 'TOO_MANY_REQUESTS']);
  for (let index = 0; index < 10; index += 1)
    assert.equal(await tryFrom(`192.0.2.${index + 10}`, 'ada'), 'NOT_SIGNED_IN');
  assert.equal(await tryFrom('192.0.2.99', 'ada'), 'TOO_MANY_REQUESTS');
  assert.equal(await tryFrom('192.0.2.99', 'bob'), 'NOT_SIGNED_IN');
  pass(60_000);
  assert.equal(await tryFrom('192.0.2.1', 'ada'), 'NOT_SIGNED_IN');
});

test('a flood of failures leaves few rows, and the next row says how many were left out', async (context) => {
  const { deps, tryFrom, pass } = await openFailures(context);
  for (let index = 0; index < 300; index += 1) await tryFrom(`192.0.2.${index % 250}`);
  const rows = () => deps.audit.list({ act: 'sign-in.failed' }, { limit: 500 });
  assert.equal(rows().length, 20);
  pass(60_000);
  await tryFrom('192.0.2.1', 'ada');
  assert.deepEqual(rows()[0]?.details, { way: 'passkey', leftOut: 280 });
  assert.deepEqual([rows()[0]?.about, rows()[0]?.by], ['ada', '']);
});
