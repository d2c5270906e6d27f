import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { JsonObject, JsonValue } from '../base/index.ts';
import { markingIdOfPap, markingIdOfTlp } from '../markings/index.ts';
import { validateObject } from '../stix/index.ts';
import { mispToStix, readMispEvent } from './index.ts';
import type { MispConversion } from './index.ts';

const uuid = (last: number): string => `5c7cdc72-c9a4-4075-acb5-${String(last).padStart(12, '0')}`;
const domain = { uuid: uuid(1), type: 'domain', value: 'evil.example', to_ids: true };
const day = '2026-01-01T00:00:00.000Z';

/** Converts an event of 2026-01-01; what it becomes must be valid STIX. */
function convert(event: JsonObject, options = {}): MispConversion {
  const whole = { uuid: uuid(0), info: 'one event', timestamp: '1767225600', ...event };
  const conversion = mispToStix(readMispEvent(whole, 'event'), options);
  for (const { value } of conversion.objects) {
    const errors = validateObject(value).filter(({ severity }) => severity === 'error');
    assert.deepEqual(errors, [], JSON.stringify(value));
  }
  return conversion;
}

const convertOne = (attribute: JsonObject, event: JsonObject = {}): MispConversion =>
  convert({ ...event, Attribute: [attribute] });

/** The one object of a type; there must be one. */
function find({ objects }: MispConversion, type: string): JsonObject {
  const found = objects.filter((object) => object.type === type);
  assert.equal(found.length, 1, type);
  return found[0]!.value;
}

const losses = (conversion: MispConversion): [string, number][] =>
  conversion.losses.map(({ field, count }) => [field, count]);

test('a published event is a report, another a grouping; both name what they extend and where they come from', () => {
  const published = convertOne(domain, {
    published: true,
    publish_timestamp: '1767225700',
    date: '2025-12-24',
    extends_uuid: uuid(9),
    threat_level_id: '2',
    analysis: '0',
    Tag: [{ name: 'admiralty-scale:source-reliability="b"' }, { name: 'own note', local: true }],
  });
  const report = find(published, 'report');
  assert.equal(report['created'], '2025-12-24T00:00:00.000Z');
  assert.equal(report['published'], '2026-01-01T00:01:40.000Z');
  assert.deepEqual(report['report_types'], ['threat-report']);
  assert.deepEqual(report['labels'], [
    'admiralty-scale:source-reliability="b"',
    'misp:threat-level="2"',
    'misp:analysis="0"',
  ]);
  assert.deepEqual(report['external_references'], [
    { source_name: 'misp-event', external_id: uuid(0) },
    { source_name: 'misp-event', external_id: uuid(9), description: 'extends' },
  ]);
  assert.deepEqual(losses(published), [
    ['Tag (local)', 1],
    ['Event.extends_uuid', 1],
  ]);
  const grouping = find(convertOne(domain, { date: '2026-02-30', info: '' }), 'grouping');
  assert.deepEqual([grouping['created'], grouping['context']], [day, 'suspicious-activity']);
  assert.equal(grouping['name'], `MISP event ${uuid(0)}`);
});

test('an event without any time is of 1970, also when it is published: nothing is made up', () => {
  const { objects } = mispToStix(readMispEvent({ info: 'x', published: true }, 'event'));
  assert.equal(objects[0]?.value['published'], '1970-01-01T00:00:00.000Z');
  const late = mispToStix(readMispEvent({ info: 'x', published: true, publish_timestamp: '1767225600' }, 'event'));
  assert.equal(late.objects[0]?.value['modified'], day);
});

test('a vulnerability, a campaign and an actor become what they are; the CVE is named in capitals', () => {
  const vulnerability = find(
    convertOne({ uuid: uuid(1), type: 'vulnerability', value: 'cve-2026-0001', comment: 'seen' }),
    'vulnerability',
  );
  assert.equal(vulnerability['description'], 'seen');
  assert.deepEqual(vulnerability['external_references'], [
    { source_name: 'cve', external_id: 'CVE-2026-0001' },
    { source_name: 'misp-attribute', external_id: uuid(1) },
  ]);
  const others = convert({
    Attribute: [
      { type: 'campaign-name', value: 'Operation X' },
      { type: 'threat-actor', value: 'Somebody' },
    ],
  });
  assert.equal(find(others, 'campaign')['name'], 'Operation X');
  assert.equal(find(others, 'threat-actor')['name'], 'Somebody');
  assert.equal(others.attributes.others, 2);
});

test('a detection rule becomes an indicator in its own language, whatever to_ids says', () => {
  const rule = convertOne({ uuid: uuid(1), type: 'yara', value: 'rule x { condition: true }' }, { info: '' });
  const indicator = find(rule, 'indicator');
  assert.deepEqual([indicator['pattern_type'], indicator['pattern_version']], ['yara', undefined]);
  assert.equal(indicator['description'], undefined);
  assert.equal(rule.attributes.indicators, 1);
  const stix = find(convertOne({ type: 'stix2-pattern', value: "[domain-name:value = 'evil.example']" }), 'indicator');
  assert.deepEqual([stix['pattern_type'], stix['pattern_version']], ['stix', '2.1']);
});

test('a note keeps its comment as abstract; a link becomes a reference, with to_ids an indicator', () => {
  const conversion = convert({
    Attribute: [
      { uuid: uuid(1), type: 'text', value: 'what happened', comment: 'in short' },
      { uuid: uuid(2), type: 'link', value: 'https://cert.example/1', comment: 'report' },
      { uuid: uuid(3), type: 'link', value: 'https://cert.example/2' },
      { uuid: uuid(4), type: 'link', value: 'https://evil.example/', to_ids: true },
    ],
  });
  const note = find(conversion, 'note');
  assert.deepEqual([note['abstract'], note['content']], ['in short', 'what happened']);
  assert.deepEqual(find(conversion, 'grouping')['external_references'], [
    { source_name: 'misp-event', external_id: uuid(0) },
    { source_name: 'misp-link', external_id: uuid(2), url: 'https://cert.example/1', description: 'report' },
    { source_name: 'misp-link', external_id: uuid(3), url: 'https://cert.example/2' },
  ]);
  assert.equal(find(conversion, 'indicator')['pattern'], "[url:value = 'https://evil.example/']");
  assert.deepEqual(conversion.attributes, { indicators: 1, observables: 0, others: 3, deleted: 0, lost: 0 });
});

test('a link that bears a label, tag, cluster or sighting of its own is an observation that does', () => {
  const link = { uuid: uuid(2), type: 'link', value: 'https://cert.example/1' };
  const cases: readonly (readonly [JsonObject, number])[] = [
    [{}, 0],
    [{ Tag: [{ name: 'tlp:green' }] }, 0],
    [{ Tag: [{ name: 'tlp:red' }] }, 1],
    [{ Tag: [{ name: 'PAP:RED' }] }, 1],
    [{ Tag: [{ name: 'read' }] }, 1],
    [{ Sighting: [{ type: '0' }] }, 1],
    [{ Galaxy: [{ type: 'tool', GalaxyCluster: [{ uuid: uuid(6), value: 'Hammer' }] }] }, 1],
  ];
  for (const [own, observations] of cases) {
    const conversion = convertOne({ ...link, ...own }, { Tag: [{ name: 'tlp:green' }] });
    assert.equal(conversion.attributes.observables, observations, JSON.stringify(own));
    const refs = find(conversion, 'grouping')['external_references'] as JsonValue[];
    assert.equal(refs.length, 2 - observations);
  }
});

test('what is a note has its sightings and clusters, too', () => {
  const conversion = convertOne({
    type: 'btc',
    value: '1BoatSLRHtKNngkdXEeobR76b53LETtpyT',
    Sighting: [{ type: '0', date_sighting: '1767225700' }],
    Galaxy: [{ type: 'tool', GalaxyCluster: [{ uuid: uuid(6), value: 'Hammer' }] }],
  });
  const { id } = find(conversion, 'note');
  assert.equal(find(conversion, 'sighting')['sighting_of_ref'], id);
  const { relationship_type: kind, source_ref: from, target_ref: to } = find(conversion, 'relationship');
  assert.deepEqual([kind, from, to], ['related-to', id, find(conversion, 'tool')['id']]);
});

test('an indicator says its category, role and reach; when it was last seen, its file and its group are told as lost', () => {
  const conversion = convert({
    Object: [
      {
        uuid: uuid(5),
        name: 'file',
        ObjectReference: [{ referenced_uuid: uuid(9), relationship_type: 'drops' }],
        EventReport: [{}],
        Attribute: [
          {
            uuid: uuid(1),
            type: 'filename',
            value: 'a.exe',
            to_ids: true,
            category: 'Payload delivery',
            object_relation: 'filename',
            distribution: '4',
            sharing_group_id: '7',
            last_seen: '2026-01-02T00:00:00Z',
            data: 'AA==',
          },
        ],
      },
    ],
  });
  const indicator = find(conversion, 'indicator');
  assert.deepEqual(indicator['kill_chain_phases'], [
    { kill_chain_name: 'misp-category', phase_name: 'Payload delivery' },
  ]);
  assert.deepEqual(indicator['labels'], [
    'misp:type="filename"',
    'misp:category="Payload delivery"',
    'misp:object-relation="filename"',
    'misp:distribution="4"',
  ]);
  assert.deepEqual(indicator['external_references'], [
    { source_name: 'misp-attribute', external_id: uuid(1) },
    { source_name: 'misp-object', external_id: uuid(5), description: 'file' },
  ]);
  assert.deepEqual(indicator['object_marking_refs'], [markingIdOfTlp('amber')]);
  assert.deepEqual(Object.fromEntries(losses(conversion)), {
    'Attribute.SharingGroup': 1,
    'Attribute.data': 1,
    'Attribute.last_seen': 1,
    'Object.EventReport': 1,
    'Object.ObjectReference': 1,
  });
});

test('an observation lasts from first to last seen and has no comment; a type without an observable is kept as a note', () => {
  const seen = { first_seen: '2026-01-01T00:00:00Z', last_seen: '2026-01-03T00:00:00Z', comment: 'x' };
  const conversion = convert({
    Attribute: [
      { ...domain, to_ids: false, ...seen },
      { uuid: uuid(2), type: 'port', value: '443' },
    ],
  });
  const observed = find(conversion, 'observed-data');
  assert.deepEqual([observed['first_observed'], observed['last_observed']], [day, '2026-01-03T00:00:00.000Z']);
  assert.deepEqual(observed['object_refs'], [`domain-name--${uuid(1)}`]);
  assert.deepEqual(losses(conversion), [
    ['Attribute.comment', 1],
    ['Attribute type "port"', 1],
  ]);
  assert.equal(find(conversion, 'note')['content'], '443');
  assert.equal(conversion.attributes.others, 1);
});

test('the same attribute twice counts once; the second is a fault with its place', () => {
  const { faults, attributes } = convert({ Attribute: [domain, domain] });
  assert.deepEqual(faults, [{ place: 'event.Attribute[1]', reason: `it repeats ${uuid(1)}` }]);
  assert.deepEqual([attributes.indicators, attributes.lost], [1, 1]);
});

test('what a sighting says of an indicator and of an observation', () => {
  const Sighting: JsonValue[] = [
    { uuid: uuid(2), type: '0', source: 'sensor' },
    { uuid: uuid(3), type: '1', date_sighting: '1767225700' },
    { uuid: uuid(4), type: '2', date_sighting: '1767225500' },
  ];
  const indicated = convertOne({ ...domain, Sighting });
  const sighting = find(indicated, 'sighting');
  assert.deepEqual([sighting['created'], sighting['first_seen']], [day, undefined]);
  assert.deepEqual(sighting['where_sighted_refs'], [find(indicated, 'identity')['id']]);
  assert.equal(find(indicated, 'indicator')['valid_until'], undefined, 'an expiry before valid_from says nothing');
  assert.deepEqual(losses(indicated), [['Attribute.Sighting', 1]]);
  const observed = convertOne({
    ...domain,
    to_ids: false,
    Sighting: [{ type: '0', date_sighting: '1767225700' }, ...Sighting.slice(2)],
  });
  assert.equal(find(observed, 'sighting')['where_sighted_refs'], undefined);
  assert.deepEqual(observed.losses, [
    { field: 'Attribute.Sighting', count: 1, reason: 'an expiry of what is no indicator has no STIX form' },
  ]);
});

test('a cluster is what its galaxy is in STIX, related to where it stands; a galaxy without a form is told', () => {
  const galaxy = (type: string, cluster: JsonObject): JsonObject => ({ type, GalaxyCluster: [cluster] });
  const conversion = convertOne(
    { ...domain, Galaxy: [galaxy('sector', { uuid: uuid(6), value: 'Health' }), galaxy('cuisine', { value: 'soup' })] },
    {
      Galaxy: [
        galaxy('threat-actor', { uuid: uuid(7), value: 'X', description: 'who', meta: { synonyms: ['Y'] } }),
        galaxy('sector', { uuid: uuid(6), value: 'Health' }),
      ],
    },
  );
  const relationship = find(conversion, 'relationship');
  assert.deepEqual(
    [relationship['relationship_type'], relationship['source_ref'], relationship['target_ref']],
    ['related-to', `indicator--${uuid(1)}`, `identity--${uuid(6)}`],
  );
  assert.equal(find(conversion, 'identity')['identity_class'], 'class');
  const actor = find(conversion, 'threat-actor');
  assert.deepEqual([actor['description'], actor['aliases']], ['who', ['Y']]);
  assert.deepEqual(losses(conversion), [['Galaxy "cuisine"', 1]]);
});

test('a PAP tag marks, and one that no standard knows counts as RED, inside the event too', () => {
  const marked = (tags: readonly string[]): unknown =>
    find(convertOne(domain, { Tag: tags.map((name) => ({ name })) }), 'indicator')['object_marking_refs'];
  assert.deepEqual(marked(['PAP:GREEN']), [markingIdOfPap('green')]);
  assert.deepEqual(marked(['PAP:ULTRAVIOLET', 'tlp:green']), [markingIdOfTlp('green'), markingIdOfPap('red')]);
});

test('an address of an ip-port object without ports, of another template, or without any time stands alone', () => {
  const ports = (name: string, port: JsonObject, address: JsonObject = {}): MispConversion =>
    mispToStix(
      readMispEvent(
        {
          info: 'x',
          Object: [
            {
              name,
              Attribute: [
                { type: 'ip-src', value: '192.0.2.7', to_ids: true, ...address },
                { type: 'port', object_relation: 'src-port', value: '53', ...port },
              ],
            },
          ],
        },
        'event',
      ),
    );
  const patternOf = (conversion: MispConversion): unknown => find(conversion, 'indicator')['pattern'];
  const alone = "[ipv4-addr:value = '192.0.2.7']";
  assert.equal(patternOf(ports('file', {})), alone);
  assert.equal(patternOf(ports('ip-port', { value: '70000' })), alone);
  assert.equal(patternOf(ports('ip-port', { object_relation: 'dst-port' })), alone);
  const joined = ports('ip-port', {});
  assert.equal(patternOf(joined), "[network-traffic:src_ref.value = '192.0.2.7' AND network-traffic:src_port = 53]");
  assert.equal(find(joined, 'indicator')['modified'], '1970-01-01T00:00:00.000Z');
  assert.ok(!ports('ip-port', {}, { deleted: true }).objects.some(({ type }) => type === 'indicator'));
});
