import assert from 'node:assert/strict';
import { test } from 'node:test';
import { keyOfName } from './recipient-key.ts';

test('a name becomes a key of small letters, digits and hyphens that the node takes', () => {
  assert.equal(keyOfName('Stadtwerke Köln (OT)', 'client'), 'stadtwerke-koln-ot');
  assert.equal(keyOfName('  ', 'client'), 'client');
  assert.equal(keyOfName('محطة', 'client'), 'client');
  const long = keyOfName(`${'a'.repeat(59)} ${'b'.repeat(50)}`, 'client');
  assert.match(long, /^[a-z0-9][a-z0-9-]{0,59}$/);
  assert.ok(!long.endsWith('-'));
});
