import assert from 'node:assert/strict';
import { renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { listStreams } from '../source-rows.ts';
import { openBench, until } from '../screening-bench-for-tests.ts';
import { rescanSource } from './rescan.ts';
import type { RescanPoint } from './seen-jobs.ts';

const late = { kind: 'domain', value: 'late.example' } as const;
/** More than one answer holds, in a log of several slices. */
const count = 5000;
const lines = Array.from({ length: count }, (_, index) => `${index} n${index}.late.example ${'x'.repeat(120)}\n`);

for (const [what, place] of [
  ['a log', 'app.log'],
  ['a compressed one', 'app.log.1.gz'],
] as const) {
  test(`every match in ${what} is found again, however many there are, each once and where it lies`, async (t) => {
    const bench = await openBench();
    t.after(() => bench.close());
    const log = join(bench.logs, place);
    writeFileSync(log, place.endsWith('.gz') ? gzipSync(lines.join('')) : lines.join(''));
    const { id } = await bench.screening.addSource({ kind: 'folder', location: bench.logs });
    await until(
      () => bench.screening.findSource(id)?.records,
      (records) => records === count,
    );
    const streams = listStreams(bench.store.reader, 1);
    const source = { source: 1, format: 'auto', streams };
    const found: string[] = [];
    let rounds = 0;
    let from: RescanPoint | undefined;
    do {
      const part = await rescanSource([{ ref: 7, value: late }], source, from);
      const matches = part.found.flatMap((each) => each.matches);
      found.push(...matches.map(({ line, offset, value }) => `${line} ${offset} ${value}`));
      assert.ok(matches.length < 5000, 'an answer is bounded');
      if (part.next === undefined) assert.equal(part.isWhole, true);
      from = part.next;
      rounds += 1;
    } while (from !== undefined);
    assert.ok(rounds > 1);
    let offset = 0;
    const wanted = lines.map((line, index) => {
      const at = `${index + 1} ${offset} n${index}.late.example`;
      offset += line.length;
      return at;
    });
    assert.deepEqual(found, wanted);
  });
}

test('a file that goes between two answers takes nothing from the others with it, and is missing', async (t) => {
  const bench = await openBench();
  t.after(() => bench.close());
  for (const name of ['a', 'b', 'c'])
    writeFileSync(join(bench.logs, `${name}.log.gz`), gzipSync(lines.join('').replaceAll('.late', `.${name}.late`)));
  const { id } = await bench.screening.addSource({ kind: 'folder', location: bench.logs });
  await until(
    () => bench.screening.findSource(id)?.records,
    (records) => records === 3 * count,
  );
  const source = { source: 1, format: 'auto', streams: listStreams(bench.store.reader, 1) };
  const first = await rescanSource([{ ref: 7, value: late }], source, undefined);
  renameSync(join(bench.logs, 'a.log.gz'), join(bench.dataDir, 'gone.gz'));
  const found = new Set<string>();
  let from = first.next;
  let isWhole = true;
  while (from !== undefined) {
    const part = await rescanSource([{ ref: 7, value: late }], source, from);
    for (const { matches } of part.found) for (const { value } of matches) found.add(value);
    ({ isWhole } = part);
    from = part.next;
  }
  assert.equal(isWhole, false);
  assert.deepEqual([...found].filter((value) => /\.[bc]\./.test(value)).length, 2 * count);
});
