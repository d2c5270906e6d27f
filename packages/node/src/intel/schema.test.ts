import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { parseStixId } from '@comity/protocol/base';
import { openStore } from '../store/index.ts';
import { codeOfState, keyOfStixId, stixIdOfKey } from './codes.ts';
import { createIntel, intelSchema } from './index.ts';

const root = mkdtempSync(join(tmpdir(), 'comity-schema-'));
after(() => rmSync(root, { recursive: true, force: true }));
const clock = (): number => Date.UTC(2026, 0, 10);
const id = parseStixId('malware--11111111-2222-4333-8444-555555555555');

/** Rows as the first version of the schema takes them. */
const firstRows = `
insert into intel_type (code, name) values (1, 'malware');
insert into intel_source (ref, id, name, kind, url, reliability, default_tlp)
  values (1, 'src-old000001', 'old feed', 'file', null, 'C', 1);
insert into intel_object (ref, key, type, kind, state, tlp, confidence, lead, conflict, complete, group_ref, live_ref,
    modified_us, added_us, next_change_us, valid_until_us, lease_until_us, revoked, made)
  values (1, x'${keyOfStixId(id).toString('hex')}', 1, 0, ${codeOfState('active')}, 1, 35, 1, 0, 2, 1, 1048576,
    1700000000000000, 1700000000000000, null, null, null, 0, 0);
insert into intel_version (ref, object_ref, number, modified_us, received_us, import_ref, conflict, text)
  values (1048576, 1, 0, 1700000000000000, 1700000000000000, 1, 0, '{"type":"malware","name":"Old Loader"}');
insert into intel_provenance (object_ref, source_ref, first_seen_us, last_seen_us, confidence, foreign_id)
  values (1, 1, 1700000000000000, 1700000000000000, null, null);
`;

for (let steps = 1; steps <= intelSchema.steps.length; steps += 1) {
  test(`a data folder at step ${steps} (${intelSchema.steps[steps - 1]?.name}) is brought forward with what it holds`, async () => {
    const dir = join(root, `step-${steps}`);
    const schema = { subject: 'intel', steps: intelSchema.steps.slice(0, steps) };
    const old = await openStore({ dir, schemas: [schema] }, { clock });
    await old.write((db) => db.exec(firstRows));
    await old.close();
    const store = await openStore({ dir, schemas: [intelSchema] }, { clock });
    const intel = await createIntel(store, { clock, uuid: () => crypto.randomUUID() });
    const detail = await intel.object(id);
    assert.equal(detail?.name, 'Old Loader');
    assert.deepEqual(
      detail?.sources.map((source) => source.name),
      ['old feed'],
    );
    await intel.sweep();
    assert.deepEqual(
      (await intel.search({ text: 'loader' })).rows.map((row) => row.id),
      [id],
    );
    assert.deepEqual(await store.check(), []);
    await intel.close();
    await store.close();
  });
}

test('values an earlier version indexed are found by their parts at once', async () => {
  const dir = join(root, 'grams');
  const schema = { subject: 'intel', steps: intelSchema.steps.slice(0, 10) };
  const old = await openStore({ dir, schemas: [schema] }, { clock });
  await old.write((db) => {
    db.exec(firstRows);
    db.exec(`with recursive number(it) as (select 1 union all select it + 1 from number where it < 5000)
      insert into intel_value (ref, kind, port, value, group_ref, listed, held, released)
        select it, 1, 0, 'host-' || it || '.example', null, 0, 0, 0 from number;
      insert into intel_value_grams (rowid, value) select ref, value from intel_value;
      insert into intel_listing (value_ref, object_ref) values (77, 1);
      update intel_indexed set upto = 5000 where name = 'values';`);
  });
  await old.close();
  const store = await openStore({ dir, schemas: [intelSchema] }, { clock });
  const intel = await createIntel(store, { clock, uuid: () => crypto.randomUUID() });
  const upTo = store.reader
    .prepare<{ upto: number }>(`select upto from intel_indexed where name = 'values'`)
    .get()?.upto;
  assert.equal(upTo, 4096, 'the whole segment');
  const page = await intel.search({ text: 'st-77.ex' });
  assert.deepEqual(
    page.rows.map((row) => row.id),
    [id],
  );
  await intel.close();
  await store.close();
});

test('a STIX id and its key are the same thing', () => {
  for (const text of [
    'x--00000000-0000-0000-0000-000000000000',
    'windows-registry-key--9d60798d-4e3e-5fe4-af8a-0e4986f0f90b',
    'indicator--ABCDEF12-3456-4789-8abc-def012345678'.toLowerCase(),
  ]) {
    assert.equal(stixIdOfKey(keyOfStixId(parseStixId(text))), text);
  }
});
