import assert from 'node:assert/strict';
import { appendFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { ask, unask } from './listed-values-for-tests.ts';
import { allMatches, matchesOf, openBench, until } from './screening-bench-for-tests.ts';
import type { Bench } from './screening-bench-for-tests.ts';

const limit = { timeout: 120_000 };

const whoami = `title: Whoami
id: 2f0c2b0e-0000-4000-8000-000000000001
logsource: { category: process_creation, product: windows }
detection:
  selection: { Image|endswith: '\\whoami.exe' }
  condition: selection
`;

function processStart(image: string): string {
  const event = {
    'winlog.channel': 'Microsoft-Windows-Sysmon/Operational',
    Channel: 'Microsoft-Windows-Sysmon/Operational',
    EventID: 1,
    UtcTime: '2026-01-02 03:04:05.000',
    Image: image,
  };
  return `${JSON.stringify(event)}\n`;
}

async function asked(bench: Bench, count: number): Promise<void> {
  await until(
    () => bench.screening.table().patterns,
    (patterns) => patterns === count,
  );
}

async function following(bench: Bench, file: string, format = 'auto'): Promise<string> {
  const { id } = await bench.screening.addSource({ kind: 'file', location: file, format });
  await until(
    () => bench.screening.findSource(id)?.status,
    (status) => status === 'waiting',
  );
  return id;
}

test('a Sigma rule that comes is asked of the records after it, each of which matches once', limit, async (t) => {
  const bench = await openBench();
  t.after(() => bench.close());
  const file = join(bench.logs, 'sysmon.json');
  const earlier = processStart('C:\\Windows\\System32\\whoami.exe');
  writeFileSync(file, earlier);
  await following(bench, file);
  await ask(bench.store, -7, 'sigma', whoami);
  await asked(bench, 1);
  const other = processStart('C:\\Windows\\notepad.exe');
  appendFileSync(file, other + processStart('C:\\temp\\whoami.exe'));
  const [match, ...more] = await matchesOf(bench, 1);
  assert.equal(more.length, 0);
  assert.equal(match?.value, 'Whoami');
  assert.equal(match.relation, 'pattern');
  assert.equal(match.field, 'Image');
  assert.equal(match.line, 3);
  assert.equal(match.offset, earlier.length + other.length);
  assert.equal(match.record, processStart('C:\\temp\\whoami.exe').trimEnd());
  assert.equal(match.ref, -7);
  assert.equal(match.alarm, true);

  await bench.reopen();
  await asked(bench, 1);
  appendFileSync(file, processStart('D:\\whoami.exe'));
  assert.deepEqual(
    (await matchesOf(bench, 2)).map(({ line }) => line),
    [3, 4],
  );
  await unask(bench.store, -7);
  await asked(bench, 0);
  appendFileSync(file, processStart('E:\\whoami.exe'));
  await until(
    () => bench.screening.sources()[0]?.records,
    (records) => records === 5,
  );
  assert.equal((await allMatches(bench.screening)).length, 2);
});

test('a pattern of several observations is completed over records, a changed one begins anew', limit, async (t) => {
  const bench = await openBench();
  t.after(() => bench.close());
  const both = "[network-traffic:dst_ref.value = '192.0.2.1'] AND [network-traffic:dst_ref.value = '192.0.2.2']";
  await ask(bench.store, -1, 'stix', both);
  await asked(bench, 1);
  const file = join(bench.logs, 'conn.log');
  const header = '#separator \\x09\n#path\tconn\n#fields\tts\tuid\tid.orig_h\tid.orig_p\tid.resp_h\tid.resp_p\tproto\n';
  const to = (host: string): string => `1767323045.0\tC1\t198.51.100.1\t1024\t${host}\t443\ttcp\n`;
  writeFileSync(file, header + to('192.0.2.1'));
  await following(bench, file);
  assert.equal((await allMatches(bench.screening)).length, 0);
  appendFileSync(file, to('192.0.2.9') + to('192.0.2.2'));
  const [match] = await matchesOf(bench, 1);
  assert.equal(match?.value, both);
  assert.equal(match.line, 6);
  assert.equal(match.record, to('192.0.2.2').trimEnd());

  appendFileSync(file, to('192.0.2.1'));
  await until(
    () => bench.screening.sources()[0]?.records,
    (records) => records === 4,
  );
  await ask(bench.store, -1, 'stix', both.replace('192.0.2.2', '192.0.2.3'));
  // Until the new version is in, the old one would be completed.
  await bench.reopen();
  await asked(bench, 1);
  appendFileSync(file, to('192.0.2.2') + to('192.0.2.3'));
  await until(
    () => bench.screening.sources()[0]?.records,
    (records) => records === 6,
  );
  assert.equal((await allMatches(bench.screening)).length, 1);
  appendFileSync(file, to('192.0.2.1'));
  assert.equal((await matchesOf(bench, 2))[1]?.line, 10);
});

test('an upload is asked from its first record to its last, which has no line end', limit, async (t) => {
  const bench = await openBench();
  t.after(() => bench.close());
  await ask(bench.store, -1, 'sigma', whoami);
  await asked(bench, 1);
  const lines = Array.from({ length: 3000 }, (_, index) =>
    processStart(index % 1000 === 0 ? 'C:\\whoami.exe' : `C:\\n${index}.exe`),
  );
  const text = `${lines.join('')}${processStart('C:\\whoami.exe').trimEnd()}`;
  const { done } = await bench.screening.screenUpload('sysmon.json', chunksOf(Buffer.from(text), 10_007));
  await done;
  const matches = await matchesOf(bench, 4);
  assert.deepEqual(
    matches.map(({ line }) => line),
    [1, 1001, 2001, 3001],
  );
  for (const { offset, record } of matches) assert.equal(text.slice(offset, offset + record.length), record);
});

test('what cannot be asked is counted, and asked again once it changed', limit, async (t) => {
  const bench = await openBench();
  t.after(() => bench.close());
  await ask(bench.store, -1, 'sigma', 'title: [no rule');
  await ask(bench.store, -2, 'stix', '[not a pattern');
  await until(
    () => bench.screening.table().patternsUnusable,
    (count) => count === 2,
  );
  await ask(bench.store, -1, 'sigma', whoami);
  await asked(bench, 1);
  assert.equal(bench.screening.table().patternsUnusable, 1);
});

async function* chunksOf(bytes: Buffer, size: number): AsyncGenerator<Uint8Array> {
  await Promise.resolve();
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}
