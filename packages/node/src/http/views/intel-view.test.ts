import assert from 'node:assert/strict';
import test from 'node:test';
import { serveNode } from '../../node-for-tests.ts';

test('an object whose marking cannot be read says so, with the marking, until the definition comes', async (context) => {
  const { client } = await serveNode(context);
  const at = '2026-01-01T00:00:00.000Z';
  const id = 'indicator--00000000-0000-4000-8000-000000000001';
  const marking = 'marking-definition--00000000-0000-4000-8000-000000000002';
  const pattern = "[domain-name:value = 'evil.example']";
  const bring = async (object: Record<string, unknown>): Promise<void> => {
    const body = JSON.stringify({
      type: 'bundle',
      id: 'bundle--00000000-0000-4000-8000-000000000003',
      objects: [{ spec_version: '2.1', created: at, ...object }],
    });
    const report = await client.createImport({ query: { name: 'a feed', source: 'a feed', tlp: 'clear' }, body });
    assert.equal(report.taken, 1);
  };
  const common = { modified: at, valid_from: at, pattern, pattern_type: 'stix' };
  await bring({ type: 'indicator', id, ...common, object_marking_refs: [marking] });
  const held = await client.getIntel({ params: { id } });
  assert.deepEqual(
    [held.tlp, held.markings.tlp, held.markings.tlpFrom, held.markings.tlpReason],
    [
      'amber+strict',
      'amber+strict',
      'source default',
      `Handled as TLP:AMBER+STRICT at least: it bears a marking that cannot be read here (${marking})`,
    ],
  );
  await bring({ type: 'marking-definition', id: marking, definition_type: 'tlp', definition: { tlp: 'green' } });
  const read = await client.getIntel({ params: { id } });
  assert.deepEqual([read.tlp, read.markings.tlpFrom, read.markings.tlpReason], ['green', 'object', undefined]);
});
