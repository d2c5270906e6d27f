import assert from 'node:assert/strict';
import { test } from 'node:test';
import { withoutPassword } from './without-password.ts';

test('the password of a URL is never shown', () => {
  assert.ok(!withoutPassword('https://reader:secret@feeds.example/list').includes('secret'));
  assert.equal(withoutPassword('https://feeds.example/list'), 'https://feeds.example/list');
});
