import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { ComityError } from '../base/index.ts';
import type { JsonObject } from '../base/index.ts';
import { markingIdOfPap, markingIdOfTlp } from '../markings/index.ts';
import type { Tlp } from '../markings/index.ts';
import { textIn } from './stix-fields.ts';
import { attributesOfEvent, mispToStix, mispUuidOfPair, readMispEvent, stixToMisp } from './index.ts';
import type { MadeEvent } from './index.ts';
import {
  uuid,
  day,
  dayS,
  made,
  stix,
  sdo,
  indicator,
  attributesIn,
  pairsIn,
  convert,
  pairsOf,
  fields,
  listOf,
  first,
  tagsOf,
  roundTrip,
} from './to-misp-for-tests.ts';

test('what came from MISP goes back under its uuid, type, value, category, comment and time, whatever it became', () => {
  const attributes = [
    ['domain', 'a.example', true],
    ['filename|md5', 'a.exe|d41d8cd98f00b204e9800998ecf8427e', true],
    ['filename|sha1', 'b.exe|da39a3ee5e6b4b0d3255bfef95601890afd80709', false],
    ['malware-sample', '|d41d8cd98f00b204e9800998ecf8427e', true],
    ['domain|ip', 'a.example|192.0.2.1', true],
    ['ip-dst|port', '192.0.2.1|443', true],
    ['hostname|port', 'a.example|443', false],
    ['regkey|value', String.raw`HKLM\Software\Run|x`, true],
    ['regkey', String.raw`hkcu\Run`, false],
    ['AS', 'AS64496', true],
    ['AS', '64497', false],
    ['email-dst', 'a@b.example', true],
    ['email-attachment', 'x.zip', false],
    ['port', '443', true],
    ['size-in-bytes', '12', false],
    ['yara', 'rule a { condition: true }', false],
    ['vulnerability', 'cve-2026-0001', false],
    ['threat-actor', 'Somebody', false],
    ['campaign-name', 'Something', true],
    ['comment', 'A note', false],
    ['btc', '1BoatSLRHtKNngkdXEeobR76b53LETtpyT', true],
    ['stix2-pattern', "[file:name = 'a'] FOLLOWEDBY [file:name = 'b']", true],
    ['link', 'https://a.example/report', false],
    ['ip-src', '192.0.2.2', true],
  ].map(([type, value, toIds], index) => ({
    uuid: uuid(100 + index),
    type: String(type),
    value: String(value),
    to_ids: toIds === true,
    category: 'External analysis',
    comment: 'why',
    timestamp: '1767225601',
  }));
  const back = attributesIn(roundTrip({ published: true, timestamp: '1767225700', Attribute: attributes }));
  const of = (list: readonly { uuid: string; type: string; value: string }[]): string[] =>
    list.map((each) => `${each.uuid} ${each.type} ${each.value}`).sort();
  assert.deepEqual(of(back), of(attributes));
  const flags = new Map(back.map((each) => [each.uuid, each.toIds]));
  assert.deepEqual(
    attributes.map((each) => flags.get(each.uuid)),
    attributes.map((each) => each.to_ids),
  );
  const domain = back.find(({ type }) => type === 'domain');
  assert.deepEqual(
    [domain?.category, domain?.comment, domain?.changedUs],
    ['External analysis', 'why', 1_767_225_601_000_000],
  );
});

test('an event goes back under its uuid, day, levels, organisation, tags and extension; a report is published', () => {
  const { event } = roundTrip({
    published: true,
    date: '2025-12-31',
    timestamp: '1767225700',
    threat_level_id: '2',
    analysis: '1',
    distribution: '1',
    extends_uuid: uuid(7),
    Orgc: { name: 'CERT Example', uuid: uuid(8) },
    Tag: [{ name: 'tlp:clear' }, { name: 'PAP:GREEN' }, { name: 'rsit:fraud="phishing"' }],
    Attribute: [{ type: 'domain', value: 'a.example', to_ids: true }],
  });
  const { Attribute: _attributes, Object: _objects, ...head } = event;
  assert.deepEqual(head, {
    uuid: uuid(1),
    info: 'one event',
    date: '2025-12-31',
    timestamp: '1767225700',
    publish_timestamp: '1767225700',
    published: true,
    threat_level_id: '2',
    analysis: '1',
    distribution: '1',
    sharing_group_id: '0',
    extends_uuid: uuid(7),
    Orgc: { name: 'CERT Example', uuid: uuid(8) },
    Tag: ['tlp:green', 'PAP:GREEN', 'rsit:fraud="phishing"'].map((name) => ({ name, local: false })),
  });
  assert.equal(roundTrip({ Attribute: [{ type: 'text', value: 'x' }] }).event['published'], false);
});

test('objects go back with their uuid, name and relations; an address of an ip-port has its ports again', () => {
  const object = (toIds: boolean, base: number): JsonObject => ({
    uuid: uuid(base),
    name: 'ip-port',
    Attribute: [
      { uuid: uuid(base + 1), type: 'ip-dst', value: '192.0.2.1', object_relation: 'ip', to_ids: toIds },
      { uuid: uuid(base + 2), type: 'port', value: '443', object_relation: 'dst-port' },
      { uuid: uuid(base + 3), type: 'text', value: 'about', object_relation: 'text' },
      { uuid: uuid(base + 4), type: 'ip-src', value: '192.0.2.9', object_relation: 'ip-src', to_ids: toIds },
      { uuid: uuid(base + 5), type: 'port', value: '53', object_relation: 'src-port' },
    ],
  });
  const back = roundTrip({ published: true, Object: [object(true, 20), object(false, 30)] });
  for (const [index, base] of [20, 30].entries()) {
    const part = listOf(back.event['Object'])[index]!;
    assert.deepEqual([part['uuid'], part['name'], part['meta-category']], [uuid(base), 'ip-port', 'network']);
    assert.deepEqual(
      listOf(part['Attribute'])
        .map((each) => [each['type'], each['value'], each['object_relation']].map(textIn).join(' '))
        .sort(),
      ['ip-dst 192.0.2.1 ip', 'ip-src 192.0.2.9 ip-src', 'port 443 dst-port', 'port 53 src-port', 'text about text'],
    );
  }
});

test('a sighting, an expiry, a cluster and a first sight go back to their attribute', () => {
  const back = roundTrip({
    published: true,
    Attribute: [
      {
        uuid: uuid(10),
        type: 'domain',
        value: 'a.example',
        to_ids: true,
        timestamp: dayS,
        first_seen: '2025-12-01T00:00:00Z',
        Sighting: [
          { uuid: uuid(11), type: '0', date_sighting: '1767225700', source: 'sensor' },
          { uuid: uuid(12), type: '2', date_sighting: '1767312000' },
        ],
        Galaxy: [{ type: 'tool', GalaxyCluster: [{ uuid: uuid(13), value: 'Hammer' }] }],
      },
    ],
  });
  const [attribute] = attributesIn(back);
  assert.deepEqual(
    attribute?.sightings.map(({ type, seenUs, organisation }) => [type, seenUs! / 1e6, organisation]),
    [
      [2, 1_767_312_000, ''],
      [0, 1_767_225_700, 'sensor'],
    ],
  );
  assert.equal(attribute?.firstSeenUs, Date.parse('2025-12-01T00:00:00Z') * 1000);
  assert.deepEqual(
    attribute?.tags.map(({ name }) => name),
    ['misp-galaxy:tool="Hammer"'],
  );
  assert.deepEqual(tagsOf(back.event), [], 'a cluster of an attribute is none of the event');
});

test('a noted value that the pattern speaks against does not count: what is screened is what is given', () => {
  const noted = (description: string) =>
    indicator(3, "[file:hashes.MD5 = 'd41d8cd98f00b204e9800998ecf8427e']", {
      labels: ['misp:type="filename|md5"'],
      external_references: [{ source_name: 'misp-attribute', external_id: uuid(3), description }],
    });
  assert.deepEqual(pairsOf(noted('a.exe|d41d8cd98f00b204e9800998ecf8427e')), [
    'filename|md5 a.exe|d41d8cd98f00b204e9800998ecf8427e',
  ]);
  assert.deepEqual(pairsOf(noted(`a.exe|${'0'.repeat(32)}`)), ['md5 d41d8cd98f00b204e9800998ecf8427e']);
  assert.deepEqual(pairsOf(noted(`${'a'.repeat(70_000)}|${'0'.repeat(32)}`)), ['md5 d41d8cd98f00b204e9800998ecf8427e']);
});

test('an attribute of an event that is made up, or not of this report’s MISP event, has a uuid of both, the same each time', () => {
  const objects = [indicator(3, "[domain-name:value = 'a.example' OR domain-name:value = 'b.example']")];
  const uuids = (head: MadeEvent) => attributesIn(stixToMisp(head, objects)).map((each) => each.uuid);
  assert.deepEqual(uuids(made), uuids(made));
  assert.equal(new Set([...uuids(made), ...uuids({ ...made, uuid: uuid(9) })]).size, 4);
  const report = sdo('report', 4, { name: 'R', published: day, object_refs: [objects[0]!.id] });
  const of = stixToMisp(report, objects);
  assert.equal(of.event['uuid'], uuid(4));
  assert.notEqual(attributesIn(of)[0]?.uuid, uuid(3));
});

test('an event is as new as what came together in it; one of MISP stays its origin’s version', () => {
  const objects = [indicator(3, "[domain-name:value = 'a.example']", { modified: '2026-02-01T00:00:00.000Z' })];
  assert.equal(convert(objects).event['timestamp'], '1769904000');
  assert.equal(convert(objects, { arrivedS: 5 }).event['timestamp'], '5');
  const { objects: own } = mispToStix(
    readMispEvent(
      { info: 'x', uuid: uuid(1), timestamp: dayS, Attribute: [{ type: 'domain', value: 'a.example' }] },
      'e',
    ),
  );
  const options = { arrivedS: 2_000_000_000, published: true };
  const { event } = stixToMisp(own.at(-1)!, own.slice(0, -1), options);
  assert.deepEqual([event['timestamp'], event['published']], [dayS, true]);
});

for (const [tlp, distribution] of [
  ['clear', '3'],
  ['green', '2'],
  ['amber', '0'],
  ['amber+strict', '0'],
  ['red', '0'],
] as const satisfies readonly (readonly [Tlp, string])[]) {
  test(`what is TLP:${tlp} goes no further by its distribution, ${distribution}, and bears its tag`, () => {
    const labelled = indicator(3, "[domain-name:value = 'a.example']", { object_marking_refs: [markingIdOfTlp(tlp)] });
    const { event, tlp: of } = convert([labelled]);
    assert.deepEqual([event['distribution'], tagsOf(event), of], [distribution, [`tlp:${tlp}`], tlp]);
  });
}

test('an event is as strict as its strictest attribute, and an attribute says what is not the event’s', () => {
  const [green, amber, none] = ['green', 'amber', undefined].map((tlp, index) =>
    indicator(
      3 + index,
      `[domain-name:value = '${tlp ?? 'no'}.example']`,
      tlp === undefined ? {} : { object_marking_refs: [markingIdOfTlp(tlp as Tlp), markingIdOfPap('red')] },
    ),
  );
  const both = convert([green!, amber!]);
  assert.deepEqual(tagsOf(both.event), ['tlp:amber', 'PAP:RED']);
  assert.deepEqual(listOf(both.event['Attribute']).map(tagsOf), [['tlp:green'], []]);
  const unlabelled = convert([none!]);
  assert.deepEqual([unlabelled.event['distribution'], tagsOf(unlabelled.event)], ['0', []]);
});

test('a marking MISP has no words for holds at AMBER+STRICT, and is a loss', () => {
  const of = convert([
    indicator(3, "[domain-name:value = 'a.example']", { object_marking_refs: [`marking-definition--${uuid(9)}`] }),
  ]);
  assert.deepEqual([tagsOf(of.event), fields(of)], [['tlp:amber+strict'], ['indicator.object_marking_refs']]);
});

test('a distribution that was noted narrows: a sharing group to the organisation, an attribute below its event', () => {
  const clear = { object_marking_refs: [markingIdOfTlp('clear')] };
  const noted = (value: string) =>
    indicator(3, "[domain-name:value = 'a.example']", { ...clear, labels: [`misp:distribution="${value}"`] });
  assert.equal(first(convert([noted('1')]))['distribution'], '1');
  assert.equal(first(convert([noted('4')]))['distribution'], '0');
  assert.equal(first(convert([noted('9')]))['distribution'], '5');
});

test('confidence is a tag by quarters, unless one stands there; a revoked object is a deleted attribute', () => {
  const tags = (confidence: number, labels: string[] = []) =>
    tagsOf(first(convert([indicator(3, "[domain-name:value = 'a.example']", { confidence, labels })])));
  assert.deepEqual(tags(80), ['misp:confidence-level="usually-confident"']);
  assert.deepEqual(tags(999), ['misp:confidence-level="completely-confident"']);
  assert.deepEqual(tags(80, ['misp:confidence-level="unconfident"']), ['misp:confidence-level="unconfident"']);
  const revoked = first(convert([indicator(3, "[domain-name:value = 'a.example']", { revoked: true })]));
  assert.deepEqual([revoked['deleted'], revoked['to_ids']], [true, false]);
});

test('a category or type no MISP knows is none that is sent: an event with one is refused whole', () => {
  const labelled = (number: number, type: string, content: string) =>
    sdo('note', number, { content, object_refs: [], labels: [`misp:type="${type}"`, 'misp:category="Made up"'] });
  const of = convert([
    labelled(3, 'constructor', 'x'),
    labelled(4, 'datetime', 'soon'),
    labelled(5, 'datetime', '2026-01-01T00:00:00Z'),
    labelled(6, 'named pipe', 'p'),
  ]);
  assert.deepEqual(pairsIn(of), ['text x', 'text soon', 'datetime 2026-01-01T00:00:00Z', 'named pipe p']);
  assert.deepEqual(
    listOf(of.event['Attribute']).map((each) => each['category']),
    ['Other', 'Other', 'Other', 'Artifacts dropped'],
  );
  assert.deepEqual(fields(of), ['Attribute type "constructor"', 'Attribute type "datetime"']);
});

test('whatever objects come, an event is made of them that is read again, and only our own errors are thrown', () => {
  const field = fc.oneof(fc.string(), fc.integer(), fc.constant(null), fc.jsonValue());
  const anything = fc.record(
    {
      id: fc.constantFrom('indicator--1', 'file--2', `report--${uuid(3)}`, 'x', ''),
      type: fc.constantFrom(
        'indicator',
        'observed-data',
        'note',
        'file',
        'malware',
        'relationship',
        'sighting',
        'vulnerability',
        'network-traffic',
      ),
      pattern: fc.oneof(fc.constant("[file:name = 'a']"), field),
      pattern_type: fc.constantFrom('stix', 'yara', 'x'),
      labels: fc.oneof(fc.constant(['misp:type="filename|md5"', 'misp:galaxy="x"']), field),
      external_references: field,
      object_refs: fc.oneof(fc.constant(['file--2', 'x']), field),
      kill_chain_phases: field,
      hashes: field,
      values: field,
      created: field,
      modified: field,
      content: field,
      source_ref: field,
      target_ref: fc.oneof(fc.constant('x'), field),
      confidence: field,
      object_marking_refs: field,
    },
    { requiredKeys: ['id', 'type'] },
  );
  fc.assert(
    fc.property(fc.array(anything), anything, (values, head) => {
      try {
        const objects = values.map((value) => stix(value as JsonObject));
        for (const back of [convert(objects), stixToMisp(stix({ ...head, type: 'report' } as JsonObject), objects)])
          assert.equal([...attributesOfEvent(readMispEvent(back.event, 'e'))].length <= back.attributes, true);
      } catch (error) {
        if (!(error instanceof ComityError)) throw error;
      }
    }),
    { numRuns: 500 },
  );
});

test('the uuid of a pair is that of the pair, in its order', () => {
  assert.notEqual(mispUuidOfPair('a', 'b'), mispUuidOfPair('b', 'a'));
});
