import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { JsonObject } from '../base/index.ts';
import { markingIdOfPap } from '../markings/index.ts';
import { stixToMisp } from './index.ts';
import {
  uuid,
  day,
  stix,
  sdo,
  indicator,
  pairsIn,
  convert,
  pairsOf,
  fields,
  first,
  tagsOf,
  listOf,
  sco,
} from './to-misp-for-tests.ts';

test('clusters are tags of what points to them, else of the event; ATT&CK’s and our own have names of their own', () => {
  const attack = sdo('attack-pattern', 3, {
    name: 'Do "it"',
    external_references: [{ source_name: 'mitre-attack', external_id: 'T1' }],
  });
  const malware = sdo('malware', 4, { name: 'M', labels: ['other'], is_family: true });
  const of = convert([
    attack,
    malware,
    indicator(5, "[domain-name:value = 'a.example']"),
    sdo('relationship', 6, {
      relationship_type: 'indicates',
      source_ref: `indicator--${uuid(5)}`,
      target_ref: malware.id,
    }),
    sdo('relationship', 7, { relationship_type: 'uses', source_ref: malware.id, target_ref: attack.id }),
    sdo('relationship', 8, {
      relationship_type: 'related-to',
      source_ref: `indicator--${uuid(5)}`,
      target_ref: `indicator--${uuid(5)}`,
    }),
  ]);
  assert.deepEqual(tagsOf(of.event), [`misp-galaxy:mitre-attack-pattern="Do 'it' - T1"`]);
  assert.deepEqual(tagsOf(first(of)), ['misp-galaxy:stix-2.1-malware="M"', 'other']);
  assert.deepEqual(fields(of), ['relationship "related-to"', 'relationship "uses"']);
});

test('a vulnerability is the name it bears, or the CVE it refers to', () => {
  const cve = (external_id: string) => ({ external_references: [{ source_name: 'cve', external_id }] });
  assert.deepEqual(pairsOf(sdo('vulnerability', 3, { name: 'cve-2026-1', ...cve('CVE-2026-1') })), [
    'vulnerability cve-2026-1',
  ]);
  const other = convert([sdo('vulnerability', 3, { name: 'Leak', ...cve('CVE-2026-1') })]);
  assert.deepEqual([pairsIn(other), fields(other)], [['vulnerability CVE-2026-1'], ['vulnerability.name']]);
  const blog = { source_name: 'blog', url: 'https://a.example' };
  const more = (...references: JsonObject[]) =>
    fields(convert([sdo('vulnerability', 3, { name: 'CVE-2026-1', external_references: references })]));
  const [first] = cve('CVE-2026-1').external_references;
  assert.deepEqual(more(first!), []);
  assert.deepEqual(more(first!, blog), ['vulnerability.external_references']);
  assert.deepEqual(more(first!, ...cve('CVE-2026-2').external_references), ['vulnerability.external_references']);
  const actor = { name: 'A', labels: ['misp:type="threat-actor"'], ...cve('CVE-2026-1') };
  const named = convert([sdo('threat-actor', 3, actor)]);
  assert.deepEqual([pairsIn(named), fields(named)], [['threat-actor A'], ['threat-actor.external_references']]);
});

test('what a cluster says beside its name is a loss, unless a MISP has it in a galaxy of its own', () => {
  const said = { name: 'M', is_family: true, description: 'D', aliases: ['N'] };
  const attack = { source_name: 'mitre-attack', external_id: 'S1' };
  const lost = (rest: JsonObject) => fields(convert([sdo('malware', 4, { ...said, ...rest })]));
  const blog = { source_name: 'blog', url: 'https://a.example' };
  assert.deepEqual(lost({ external_references: [blog] }), [
    'malware.aliases',
    'malware.description',
    'malware.external_references',
  ]);
  assert.deepEqual(lost({ external_references: [attack, blog] }), []);
  assert.deepEqual(lost({ labels: ['misp:galaxy="tool"'] }), []);
});

test('a report that is none of MISP’s says its description and links; who made it is the organisation', () => {
  const author = sdo('identity', 2, { name: 'Author', identity_class: 'organization' });
  const report = (rest: JsonObject) => sdo('report', 4, { name: 'R', published: day, object_refs: [], ...rest });
  const references = [
    { source_name: 'blog', url: 'https://a.example/' },
    { source_name: 'x', external_id: 'y' },
    { source_name: 'misp-event', external_id: 'no uuid' },
  ];
  const by = stixToMisp(
    report({ description: 'D', created_by_ref: author.id, external_references: references, custom: 1 }),
    [author],
  );
  assert.deepEqual(pairsIn(by), ['text D', 'link https://a.example/']);
  assert.deepEqual(
    [by.event['Orgc'], fields(by)],
    [{ name: 'Author', uuid: uuid(2) }, ['report.custom', 'report.external_references']],
  );
  assert.deepEqual(fields(stixToMisp(report({ external_references: references.slice(0, 1) }), [])), []);
  const unnamed = stixToMisp(report({ created_by_ref: author.id }), []).event['Orgc'];
  assert.deepEqual(unnamed, { name: author.id, uuid: uuid(2) });
  assert.equal((stixToMisp(report({}), []).event['Orgc'] as JsonObject)['name'], 'unknown');
});

test('nothing is dropped silently: each property without a place is counted by its name', () => {
  const of = convert([
    indicator(3, "[domain-name:value = 'a.example']", {
      created: '2025-01-01T00:00:00.000Z',
      created_by_ref: `identity--${uuid(50)}`,
      name: 'N',
      description: 'D',
      indicator_types: ['x'],
      kill_chain_phases: [{ kill_chain_name: 'lockheed', phase_name: 'x' }],
      external_references: [{ source_name: 'blog', url: 'https://a.example' }],
    }),
    sdo('location', 5, { region: 'x' }),
    sdo('identity', 6, { name: 'nobody refers to' }),
    sdo('sighting', 7, { sighting_of_ref: `indicator--${uuid(99)}` }),
    sdo('sighting', 8, {
      sighting_of_ref: `indicator--${uuid(3)}`,
      count: 3,
      where_sighted_refs: ['identity--x'],
      first_seen: day,
      external_references: [{ source_name: 'blog', url: 'https://a.example' }],
    }),
    stix({ type: 'marking-definition', id: `marking-definition--${uuid(9)}` }),
  ]);
  assert.equal(first(of)['comment'], 'N: D');
  assert.deepEqual(fields(of), [
    'Object type "identity"',
    'Object type "location"',
    'Object type "sighting"',
    'indicator.created',
    'indicator.created_by_ref',
    'indicator.external_references',
    'indicator.indicator_types',
    'indicator.kill_chain_phases',
    'sighting.count',
    'sighting.external_references',
  ]);
  assert.equal(of.losses.find(({ field }) => field === 'indicator.external_references')?.count, 1);
});

test('what belongs to an object of an unknown template stays together; a PAP of its own is said', () => {
  const part = (number: number, name: string) =>
    indicator(number, "[domain-name:value = 'a.example']", {
      external_references: [{ source_name: 'misp-object', external_id: uuid(40), description: name }],
      object_marking_refs: [markingIdOfPap(number === 3 ? 'red' : 'green')],
    });
  const of = convert([
    part(3, 'constructor'),
    part(4, 'constructor'),
    indicator(5, "[file:name = 'a']", { labels: [' '] }),
  ]);
  const [object] = listOf(of.event['Object']);
  assert.deepEqual(
    [object?.['name'], object?.['meta-category'], object?.['template_uuid']],
    ['constructor', 'misc', undefined],
  );
  assert.deepEqual(listOf(object?.['Attribute']).map(tagsOf), [[], ['PAP:GREEN']]);
  const early = { first_observed: '2025-12-01T00:00:00Z', last_observed: '2025-12-01T00:00:00Z', number_observed: 1 };
  const seen = convert([
    sdo('observed-data', 6, { ...early, object_refs: [`file--${uuid(7)}`] }),
    sco('file', 7, { name: 'a' }),
  ]);
  assert.deepEqual([first(seen)['first_seen'], first(seen)['last_seen']], ['2025-12-01T00:00:00Z', undefined]);
});
