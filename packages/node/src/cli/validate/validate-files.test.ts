import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { runForTests as run } from '../command-for-tests.ts';

const dir = mkdtempSync(join(tmpdir(), 'comity-validate-'));
after(() => rmSync(dir, { recursive: true, force: true }));

const identity = {
  type: 'identity',
  spec_version: '2.1',
  id: 'identity--00000000-0000-4000-8000-000000000001',
  created: '2026-01-01T00:00:00.000Z',
  modified: '2026-01-01T00:00:00.000Z',
  name: 'Example CERT',
  identity_class: 'organization',
};
const write = (name: string, value: unknown): string => {
  const file = join(dir, name);
  writeFileSync(file, typeof value === 'string' ? value : JSON.stringify(value));
  return file;
};

test('validate: a document without errors is 0, one with an error 1, one that cannot be read 2', async () => {
  const good = write('good.json', identity);
  const bad = write('bad.json', { ...identity, modified: '2025-01-01T00:00:00.000Z', name: 7 });
  assert.equal((await run(['validate', good])).code, 0);
  const found = await run(['validate', bad, good]);
  assert.equal(found.code, 1);
  assert.match(found.out, /bad\.json: modified: error timestamp-order: .* \(§/);
  assert.match(found.out, /bad\.json: name: error /);
  assert.doesNotMatch(found.out, /good\.json/);
  assert.match(found.err, /^2 files\nCOUNT {2}SEVERITY {2}CODE\n/);
  assert.equal((await run(['validate', bad, join(dir, 'missing.json')])).code, 2);
});

test('validate --json gives one finding a line; --profile strict makes warnings errors, --errors leaves them out', async () => {
  const warned = write('warned.json', { ...identity, identity_class: 'swarm' });
  const plain = await run(['validate', '--json', warned]);
  assert.equal(plain.code, 0);
  const finding = JSON.parse(plain.out.split('\n')[0] ?? '') as Record<string, unknown>;
  assert.deepEqual([finding['file'], finding['severity'], finding['path']], [warned, 'warning', 'identity_class']);
  assert.equal((await run(['validate', '--errors', warned])).out, '');
  assert.equal((await run(['validate', '--profile', 'strict', warned])).code, 1);
  assert.equal((await run(['validate', '-'], JSON.stringify(identity))).code, 0);
});

test('validate looks below a folder and leaves out what is no JSON there, but judges a file that is named', async () => {
  mkdirSync(join(dir, 'below'));
  write('below/README', 'no STIX here');
  write('below/one.json', identity);
  const folder = await run(['validate', join(dir, 'below')]);
  assert.equal(folder.code, 0);
  assert.match(folder.err, /README: left out: it is no JSON\n1 file: nothing to say\n/);
  assert.equal((await run(['validate', join(dir, 'below/README')])).code, 1);
});

test('what stands in a document cannot steer the terminal', async () => {
  const hostile = write('hostile.json', { ...identity, identity_class: '\u001b[2J\u202e' });
  const { out } = await run(['validate', hostile]);
  assert.ok(!out.includes('\u001b') && !out.includes('\u202e'));
});
