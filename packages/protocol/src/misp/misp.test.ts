import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { ComityError } from '../base/index.ts';
import type { JsonObject } from '../base/index.ts';
import { markingIdOfTlp } from '../markings/index.ts';
import {
  attributesOfEvent,
  hashedTexts,
  isMispManifest,
  mispToStix,
  parseMispEvent,
  parseMispEvents,
  parseMispHashes,
  parseMispManifest,
  parseWarninglist,
  readMispEvent,
} from './index.ts';
import type { MispConversion } from './index.ts';

const uuid = (last: number): string => `5c7cdc72-c9a4-4075-acb5-${String(last).padStart(12, '0')}`;

function convert(event: JsonObject, options = {}): MispConversion {
  return mispToStix(
    readMispEvent({ uuid: uuid(0), info: 'test', timestamp: '1767225600', ...event }, 'event'),
    options,
  );
}

function patternOf(type: string, value: string, options = {}): string | undefined {
  const { objects } = convert({ Attribute: [{ uuid: uuid(1), type, value, to_ids: true }] }, options);
  return objects.find((object) => object.type === 'indicator')?.value['pattern'] as string | undefined;
}

test('an attribute with to_ids becomes an indicator under its own uuid, one without an observation', () => {
  const detection = convert({ Attribute: [{ uuid: uuid(1), type: 'domain', value: 'evil.example', to_ids: '1' }] });
  assert.ok(detection.objects.some((object) => object.id === `indicator--${uuid(1)}`));
  assert.ok(!detection.objects.some((object) => object.type === 'observed-data'));
  const fact = convert({ Attribute: [{ uuid: uuid(1), type: 'domain', value: 'evil.example', to_ids: false }] });
  assert.deepEqual(fact.objects.map((object) => object.type).sort(), ['domain-name', 'grouping', 'observed-data']);
});

test('each part of a value that raises an alarm alone in MISP does so in the pattern', () => {
  assert.equal(
    patternOf('domain|ip', 'evil.example|192.0.2.7'),
    "[domain-name:value = 'evil.example' OR ipv4-addr:value = '192.0.2.7']",
  );
  assert.equal(
    patternOf('filename|md5', 'a.exe|d41d8cd98f00b204e9800998ecf8427e'),
    "[file:hashes.MD5 = 'd41d8cd98f00b204e9800998ecf8427e']",
  );
  assert.equal(
    patternOf('ip-dst|port', '192.0.2.7|443'),
    "[network-traffic:dst_ref.value = '192.0.2.7' AND network-traffic:dst_port = 443]",
  );
  assert.equal(patternOf('ip-src', '198.51.100.0/24'), "[ipv4-addr:value ISSUBSET '198.51.100.0/24']");
});

test('an address and its ports in an ip-port object are one indicator at those ports', () => {
  const convertPorts = (ports: readonly string[], rest: JsonObject = {}): MispConversion =>
    convert({
      Object: [
        {
          name: 'ip-port',
          uuid: uuid(20),
          Attribute: [
            {
              uuid: uuid(1),
              type: 'ip-dst',
              object_relation: 'ip',
              value: '192.0.2.7',
              to_ids: true,
              timestamp: '1767225601',
            },
            ...ports.map((value, index) => ({
              uuid: uuid(2 + index),
              type: 'port',
              object_relation: 'dst-port',
              value,
              timestamp: '1767225609',
              ...rest,
            })),
          ],
        },
      ],
    });
  const indicatorsOf = ({ objects }: MispConversion): unknown[] =>
    objects
      .filter((object) => object.type === 'indicator')
      .map(({ id, value }) => [id, value['pattern'], value['modified']]);
  const at = (port: number): string =>
    `network-traffic:dst_ref.value = '192.0.2.7' AND network-traffic:dst_port = ${port}`;
  const later = '2026-01-01T00:00:09.000Z';
  assert.deepEqual(indicatorsOf(convertPorts(['443'])), [[`indicator--${uuid(1)}`, `[${at(443)}]`, later]]);
  const two = convertPorts(['443', '8080']);
  assert.deepEqual(indicatorsOf(two), [[`indicator--${uuid(1)}`, `[(${at(443)}) OR (${at(8080)})]`, later]]);
  assert.deepEqual(two.attributes, { indicators: 1, observables: 0, others: 2, deleted: 0, lost: 0 });
  assert.deepEqual(
    indicatorsOf(convertPorts(['443'], { deleted: true })).map((indicator) => (indicator as unknown[])[1]),
    ["[ipv4-addr:value = '192.0.2.7']"],
    'without a port the address alone',
  );
});

test('a defanged value is restored, a URL in a field for names is one, and other values stay as they are', () => {
  assert.equal(patternOf('domain', 'm10[.]example'), "[domain-name:value = 'm10.example']");
  assert.equal(patternOf('domain', 'hxxp://m10[.]example/'), "[url:value = 'http://m10.example/']");
  assert.equal(patternOf('ip-dst|port', '192.0.2[.]7|443'), patternOf('ip-dst|port', '192.0.2.7|443'));
  assert.equal(patternOf('email-src', 'a[@]m10[.]example'), "[email-addr:value = 'a@m10.example']");
  assert.equal(patternOf('filename', 'hxxp[.]txt'), "[file:name = 'hxxp[.]txt']");
});

test('the conjunction of misp-stix is written on request', () => {
  assert.equal(
    patternOf('filename|sha1', 'a|da39a3ee5e6b4b0d3255bfef95601890afd80709', { patterns: 'all' }),
    "[file:name = 'a' AND file:hashes.'SHA-1' = 'da39a3ee5e6b4b0d3255bfef95601890afd80709']",
  );
});

test('quotes and backslashes of a value cannot break out of the pattern', () => {
  assert.equal(patternOf('filename', "a'] OR [x:y = '\\"), "[file:name = 'a\\'] OR [x:y = \\'\\\\']");
});

test('of several TLP tags the strictest holds, an unreadable one counts as AMBER+STRICT, and both are told', () => {
  const two = convert({ Tag: [{ name: 'tlp:green' }, { name: 'TLP:RED' }] });
  assert.deepEqual(two.objects[0]?.value['object_marking_refs'], [markingIdOfTlp('red')]);
  assert.ok(two.losses.some((loss) => loss.field === 'Tag tlp'));
  const reason = 'It bears TLP labels that contradict each other; the strictest holds, TLP:RED';
  assert.deepEqual(two.alerts, [{ place: 'event', reason }]);
  const tags = [{ name: 'tlp:green' }, { name: 'tlp:amber' }];
  const inside = convert({ Attribute: [{ uuid: uuid(1), type: 'domain', value: 'a.example', Tag: tags }] });
  assert.deepEqual(
    inside.alerts.map(({ place }) => place),
    ['event.Attribute[0]'],
  );
  assert.deepEqual(convert({ Tag: [{ name: 'tlp:green' }, { name: 'TLP:GREEN' }] }).alerts, []);
  const odd = convert({ Tag: [{ name: 'tlp:whatever' }] });
  assert.deepEqual(odd.objects[0]?.value['object_marking_refs'], [markingIdOfTlp('amber+strict')]);
});

test('a distribution narrows and never widens what a tag or the source says', () => {
  const markingOf = (event: JsonObject, options = {}): unknown =>
    convert(event, options).objects[0]?.value['object_marking_refs'];
  assert.deepEqual(markingOf({ distribution: '0', Tag: [{ name: 'tlp:clear' }] }), [markingIdOfTlp('amber+strict')]);
  assert.deepEqual(markingOf({ distribution: '3', Tag: [{ name: 'tlp:amber' }] }), [markingIdOfTlp('amber')]);
  assert.equal(markingOf({ distribution: '1' }, { defaultTlp: 'amber' }), undefined);
  assert.deepEqual(markingOf({ distribution: '1' }, { defaultTlp: 'clear' }), [markingIdOfTlp('green')]);
});

test('an attribute is never marked wider than its event', () => {
  const { objects } = convert({
    Tag: [{ name: 'tlp:amber' }],
    Attribute: [{ uuid: uuid(1), type: 'domain', value: 'evil.example', to_ids: true, Tag: [{ name: 'tlp:clear' }] }],
  });
  assert.deepEqual(objects.find((object) => object.type === 'indicator')?.value['object_marking_refs'], [
    markingIdOfTlp('amber'),
  ]);
});

test('every attribute is an indicator, an observation, another object, deleted, or lost with a reason', () => {
  const attributes = [
    { uuid: uuid(1), type: 'domain', value: 'evil.example', to_ids: true },
    { uuid: uuid(2), type: 'sha1', value: 'da39a3ee5e6b4b0d3255bfef95601890afd80709' },
    { uuid: uuid(3), type: 'comment', value: 'a note' },
    { uuid: uuid(4), type: 'btc', value: 'x' },
    { uuid: uuid(5), type: 'domain', value: 'gone.example', deleted: true },
    { uuid: uuid(6), type: 'ip-dst|port', value: 'no port', to_ids: true },
  ];
  const result = convert({ Attribute: attributes });
  assert.deepEqual(result.attributes, { indicators: 1, observables: 1, others: 2, deleted: 1, lost: 1 });
  assert.deepEqual(result.losses.map((loss) => loss.field).sort(), ['Attribute (deleted)', 'Attribute type "btc"']);
  assert.deepEqual(result.faults, [{ place: 'event.Attribute[5]', reason: 'its value is no ip-dst|port' }]);
});

test('two different attributes under one uuid are both kept', () => {
  const twice = ['a.example', 'b.example'].map((value) => ({ uuid: uuid(1), type: 'domain', value, to_ids: true }));
  const { objects, attributes } = convert({ Attribute: twice });
  assert.equal(attributes.indicators, 2);
  assert.equal(new Set(objects.filter((object) => object.type === 'indicator').map((object) => object.id)).size, 2);
});

test('a sighting, an expiry and a cluster stay with their attribute', () => {
  const { objects } = convert({
    Attribute: [
      {
        uuid: uuid(1),
        type: 'domain',
        value: 'evil.example',
        to_ids: true,
        Sighting: [
          { uuid: uuid(2), type: '0', date_sighting: '1767225700', Organisation: { name: 'CERT Example' } },
          { uuid: uuid(3), type: '2', date_sighting: '1767312000' },
        ],
        Galaxy: [{ type: 'mitre-malware', GalaxyCluster: [{ uuid: uuid(4), value: 'Example RAT' }] }],
      },
    ],
  });
  const find = (type: string): JsonObject | undefined => objects.find((object) => object.type === type)?.value;
  assert.equal(find('sighting')?.['sighting_of_ref'], `indicator--${uuid(1)}`);
  assert.equal(find('indicator')?.['valid_until'], '2026-01-02T00:00:00.000Z');
  assert.equal(find('malware')?.['is_family'], true);
  assert.equal(find('relationship')?.['relationship_type'], 'indicates');
});

test('the same event gives the same objects, and each object is its own text', () => {
  const event = {
    Attribute: [{ type: 'url', value: 'http://evil.example/a', to_ids: true }],
    Orgc: { name: 'CERT Example' },
  };
  const [first, second] = [convert(event), convert(event)];
  assert.deepEqual(first, second);
  for (const object of first.objects) assert.deepEqual(JSON.parse(object.text), object.value);
});

test('an organisation and a cluster are the same objects whichever event names them', () => {
  const shared = {
    Orgc: { name: 'CERT Example', uuid: uuid(8) },
    Galaxy: [{ type: 'tool', GalaxyCluster: [{ uuid: uuid(9), value: 'X', version: '4' }] }],
  };
  const textsOf = (event: JsonObject): string[] =>
    convert(event)
      .objects.filter((object) => object.type === 'identity' || object.type === 'tool')
      .map((object) => object.text);
  const first = textsOf({ ...shared, timestamp: '1767225600' });
  assert.equal(first.length, 2);
  const other = textsOf({ ...shared, uuid: uuid(7), timestamp: '1767999999' });
  assert.deepEqual(other, first);
  const elsewhere = textsOf({ ...shared, Orgc: { name: 'CERT Elsewhere', uuid: uuid(6) } });
  assert.ok(elsewhere.includes(first.find((text) => text.includes('"tool"')) ?? ''), 'whoever wrote the event');
});

test('events are read from {"Event"}, {"response"}, arrays and by themselves; what is none is an error among them', () => {
  const event = { info: 'x', Attribute: [] };
  const documents = [{ Event: event }, { response: [{ Event: event }] }, [{ Event: event }, event], event];
  assert.deepEqual(
    documents.map((document) => [...parseMispEvents(JSON.stringify(document))].length),
    [1, 1, 2, 1],
  );
  const mixed = [...parseMispEvents(JSON.stringify([{ Event: event }, { nothing: 1 }]))];
  assert.ok(mixed[1] instanceof ComityError && mixed[1].code === 'MISP_MALFORMED');
});

test('a manifest gives each event its timestamp; keys that are no uuid are counted', () => {
  const manifest = parseMispManifest(
    JSON.stringify({ [uuid(1)]: { info: 'a', timestamp: '17', Orgc: { name: 'o' } }, other: { info: 'b' } }),
  );
  assert.deepEqual(manifest.entries, [
    { uuid: uuid(1), info: 'a', organisation: 'o', timestampSeconds: 17, sha256: undefined },
  ]);
  assert.equal(manifest.skipped, 1);
  assert.ok(!isMispManifest({ info: 'x' }));
});

test('hashes.csv is read line by line; both halves of a value of two parts are hashed', () => {
  const { hashes, skipped } = parseMispHashes(`D41D8CD98F00B204E9800998ECF8427E,${uuid(1)}\nnonsense\n`);
  assert.deepEqual(hashes, [{ md5: 'd41d8cd98f00b204e9800998ecf8427e', eventUuid: uuid(1) }]);
  assert.equal(skipped, 1);
  const event = readMispEvent({ info: 'x', Attribute: [{ type: 'domain|ip', value: 'a.example|192.0.2.1' }] }, 'event');
  assert.deepEqual([...attributesOfEvent(event)].flatMap(hashedTexts), ['a.example', '192.0.2.1']);
});

test('a warninglist keeps its entries and counts those that are none', () => {
  const list = parseWarninglist(
    '{"name":"n","type":"hostname","list":[" a.example ","",7,".b.example"],"version":"3"}',
  );
  assert.deepEqual(list.list, ['a.example', '.b.example']);
  assert.deepEqual([list.skipped, list.version, list.type], [2, 3, 'hostname']);
  for (const bad of ['{"name":"n","type":"glob","list":[]}', '{"list":[]}', '[]', '{']) {
    assert.throws(() => parseWarninglist(bad), ComityError);
  }
});

test('a deletion, or to_ids switched off, withdraws the indicator made earlier; without the option a deletion is a loss', () => {
  const event = {
    Attribute: [
      { uuid: uuid(1), type: 'domain', value: 'gone.example', deleted: true, timestamp: '1767225601' },
      { uuid: uuid(2), type: 'domain', value: 'fact.example', to_ids: false, timestamp: '1767225602' },
    ],
    Object: [
      {
        deleted: true,
        timestamp: '1767225700',
        Attribute: [{ uuid: uuid(3), type: 'domain', value: 'c.example', timestamp: '1767225601' }],
      },
    ],
  };
  const { withdrawals, losses, attributes } = convert(event, { withdraws: true });
  assert.deepEqual(
    withdrawals.map(({ id, atUs, place, loss }) => [id, atUs / 1e6, place, loss?.field]),
    [
      [`indicator--${uuid(1)}`, 1_767_225_601, 'event.Attribute[0]', 'Attribute (deleted)'],
      [`indicator--${uuid(2)}`, 1_767_225_602, 'event.Attribute[1]', undefined],
      [`indicator--${uuid(3)}`, 1_767_225_700, 'event.Object[0].Attribute[0]', 'Attribute (deleted)'],
    ],
  );
  assert.match(withdrawals[0]?.reason ?? '', /deleted the attribute at 2026-01-01 00:00:01 UTC$/);
  assert.deepEqual(losses, []);
  assert.equal(attributes.deleted, 2);
  const plain = convert(event);
  assert.deepEqual(plain.withdrawals, []);
  assert.deepEqual(plain.losses, [{ field: 'Attribute (deleted)', reason: 'deleted at the sender', count: 2 }]);
});

test('a proposal on an attribute is told as a loss, as one on the event is', () => {
  const proposal = { type: 'domain', value: 'evil.example', proposal_to_delete: true };
  const { losses } = convert({
    ShadowAttribute: [proposal],
    Attribute: [{ uuid: uuid(1), type: 'domain', value: 'evil.example', to_ids: true, ShadowAttribute: [proposal] }],
  });
  assert.deepEqual(losses.map((loss) => loss.field).sort(), ['Attribute.ShadowAttribute', 'Event.ShadowAttribute']);
});

test('a uuid or timestamp that is there and none is rejected with its place; one that is absent is derived', () => {
  const attribute = { type: 'domain', value: 'evil.example', to_ids: true };
  const { faults, attributes } = convert({
    Attribute: [
      { ...attribute, uuid: 'bad' },
      { ...attribute, uuid: uuid(2), timestamp: 'NaN' },
      { ...attribute, uuid: '', timestamp: '0' },
    ],
    Object: [{ uuid: 'bad', Attribute: [attribute, attribute] }],
  });
  assert.deepEqual(faults, [
    { place: 'event.Attribute[0]', reason: 'its uuid is none: "bad"' },
    { place: 'event.Attribute[1]', reason: 'its timestamp is no number of seconds: "NaN"' },
    { place: 'event.Object[0]', reason: 'its uuid is none: "bad"; its 2 attributes are not taken' },
  ]);
  assert.equal(attributes.indicators, 1);
  assert.throws(() => convert({ timestamp: 'NaN' }), /Cannot read event: its timestamp is no number of seconds: "NaN"/);
});

test('each object says where in the event it comes from', () => {
  const { objects, places } = convert({
    Orgc: { name: 'CERT Example' },
    Attribute: [
      { uuid: uuid(1), type: 'comment', value: 'x' },
      { uuid: uuid(2), type: 'domain', value: 'evil.example', to_ids: true },
    ],
  });
  assert.deepEqual(
    objects.map(({ id, type }) => [type, places.get(id)]),
    [
      ['identity', 'event'],
      ['note', 'event.Attribute[0]'],
      ['indicator', 'event.Attribute[1]'],
      ['grouping', 'event'],
    ],
  );
});

test('whatever JSON comes, only our own errors are thrown and attributes are accounted for', () => {
  const field = fc.oneof(fc.string(), fc.integer(), fc.boolean(), fc.constant(null), fc.jsonValue());
  const attribute = fc.record({
    type: fc.constantFrom('domain', 'ip-dst|port', 'AS', 'regkey|value', 'constructor', 'x'),
    value: field,
    uuid: field,
    Tag: field,
    to_ids: field,
    Galaxy: field,
    Sighting: field,
  });
  const event = fc.record({
    info: field,
    uuid: field,
    timestamp: field,
    date: field,
    Orgc: field,
    Tag: field,
    Attribute: fc.array(fc.oneof(attribute, field)),
    Object: field,
  });
  fc.assert(
    fc.property(event, (value) => {
      try {
        const parsed = parseMispEvent(JSON.stringify(value));
        const { attributes } = mispToStix(parsed);
        const { indicators, observables, others, deleted, lost } = attributes;
        assert.equal(indicators + observables + others + deleted + lost, [...attributesOfEvent(parsed)].length);
      } catch (error) {
        if (!(error instanceof ComityError)) throw error;
      }
    }),
    { numRuns: 500 },
  );
});
