import assert from 'node:assert/strict';
import { test } from 'node:test';
import { validatedMax } from './bounds.ts';
import { alpha, indicator, listed, open } from './test-bench.ts';

test('a report of STIX says which rules of the standard its objects break, how often and where first; all are taken', async () => {
  const bench = await open();
  const run = await bench.intel.openImport(alpha, { format: 'stix', name: 'feed' });
  const of = (number: number, rest: Record<string, unknown>) =>
    indicator(number, `[domain-name:value = 'n${number}.example']`, { name: 'n', description: 'd', ...rest });
  const good = of(1, { indicator_types: ['malicious-activity'] });
  const odd = (number: number) => of(number, { confidence: 500 });
  await run.admit([good, odd(2)]);
  await run.admit([odd(3), listed('domain', 'plain.example')]);
  const report = await run.finish();
  assert.equal(report.counts.taken, 4);
  assert.equal(report.validated, 3);
  const [first] = report.findings;
  assert.deepEqual(
    [first?.severity, first?.code, first?.count, first?.place],
    ['error', 'value-range', 2, 'objects[2].confidence'],
  );
  await bench.close();
});

test('of a large import the first objects are checked; what we make of another format is not', async () => {
  const bench = await open();
  const many = Array.from({ length: validatedMax + 5 }, (_, index) =>
    indicator(index, `[domain-name:value = 'm${index}.example']`),
  );
  const large = await bench.intel.openImport(alpha, { format: 'stix', name: 'large' });
  await large.admit(many);
  assert.equal((await large.finish()).validated, validatedMax);
  const made = await bench.intel.openImport(alpha, { format: 'misp', name: 'event' });
  await made.admit([indicator(5000, "[domain-name:value = 'z.example']", { confidence: 500 })]);
  const report = await made.finish();
  assert.deepEqual([report.validated, report.findings], [0, []]);
  await bench.close();
});
