import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { command, openTestAccess, personally } from './access-for-tests.ts';
import { createSignInCode, openAccess, sessionIdleMs, sessionLifetimeMs } from './index.ts';
import { createRateLimit } from './rate-limit.ts';

test('a session is recognised until twelve hours after its last use, across a restart', async (context) => {
  const { access, deps, pass, signInOperator } = await openTestAccess(context);
  const { secret } = await signInOperator();
  pass(sessionIdleMs - 1);
  assert.equal((await access.sessions.find(secret))?.name, 'operator');
  pass(sessionIdleMs - 1);
  assert.ok(await openAccess(deps).sessions.find(secret));
  pass(sessionIdleMs);
  assert.equal(await access.sessions.find(secret), undefined);
  assert.deepEqual(access.sessions.list(), []);
  assert.equal(access.accounts.get('operator').sessions, 0, 'what is over is no session');
});

test('a session ends a week after it began, however much it is used', async (context) => {
  const { access, pass, signInOperator } = await openTestAccess(context);
  const { secret, caller } = await signInOperator();
  assert.equal(caller.expiresAtMs, Date.UTC(2026, 5, 1) + sessionIdleMs);
  let found = caller;
  for (let hours = 10; hours < 7 * 24; hours += 10) {
    pass(10 * 3_600_000);
    const again = await access.sessions.find(secret);
    assert.ok(again, `after ${hours} h`);
    found = again;
  }
  assert.equal(found.expiresAtMs, Date.UTC(2026, 5, 1) + sessionLifetimeMs);
  pass(10 * 3_600_000);
  assert.equal(await access.sessions.find(secret), undefined);
  assert.equal(access.accounts.get('operator').sessions, 0);
});

test('a session that was ended is not recognised, nor is a guess', async (context) => {
  const { access, signInOperator, comeIn } = await openTestAccess(context);
  const { caller, secret } = await signInOperator();
  const ada = await comeIn('ada', 'viewer');
  const theirs = access.sessions.end(caller.sessionId!, personally('ada'), 'ada');
  await assert.rejects(theirs, { code: 'NOT_FOUND' }, 'of somebody else');
  assert.ok(await access.sessions.find(secret));
  await access.sessions.end(caller.sessionId!, personally('operator'));
  await access.sessions.signOut(ada.caller.sessionId!, personally('ada'));
  for (const guess of [secret, ada.secret, '', 'x', `${secret}x`])
    assert.equal(await access.sessions.find(guess), undefined);
});

test('the secret of a session is new at each sign-in, and the session a browser had before ends', async (context) => {
  const { access, comeIn, redeem, signInOperator } = await openTestAccess(context);
  const planted = await comeIn('mallory', 'viewer');
  const { secret } = await access.accounts.invite({ name: 'ada', role: 'officer' }, 1000, command);
  const ada = await redeem(secret, planted.secret);
  assert.equal(ada?.caller.name, 'ada');
  assert.notEqual(ada.secret, planted.secret);
  assert.equal(await access.sessions.find(planted.secret), undefined);
  for (let index = 0; index < 25; index += 1) await signInOperator();
  assert.equal(access.sessions.list('operator').length, 20, 'the oldest make room');
});

test('a link signs in once, until it is over, and only the newest; then whoever made it is written down', async (context) => {
  const { access, redeem, pass, acts } = await openTestAccess(context);
  const entry = { name: 'ada', role: 'analyst' } as const;
  const first = await access.accounts.invite(entry, 3_600_000, command);
  await assert.rejects(access.accounts.invite(entry, 3_600_000, command), { code: 'CONFLICT' });
  const second = await access.accounts.renewLink('ada', 3_600_000, command);
  assert.equal(await redeem(first.secret), undefined);
  assert.deepEqual((await redeem(second.secret))?.caller.scopes, ['read', 'write', 'records']);
  assert.equal(await redeem(second.secret), undefined);
  const late = await access.accounts.renewLink('ada', 3_600_000, command);
  pass(3_600_000);
  assert.equal(await redeem(late.secret), undefined);
  assert.deepEqual(acts().toReversed(), [
    'account.invited ada by operator',
    'account.link ada by operator',
    'sign-in ada by ada',
    'account.link ada by operator',
  ]);
});

test('rights follow the role at once; who is disabled has none, and is let in again when enabled', async (context) => {
  const { access, redeem, signInOperator, comeIn } = await openTestAccess(context);
  await signInOperator();
  const { secret } = await comeIn('ada', 'administrator');
  const token = await access.tokens.create(
    { name: 't', scopes: ['read', 'write', 'govern'], boundBy: 'ada', lifetimeMs: undefined },
    personally('ada'),
  );
  const scopes = async () => [
    (await access.sessions.find(secret))?.scopes.length,
    (await access.tokens.find({ secret: token.secret, certificate: undefined }))?.scopes.join(' '),
  ];
  assert.deepEqual(await scopes(), [9, 'read write govern']);
  await access.accounts.change('ada', { role: 'officer' }, command);
  assert.deepEqual(await scopes(), [3, 'read govern'], 'a token never does more than who made it');
  const { secret: link } = await access.accounts.renewLink('ada', 1000, command);
  await access.accounts.change('ada', { isDisabled: true }, command);
  assert.deepEqual(await scopes(), [undefined, undefined]);
  assert.equal(await redeem(link), undefined);
  await assert.rejects(access.accounts.renewLink('ada', 1000, command), { code: 'CONFLICT' });
  await access.accounts.change('ada', { isDisabled: false }, command);
  assert.deepEqual(await scopes(), [undefined, 'read govern'], 'the session is over, the token works again');
});

test('somebody always administers; people are those who came and may', async (context) => {
  const { access, signInOperator, comeIn } = await openTestAccess(context);
  await signInOperator();
  for (const change of [{ role: 'viewer' }, { isDisabled: true }] as const)
    await assert.rejects(access.accounts.change('operator', change, command), { code: 'CONFLICT' });
  assert.equal(access.accounts.get('operator').role, 'administrator', 'nothing of it stands');
  await access.accounts.invite({ name: 'invited', role: 'administrator' }, 1000, command);
  await comeIn('ada', 'officer');
  await comeIn('rex', 'releaser');
  assert.deepEqual(access.accounts.peopleWith('govern'), ['ada', 'operator']);
  assert.deepEqual(access.accounts.peopleWith('release'), ['operator', 'rex']);
  await comeIn('eve', 'administrator');
  await access.accounts.change('operator', { isDisabled: true }, command);
  assert.deepEqual(access.accounts.peopleWith('govern'), ['ada', 'eve']);
});

test('a token has the scopes it was made with, notes its use, and ends when it is over or withdrawn', async (context) => {
  const { access, pass } = await openTestAccess(context);
  const { tokens } = access;
  const make = async (lifetimeMs: number | undefined) =>
    await tokens.create(
      { name: 'shipper', scopes: ['records', 'read', 'records'], boundBy: undefined, lifetimeMs },
      command,
    );
  const { token, secret } = await make(undefined);
  assert.deepEqual([token.scopes, token.madeBy], [['read', 'records'], 'operator']);
  assert.equal(tokens.list()[0]?.lastUsedUs, undefined);
  pass(5000);
  assert.deepEqual((await tokens.find({ secret, certificate: undefined }))?.scopes, ['read', 'records']);
  assert.ok((tokens.list()[0]?.lastUsedUs ?? 0) > token.createdUs);
  const short = await make(86_400_000);
  pass(86_400_000 - 1);
  assert.ok(await tokens.find({ secret: short.secret, certificate: undefined }));
  pass(1);
  assert.equal(await tokens.find({ secret: short.secret, certificate: undefined }), undefined);
  assert.ok(await tokens.find({ secret, certificate: undefined }));
  await tokens.delete(token.id, command);
  assert.equal(await tokens.find({ secret, certificate: undefined }), undefined);
  await assert.rejects(tokens.delete(token.id, command), { code: 'NOT_FOUND' });
});

test('no secret is in the data folder, only its digest', async (context) => {
  const { access, dir, store, signInOperator } = await openTestAccess(context);
  const secrets = [
    (await signInOperator()).secret,
    (await access.tokens.create({ name: 't', scopes: ['read'], boundBy: undefined, lifetimeMs: undefined }, command))
      .secret,
    (await access.accounts.invite({ name: 'ada', role: 'viewer' }, 1000, command)).secret,
    access.tokens.local('command line'),
  ];
  await store.close();
  for (const name of readdirSync(dir)) {
    const bytes = readFileSync(join(dir, name));
    for (const secret of secrets) assert.equal(bytes.indexOf(secret), -1, name);
  }
});

test('a sign-in code works once, within fifteen minutes, and only the newest', async (context) => {
  const { deps, pass } = await openTestAccess(context);
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

test('a proposal is void after a month, and the newest about the same counts', async (context) => {
  const { access, store, pass } = await openTestAccess(context);
  const { proposals } = access;
  await store.write((db) => proposals.propose(db, ['a', 'b'], { by: 'ada', reason: 'one' }));
  pass(1000);
  await store.write((db) => proposals.propose(db, ['b'], { by: 'bob', reason: 'two' }));
  const by = () => [...proposals.find(['a', 'b', 'c']).values()].map((one) => `${one.about} ${one.by}`);
  assert.deepEqual(by(), ['a ada', 'b bob']);
  assert.equal(await store.write((db) => proposals.drop(db, ['b', 'c'])), 1);
  assert.deepEqual(by(), ['a ada']);
  pass(30 * 86_400_000);
  assert.deepEqual(by(), []);
});

test('a caller over its rate is refused until the minute is over, others are not', async (context) => {
  const { deps, pass } = await openTestAccess(context);
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
