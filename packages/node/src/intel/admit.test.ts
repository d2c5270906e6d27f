import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseStixId, timestampOfUs } from '@comity/protocol/base';
import { deterministicId, makeIndicator } from '@comity/protocol/stix';
import type { StixObject } from '@comity/protocol/stix';
import type { Candidate } from './index.ts';
import {
  admit,
  alpha,
  beta,
  dayMs,
  indicator,
  indicatorId,
  kinds,
  listed,
  object,
  open,
  screened,
  uuidOf,
} from './test-bench.ts';

test('each version is kept byte for byte, only the newest is live, an older one that comes late does not win', async () => {
  const bench = await open();
  const spaced = (object: StixObject, space: string): StixObject => {
    const text = `${space}${object.text}`.replace('{"type"', `{${space}"type"`);
    return { ...object, text };
  };
  const first = indicator(1, "[domain-name:value = 'one.example']") as { object: StixObject; place: string };
  const newer = indicator(1, "[domain-name:value = 'two.example']", {
    modified: '2026-01-03T00:00:00.000Z',
    x_any: [1],
  });
  const middle = indicator(1, "[domain-name:value = 'three.example']", { modified: '2026-01-02T00:00:00.000Z' });
  const text = spaced(first.object, '  ').text;
  assert.deepEqual(await admit(bench, alpha, [{ object: spaced(first.object, '  '), place: 'x' }, newer, middle]), [
    { kind: 'taken', id: indicatorId(1), change: 'new' },
    { kind: 'taken', id: indicatorId(1), change: 'new-version' },
    { kind: 'taken', id: indicatorId(1), change: 'old-version' },
  ]);
  const detail = await bench.intel.object(indicatorId(1));
  assert.equal(detail?.versionCount, 3);
  assert.equal(detail?.versions.at(-1)?.text, text);
  assert.equal(detail?.versions.find((version) => version.live)?.text, (newer as { object: StixObject }).object.text);
  assert.deepEqual(screened(bench), ['two.example']);
  await bench.close();
});

test('other content under the same id and modified is kept beside the first and flagged, the same content is not', async () => {
  const bench = await open();
  const first = indicator(1, "[domain-name:value = 'one.example']");
  const same = indicator(1, "[domain-name:value = 'one.example']");
  const reordered = object(
    Object.fromEntries(Object.entries((first as { object: StixObject }).object.value).toReversed()),
  );
  const other = indicator(1, "[domain-name:value = 'other.example']");
  assert.deepEqual(kinds(await admit(bench, alpha, [first, same, reordered])), ['taken', 'duplicate', 'duplicate']);
  const [outcome] = await admit(bench, beta, [other]);
  assert.deepEqual(outcome, { kind: 'taken', id: indicatorId(1), change: 'conflict' });
  const detail = await bench.intel.object(indicatorId(1));
  assert.equal(detail?.conflict, true);
  assert.equal(detail?.versionCount, 2);
  assert.deepEqual(screened(bench), ['one.example']);
  await bench.close();
});

test('what has no canonical JSON is the same as its very text alone, and ends no import (RFC 8785 §3.2.2)', async () => {
  const bench = await open();
  const first = indicator(1, "[domain-name:value = 'one.example']", { labels: ['\ud800'] });
  const reordered = object(
    Object.fromEntries(Object.entries((first as { object: StixObject }).object.value).toReversed()),
  );
  const outcomes = await admit(bench, alpha, [
    first,
    first,
    reordered,
    indicator(2, "[url:value = 'http://a.example/']"),
  ]);
  assert.deepEqual(
    outcomes.map((outcome) => [outcome.kind, outcome.kind === 'taken' ? outcome.change : undefined]),
    [
      ['taken', 'new'],
      ['duplicate', undefined],
      ['taken', 'conflict'],
      ['taken', 'new'],
    ],
  );
  await bench.close();
});

test('indicators of one pattern, however written, are one row with every source; the value is screened once', async () => {
  const bench = await open();
  assert.deepEqual(kinds(await admit(bench, alpha, [indicator(1, "[domain-name:value = 'evil.example']")])), ['taken']);
  assert.deepEqual(
    kinds(
      await admit(bench, beta, [
        indicator(2, "[ domain-name:value='EVIL.example' ]"),
        listed('domain', 'evil.example'),
      ]),
    ),
    ['duplicate', 'duplicate'],
  );
  const complex = "[domain-name:value = 'a.example' AND file:name = 'x.exe']";
  assert.deepEqual(
    kinds(
      await admit(bench, alpha, [
        indicator(3, complex),
        indicator(4, "[file:name='x.exe' AND domain-name:value='a.example']"),
      ]),
    ),
    ['taken', 'duplicate'],
  );
  const page = await bench.intel.search({ type: 'indicator' });
  assert.deepEqual(
    page.rows.map((row) => [row.id, row.sources.map((from) => from.name).toSorted()]),
    [
      [indicatorId(3), ['alpha']],
      [indicatorId(1), ['alpha', 'beta']],
    ],
  );
  assert.equal(screened(bench).filter((value) => value === 'evil.example').length, 1);
  const detail = await bench.intel.object(indicatorId(1));
  assert.equal(detail?.provenance.length, 3, 'alpha of 1; beta of 2; beta of the list value at 1');
  await bench.close();
});

test('when the leading indicator ends, another of its group leads and the value stays screened', async () => {
  const bench = await open();
  await admit(bench, alpha, [indicator(1, "[domain-name:value = 'evil.example']")]);
  await admit(bench, beta, [indicator(2, "[domain-name:value = 'evil.example']")]);
  const revoked = indicator(1, "[domain-name:value = 'evil.example']", {
    modified: '2026-01-05T00:00:00.000Z',
    revoked: true,
  });
  await admit(bench, alpha, [revoked]);
  assert.deepEqual(screened(bench), ['evil.example']);
  const rows = (await bench.intel.search({ text: 'evil.example' })).rows;
  assert.deepEqual(
    rows.map((row) => [row.id, row.state]),
    [[indicatorId(2), 'active']],
  );
  await bench.intel.recall([indicatorId(2)], 'wrong');
  assert.deepEqual(screened(bench), []);
  assert.deepEqual(kinds(await admit(bench, beta, [listed('domain', 'evil.example')])), ['taken']);
  assert.deepEqual(screened(bench), ['evil.example'], 'a list may say it though two indicators ended');
  await bench.close();
});

test('an indicator whose new version has another pattern leaves its group, and the group stays whole', async () => {
  const bench = await open();
  for (const number of [1, 2, 3]) await admit(bench, alpha, [indicator(number, "[domain-name:value = 'one.example']")]);
  const moved = { modified: '2026-01-05T00:00:00.000Z' };
  await admit(bench, alpha, [indicator(1, "[domain-name:value = 'two.example']", moved)]);
  assert.deepEqual(screened(bench), ['one.example', 'two.example']);
  const leads = (await bench.intel.search({ type: 'indicator' })).rows.map((row) => row.id);
  assert.deepEqual(leads.toSorted(), [indicatorId(1), indicatorId(2)]);
  assert.deepEqual(kinds(await admit(bench, beta, [listed('domain', 'one.example')])), ['duplicate']);
  await admit(bench, alpha, [indicator(2, "[domain-name:value = 'two.example']", moved)]);
  await admit(bench, alpha, [indicator(3, "[domain-name:value = 'two.example']", moved)]);
  assert.deepEqual(screened(bench), ['one.example', 'two.example'], 'beta still lists one.example');
  await bench.close();
});

test('what one source revokes, a list that still has it keeps screened', async () => {
  const bench = await open();
  const pattern = "[domain-name:value = 'evil.example']";
  await admit(bench, alpha, [indicator(1, pattern)]);
  assert.deepEqual(kinds(await admit(bench, beta, [listed('domain', 'evil.example')])), ['duplicate']);
  await admit(bench, alpha, [indicator(1, pattern, { modified: '2026-01-05T00:00:00.000Z', revoked: true })]);
  assert.deepEqual(screened(bench), ['evil.example']);
  const { rows } = await bench.intel.search({ text: 'evil.example' });
  assert.deepEqual(
    rows.map((row) => [row.state, row.sources.map((from) => from.name)]),
    [['active', ['alpha', 'beta']]],
  );
  await bench.close();
});

test('an observable is kept under its deterministic id, a foreign id is an alias that finds it', async () => {
  const bench = await open();
  const foreign = parseStixId(`domain-name--${uuidOf(7)}`);
  const own = deterministicId('domain-name', { value: 'fact.example' });
  assert.ok(own !== undefined);
  assert.deepEqual(await admit(bench, alpha, [object({ type: 'domain-name', id: foreign, value: 'fact.example' })]), [
    { kind: 'taken', id: own, change: 'new' },
  ]);
  assert.deepEqual(kinds(await admit(bench, beta, [object({ type: 'domain-name', id: own, value: 'fact.example' })])), [
    'duplicate',
  ]);
  const detail = await bench.intel.object(foreign);
  assert.equal(detail?.id, own);
  assert.deepEqual(detail?.aliases, [foreign]);
  assert.equal(detail?.provenance.find((item) => item.source.name === 'alpha')?.foreignId, foreign);
  assert.deepEqual(screened(bench), [], 'a fact is not an indicator');
  await bench.close();
});

test('a list value becomes an indicator of the same id at every import; again it adds only provenance', async () => {
  const bench = await open();
  const [first] = await admit(bench, alpha, [listed('ipv4', '192.0.2.1', 443)]);
  const [again] = await admit(bench, alpha, [listed('ipv4', '192.0.2.1', 443)]);
  assert.equal(first?.kind, 'taken');
  assert.equal(again?.kind, 'duplicate');
  assert.deepEqual(screened(bench), ['192.0.2.1:443']);
  await admit(bench, alpha, [listed('ipv4', '192.0.2.1')]);
  assert.deepEqual(screened(bench), ['192.0.2.1', '192.0.2.1:443']);
  const other = await open();
  const [elsewhere] = await admit(other, alpha, [listed('ipv4', '192.0.2.1', 443)]);
  assert.deepEqual(elsewhere, first);
  await other.close();
  await bench.close();
});

test('a list that grants more time extends its indicator, also one that had ended; less time never cuts it short', async () => {
  const bench = await open();
  const dated = (days: number | undefined): Candidate => ({
    value: { kind: 'domain', value: 'rolling.example' },
    place: 'line 1',
    ...(days === undefined ? {} : { context: { validUntilUs: (bench.nowMs + days * dayMs) * 1000 } }),
  });
  const endsAt = async (): Promise<unknown> => {
    const [row] = (await bench.intel.search({ text: 'rolling.example' })).rows;
    assert.ok(row !== undefined);
    const detail = await bench.intel.object(row.id);
    assert.equal(detail?.versionCount, 1);
    assert.equal(
      detail.object['valid_until'],
      row.validUntilUs === undefined ? undefined : timestampOfUs(row.validUntilUs),
    );
    return row.validUntilUs;
  };
  assert.deepEqual(kinds(await admit(bench, alpha, [dated(1)])), ['taken']);
  bench.nowMs += 2 * dayMs;
  await bench.intel.sweep();
  assert.deepEqual(screened(bench), []);
  const [again] = await admit(bench, alpha, [dated(3)]);
  assert.deepEqual([again?.kind, again?.kind === 'taken' ? again.change : ''], ['taken', 'new-version']);
  assert.deepEqual(screened(bench), ['rolling.example']);
  const until = (bench.nowMs + 3 * dayMs) * 1000;
  assert.equal(await endsAt(), until);
  assert.deepEqual(kinds(await admit(bench, alpha, [dated(1)])), ['duplicate']);
  assert.equal(await endsAt(), until);
  // Another list has it without an end.
  assert.deepEqual(kinds(await admit(bench, beta, [dated(undefined)])), ['taken']);
  assert.equal(await endsAt(), undefined);
  assert.deepEqual(kinds(await admit(bench, alpha, [dated(9)])), ['duplicate']);
  assert.equal(await endsAt(), undefined);
  await bench.close();
});

test('a list may say one value many times: it is one indicator, whatever the order of the rows', async () => {
  const bench = await open();
  const values = Array.from({ length: 600 }, (_, index) => listed('domain', `n${index % 200}.example`));
  const outcomes = await admit(bench, alpha, values);
  assert.equal(outcomes.filter((outcome) => outcome.kind === 'taken').length, 200);
  assert.equal(outcomes.filter((outcome) => outcome.kind === 'duplicate').length, 400);
  assert.equal(screened(bench).length, 200);
  await bench.close();
});

test('an import ends with a report: counts, rows with place and reason, losses by field; nothing is dropped silently', async () => {
  const bench = await open();
  const run = await bench.intel.openImport(alpha, { format: 'stix', name: 'feed.json' });
  const outcomes = await run.admit([
    indicator(1, "[domain-name:value = 'a.example']"),
    indicator(1, "[domain-name:value = 'a.example']"),
    indicator(2, '[broken'),
    listed('ipv4', '127.0.0.1'),
  ]);
  assert.deepEqual(kinds(outcomes), ['taken', 'duplicate', 'rejected', 'held-back']);
  const rejected = outcomes[2];
  assert.equal(rejected?.kind === 'rejected' && rejected.error.code, 'PATTERN_MALFORMED');
  run.loss('Attribute.sharing_group', 2, 'has no place in STIX');
  run.loss('Attribute.sharing_group', 3, 'has no place in STIX');
  if (rejected?.kind === 'rejected') run.reject('objects[9]', rejected.error);
  const report = await run.finish();
  assert.deepEqual(report.counts, {
    taken: 1,
    unscreened: 0,
    conflicts: 0,
    duplicate: 1,
    heldBack: 1,
    rejected: 2,
  });
  assert.deepEqual(report.losses, [{ field: 'Attribute.sharing_group', reason: 'has no place in STIX', count: 5 }]);
  const rows = await bench.intel.importRows(report.id);
  assert.deepEqual(
    rows.map((row) => [row.outcome, row.place, row.code]),
    [
      ['rejected', 'objects[2]', 'PATTERN_MALFORMED'],
      ['held-back', 'line 1', undefined],
      ['rejected', 'objects[9]', 'PATTERN_MALFORMED'],
    ],
  );
  await bench.close();
});

test('an import counts apart what is taken and lists nothing to screen for', async () => {
  const bench = await open();
  const run = await bench.intel.openImport(alpha, { format: 'stix', name: 'feed.json' });
  await run.admit([
    indicator(1, "[url:value = 'hxxp://m10[.]example/']"),
    indicator(2, "[domain-name:value LIKE 'm1%']"),
    indicator(3, "[domain-name:value NOT = 'm11.example']"),
    indicator(4, 'rule x {}', { pattern_type: 'yara' }),
    indicator(5, "[mutex:name = 'any']"),
    indicator(6, "[domain-name:value = 'seen.example' AND file:size > 3]"),
    indicator(7, "[domain-name:value LIKE 'm1%']", { name: 'the same pattern again' }),
    object({ type: 'domain-name', id: deterministicId('domain-name', { value: 'x.example' }), value: 'x.example' }),
  ]);
  const { counts } = await run.finish();
  assert.deepEqual([counts.taken, counts.unscreened, counts.duplicate], [7, 1, 1]);
  await bench.close();
});

test('rows of a report are kept up to 10,000, the others are counted', async () => {
  const bench = await open();
  const run = await bench.intel.openImport(alpha, { format: 'stix', name: 'bad.json' });
  const [bad] = await run.admit([indicator(1, '[broken')]);
  assert.ok(bad?.kind === 'rejected');
  for (let index = 0; index < 10_050; index += 1) run.reject(`line ${index}`, bad.error);
  const report = await run.finish();
  assert.equal(report.counts.rejected, 10_051);
  assert.equal(report.rowsNotKept, 51);
  await bench.close();
});

test('an import cut short is marked so at the next start, and again it takes only what is missing', async () => {
  const bench = await open();
  const run = await bench.intel.openImport(alpha, { format: 'list', name: 'feed' });
  await run.admit([listed('domain', 'a.example')]);
  await bench.close();
  const again = await open(bench.dir);
  const report = await again.intel.importReport(run.id);
  assert.deepEqual([report?.state, report?.counts.taken], ['interrupted', 1]);
  assert.deepEqual(kinds(await admit(again, alpha, [listed('domain', 'a.example'), listed('domain', 'b.example')])), [
    'duplicate',
    'taken',
  ]);
  assert.deepEqual(
    (await again.intel.search({ text: 'a.exa' })).rows.length,
    1,
    'found though indexed in another life',
  );
  await again.close();
});

test('a batch is one transaction: when it fails nothing of it is kept and the import goes on', async () => {
  const bench = await open();
  const run = await bench.intel.openImport(alpha, { format: 'list', name: 'feed' });
  await run.admit([listed('domain', 'before.example')]);
  const failing = {
    ...makeIndicator({
      id: indicatorId(9),
      createdUs: 0,
      validFromUs: 0,
      pattern: "[domain-name:value = 'x.example']",
    }),
    type: 'indicator',
    modifiedUs: Number.NaN,
  };
  await bench.store.write((db) =>
    db.exec("create trigger no_more before insert on intel_listing begin select raise(abort, 'no'); end"),
  );
  await assert.rejects(run.admit([listed('domain', 'lost.example'), { object: failing, place: 'x' }]));
  await bench.store.write((db) => db.exec('drop trigger no_more'));
  await run.admit([listed('domain', 'after.example')]);
  const report = await run.finish();
  assert.equal(report.counts.taken, 2);
  assert.deepEqual(screened(bench), ['after.example', 'before.example']);
  assert.deepEqual((await bench.intel.search({ text: 'lost.example' })).rows, []);
  await bench.close();
});
