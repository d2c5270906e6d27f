import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { ComityError, showUtf8 } from '../base/index.ts';
import { first } from './descriptors-for-tests.ts';
import { acceptanceMessage, parseInvitation, printInvitation } from './index.ts';

const seed = Uint8Array.from({ length: 32 }, (_, index) => index + 200);
const invitation = { url: 'https://cert.example', member: first.member, descriptor: first.hash, seed };
const text = printInvitation(invitation);

test('an invitation is one word that survives mail, with what is needed to recognise the inviter (§7)', () => {
  assert.match(text, /^comity1[A-Za-z0-9_-]+$/);
  assert.deepEqual(parseInvitation(text), invitation);
  assert.deepEqual(parseInvitation(`  ${text.slice(0, 76)}\r\n${text.slice(76)}\n`), invitation);
  assert.ok(printInvitation({ ...invitation, url: `https://${'a'.repeat(492)}` }).length <= 1024);
});

test('an invitation that is not whole is refused without repeating it (§7)', () => {
  const encode = (json: object): string => `comity1${Buffer.from(JSON.stringify(json)).toString('base64url')}`;
  const plain = { ...invitation, seed: Buffer.from(seed).toString('base64') };
  assert.deepEqual(parseInvitation(encode(plain)), invitation);
  for (const wrong of [
    '',
    text.slice(1),
    text.slice(0, -3),
    `${text}%`,
    `${text}${'A'.repeat(2000)}`,
    `${' '.repeat(3000)}${text}`,
    encode({ ...plain, seed: 'AAAA' }),
    encode({ ...plain, seed: '?' }),
    encode({ ...plain, member: 'x' }),
    encode({ ...plain, more: 1 }),
    `comity1${Buffer.from('{"seed":').toString('base64url')}`,
  ])
    assert.throws(() => parseInvitation(wrong), {
      code: 'MEMBER_MALFORMED',
      message: 'Cannot read invitation: it is not whole, or none',
    });
  fc.assert(
    fc.property(fc.string(), (end) => {
      assert.throws(() => parseInvitation(`comity1${end}`), ComityError);
    }),
  );
});

test('who takes an invitation up signs whom it is from and what he is (§7)', () => {
  assert.equal(showUtf8(acceptanceMessage(first.member, 'ab')), `comity/join/1\n${first.member}\nab\n`);
});
