import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sha256 } from '@noble/hashes/sha2.js';
import { hexOf, utf8Bytes } from '../base/index.ts';
import { mispHashLines, mispManifestEntry, parseMispHashes, parseMispManifest } from './index.ts';
import { convert, indicator, sco, uuid } from './to-misp-for-tests.ts';

const { event } = convert([
  indicator(3, "[domain-name:value = 'a.example' OR domain-name:value = 'b.example']"),
  indicator(4, "[file:name = 'a.exe' AND file:hashes.MD5 = 'd41d8cd98f00b204e9800998ecf8427e']"),
  sco('file', 6, { name: 'a.exe', hashes: { MD5: 'aa' } }),
  indicator(5, "[domain-name:value = 'gone.example']", { revoked: true }),
]);

test('the entry of a manifest says what is read of it again, and the digest of the file (MISP core format, "Manifest")', () => {
  const text = JSON.stringify({ Event: event });
  const { entries, skipped } = parseMispManifest(JSON.stringify({ [uuid(1)]: mispManifestEntry(event, text) }));
  assert.equal(skipped, 0);
  assert.deepEqual(entries, [
    {
      uuid: uuid(1),
      info: 'A day',
      organisation: 'Here',
      timestampSeconds: 1_767_225_600,
      sha256: hexOf(sha256(utf8Bytes(text))),
    },
  ]);
  assert.deepEqual(Object.keys(mispManifestEntry({}, text)), [
    'info',
    'Orgc',
    'analysis',
    'Tag',
    'timestamp',
    'date',
    'threat_level_id',
    'integrity:sha256',
  ]);
});

test('each half of a value is hashed, once, and nothing that is deleted', () => {
  const { hashes } = parseMispHashes(mispHashLines(event).join('\n'));
  assert.deepEqual(
    hashes.map(({ md5 }) => md5),
    // MD5 of a.example, b.example, a.exe of the digest as text, and of aa.
    [
      'af60befa758e782df5bdf9901187616d',
      '7917f65461a6a693b84c53c84cc85f68',
      '2c3ccd32927839768639b88829a5c04a',
      '74be16979710d4c4e7c6647856088456',
      '4124bc0a9335c27f086f24ba207a4912',
    ],
  );
  assert.ok(hashes.every(({ eventUuid }) => eventUuid === uuid(1)));
});
