import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { routes } from '@comity/protocol/api';
import type { IdentityProvider } from '../access/index.ts';
import { accountNameOf, roleOf } from './claims.ts';

const named = (claim: unknown): string =>
  accountNameOf({ preferred_username: claim }, { nameClaim: 'preferred_username' });

test('a name is made of the claim: small letters, no accents, and nothing that looks like something else', () => {
  const names: readonly (readonly [unknown, string])[] = [
    ['ada', 'ada'],
    ['Ada.Lovelace@CERT.example', 'ada.lovelace@cert.example'],
    ['  Zoë  Müller ', 'zoe-muller'],
    // Cyrillic small a; a full-width A is the letter itself.
    ['\u0430dmin', 'dmin'],
    ['d\u0430vid', 'dvid'],
    ['\uff21da', 'ada'],
    ['op\u200be\u202erator', 'operator'],
    ['a\u0000d\na\u007f', 'ad-a'],
    ['-_.@ada', 'ada'],
    ['\u0645\u0644\u0627\u0643', 'person'],
    ['', 'person'],
    [undefined, 'person'],
    [['ada'], 'person'],
    [7, 'person'],
    ['x'.repeat(100_000), 'x'.repeat(80)],
  ];
  for (const [claim, name] of names) assert.equal(named(claim), name, JSON.stringify(claim)?.slice(0, 40));
});

test('whatever a provider says, the name is one an account may have', () => {
  const { name } = routes.inviteAccount.request.shape;
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 2000 }), (claim) => {
      const made = named(claim);
      assert.equal(name.parse(made), made);
      assert.ok(made.length <= 80);
    }),
  );
});

test('the first mapped value somebody has is their role; a claim is found by its name, or by a path', () => {
  const provider = {
    roleClaim: 'realm_access.roles',
    roles: [
      { value: 'lead', role: 'officer' },
      { value: 'staff', role: 'analyst' },
    ],
    others: 'refused',
  } as unknown as IdentityProvider;
  const at = (claim: unknown, others: 'refused' | 'viewer' = 'refused') =>
    roleOf({ realm_access: { roles: claim } }, { ...provider, others });
  assert.equal(at(['staff', 'lead']), 'officer');
  assert.equal(at('staff'), 'analyst');
  assert.equal(at(['Staff', 'staff ', 'constructor', 7, null]), undefined);
  assert.equal(at(['guest'], 'viewer'), 'viewer');
  assert.equal(at({ 0: 'staff' }), undefined);
  assert.equal(roleOf({ 'realm_access.roles': ['lead'], realm_access: { roles: ['staff'] } }, provider), 'officer');
  assert.equal(roleOf({ realm_access: null }, provider), undefined);
  assert.equal(roleOf({}, { ...provider, roleClaim: '__proto__.constructor.name' }), undefined);
});
