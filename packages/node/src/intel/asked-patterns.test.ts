import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createPatternFeed } from './index.ts';
import { admit, alpha, beta, indicator, indicatorId, kinds, open } from './test-bench.ts';

const sigma = "title: X\nlogsource: { product: windows }\ndetection:\n  s: { Image: '*x' }\n  condition: s\n";
const sequence = "[ipv4-addr:value = '192.0.2.1'] FOLLOWEDBY [ipv4-addr:value = '192.0.2.2']";

test('patterns that values do not decide are asked of records while their indicator is in force, each once', async () => {
  const bench = await open();
  const feed = createPatternFeed(bench.store);
  const asked = (): Set<string | undefined> => new Set(feed.active().marks.map((mark) => feed.get(mark)?.text));
  await admit(bench, alpha, [
    indicator(1, "[domain-name:value = 'evil.example']"),
    indicator(2, sequence, { name: 'Sequence' }),
    indicator(3, sigma, { pattern_type: 'sigma' }),
    indicator(4, 'rule x { condition: true }', { pattern_type: 'yara' }),
    indicator(5, 'no rule at all', { pattern_type: 'sigma' }),
    indicator(7, "[file:name = 'evil.exe']", { revoked: true }),
  ]);
  await admit(bench, beta, [indicator(6, sequence)]);
  assert.deepEqual(asked(), new Set([sigma, sequence]));
  const [, mark] = feed.active().marks;
  assert.ok(mark !== undefined);
  assert.deepEqual(feed.get(mark), {
    ...mark,
    language: 'stix',
    indicator: indicatorId(2),
    name: 'Sequence',
    text: sequence,
    stixVersion: '2.1',
  });

  await admit(bench, alpha, [
    indicator(2, sequence, { name: 'Sequence', revoked: true, modified: '2026-01-05T00:00:00.000Z' }),
  ]);
  // The other source still tells of it.
  assert.deepEqual(asked(), new Set([sequence, sigma]));
  const changed = sigma.replace('*x', '*y');
  await admit(bench, alpha, [indicator(3, changed, { pattern_type: 'sigma', modified: '2026-01-06T00:00:00.000Z' })]);
  assert.deepEqual(asked(), new Set([sequence, changed]));
  await bench.intel.recall([indicatorId(3), indicatorId(6)], 'wrong');
  assert.equal(feed.active().marks.length, 0);
  await bench.close();
});

test('a match of a pattern is described by its indicator, and counted with it', async () => {
  const bench = await open();
  await admit(bench, alpha, [indicator(1, sequence, { name: 'Sequence', confidence: 80 })]);
  const [mark] = createPatternFeed(bench.store).active().marks;
  assert.ok(mark !== undefined);
  const described = (await bench.intel.describe([mark.ref, -99])).get(mark.ref);
  assert.equal(described?.indicator, indicatorId(1));
  assert.equal(described.name, 'Sequence');
  assert.equal(described.state, 'active');
  assert.match(described.why, /^Listed by alpha/);
  const [row] = (await bench.intel.search({})).rows;
  assert.ok(row?.refs.includes(mark.ref));
  await bench.close();
});

test('an import says which indicators nothing is screened for: not those whose pattern is asked', async () => {
  const bench = await open();
  const run = await bench.intel.openImport(alpha, { format: 'stix', name: 'x' });
  const outcomes = await run.admit([
    indicator(1, sigma, { pattern_type: 'sigma' }),
    indicator(2, 'alert tcp any any -> any any (sid:1;)', { pattern_type: 'snort' }),
    indicator(3, "[process:name = 'x' AND process:pid = 7]"),
  ]);
  const { counts } = await run.finish();
  assert.deepEqual(kinds(outcomes), ['taken', 'taken', 'taken']);
  assert.equal(counts.unscreened, 1);
  await bench.close();
});
