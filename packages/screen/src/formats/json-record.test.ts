import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FieldList } from './field-list.ts';
import { getFormat } from './detect-format.ts';

/** CPU milliseconds for the names and ports of a record, the least of three, and the name of its last field. */
function described(text: string): { cpuMs: number; lastName: string | undefined } {
  const record = Buffer.from(text);
  let lastName: string | undefined;
  const times = Array.from({ length: 3 }, () => {
    const reader = getFormat('ndjson').createReader();
    const fields = new FieldList();
    const { user, system } = process.cpuUsage();
    assert.ok(reader.read(record, 0, record.length, fields));
    const context = reader.describe(fields);
    context.field(0).ports();
    lastName = context.field(fields.count - 1).name;
    const after = process.cpuUsage();
    return (after.user + after.system - user - system) / 1000;
  });
  return { cpuMs: Math.min(...times), lastName };
}

test('thousands of values deep in a record, or below one endless key, cost no more than as many at its top', () => {
  const values = Array.from({ length: 50_000 }, (_, index) => `"k${index % 10}":1`).join(',');
  const flat = described(`{"src_ip":"192.0.2.1",${values}}`);
  assert.equal(flat.lastName, 'k9');
  const deep = described(`{"src_ip":"192.0.2.1","x":${'{"aaaa":'.repeat(55)}{${values}}${'}'.repeat(56)}`);
  assert.ok(deep.lastName?.startsWith('x.aaaa.aaaa.') && deep.lastName.endsWith('.k9'));
  const endless = described(`{"src_ip":"192.0.2.1","${'a'.repeat(300_000)}":{${values}}}`);
  assert.equal(endless.lastName, 'a'.repeat(1024));
  // A path written out for each would cost 60 times as much, or 300,000 times.
  for (const { cpuMs } of [deep, endless])
    assert.ok(cpuMs < 12 * Math.max(20, flat.cpuMs), `${cpuMs} ms, ${flat.cpuMs} ms`);
});
