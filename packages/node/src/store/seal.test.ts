import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { openSeal } from './index.ts';

const root = mkdtempSync(join(tmpdir(), 'comity-seal-'));
after(() => rmSync(root, { recursive: true, force: true }));
const newDir = (): string => mkdtempSync(join(root, 'data-'));

test('a secret opens again in its folder, for its owner alone, and is sealed differently each time', () => {
  const dir = newDir();
  const secret = 'https://reader:pässword@feeds.example/';
  const sealed = openSeal(dir).seal(secret, 'feed a');
  assert.equal(openSeal(dir).unseal(sealed, 'feed a'), secret);
  assert.equal(openSeal(dir).unseal(sealed, 'feed b'), undefined);
  assert.notDeepEqual(openSeal(dir).seal(secret, 'feed a'), sealed);
  assert.ok(!Buffer.from(sealed).includes('ssword'));
});

test('the key is a file for its owner only, and made with the first secret', () => {
  const dir = newDir();
  const seal = openSeal(dir);
  assert.equal(seal.unseal(new Uint8Array(40), 'x'), undefined);
  assert.deepEqual(readdirSync(dir), []);
  seal.seal('x', 'x');
  assert.deepEqual(readdirSync(dir), ['comity.key']);
  assert.deepEqual(
    [statSync(join(dir, 'comity.key')).mode & 0o777, readFileSync(join(dir, 'comity.key')).length],
    [0o600, 32],
  );
});

test('with another key, a changed byte or too few bytes nothing opens; a file that is no key is refused', () => {
  const dir = newDir();
  const sealed = openSeal(dir).seal('secret', 'x');
  for (let at = 0; at < sealed.length; at += 1) {
    const changed = Uint8Array.from(sealed);
    changed[at]! ^= 1;
    assert.equal(openSeal(dir).unseal(changed, 'x'), undefined, `byte ${at}`);
    assert.equal(openSeal(dir).unseal(sealed.subarray(0, at), 'x'), undefined, `${at} bytes`);
  }
  const other = newDir();
  openSeal(other).seal('y', 'y');
  assert.equal(openSeal(other).unseal(sealed, 'x'), undefined);
  writeFileSync(join(dir, 'comity.key'), 'short');
  assert.throws(() => openSeal(dir).unseal(sealed, 'x'), { code: 'FILE_UNREADABLE' });
  assert.throws(() => openSeal(dir).seal('y', 'x'), { code: 'FILE_UNREADABLE' });
});
