import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { JsonObject } from '../base/index.ts';
import { markingIdOfPap, markingIdOfTlp } from '../markings/index.ts';
import type { Tlp } from '../markings/index.ts';
import type { StixObject } from '../stix/index.ts';
import { stixToMisp } from './index.ts';
import {
  uuid,
  day,
  sdo,
  sco,
  indicator,
  convert,
  fields,
  first,
  listOf,
  roundTrip,
  tagsOf,
} from './to-misp-for-tests.ts';

const labelled = (tlp: Tlp, ...more: string[]): JsonObject => ({
  object_marking_refs: [markingIdOfTlp(tlp), ...more],
});
const observed = (refs: readonly string[], rest: JsonObject): StixObject =>
  sdo('observed-data', 3, {
    first_observed: day,
    last_observed: day,
    number_observed: 1,
    object_refs: [...refs],
    ...rest,
  });
const listed = (tlp: Tlp): StixObject => indicator(20, "[domain-name:value = 'a.example']", labelled(tlp));
const labelOf = (objects: readonly StixObject[]): unknown[] => {
  const { event, tlp } = convert(objects);
  return [event['distribution'], tagsOf(event), tlp];
};
const red = ['0', ['tlp:red'], 'red'];

test('what an observation is about tightens it: by its own values, and by one it came from', () => {
  const name = sco('domain-name', 4, { value: 'a.example', ...labelled('red') });
  assert.deepEqual(labelOf([observed([name.id], labelled('green')), name]), red);
  const noted = { ...labelled('green'), labels: ['misp:type="domain"'] };
  assert.deepEqual(labelOf([observed([name.id], noted), name]), red);
});

test('what an observable says of another is under the label of that, too', () => {
  const address = sco('ipv4-addr', 4, { value: '192.0.2.1', ...labelled('red', markingIdOfPap('amber')) });
  const traffic = sco('network-traffic', 5, { dst_ref: address.id, dst_port: 443, ...labelled('clear') });
  const name = sco('domain-name', 6, { value: 'a.example', resolves_to_refs: [address.id], ...labelled('clear') });
  const mail = sco('email-message', 7, { subject: 'S', from_ref: `email-addr--${uuid(8)}`, ...labelled('clear') });
  const sender = sco('email-addr', 8, { value: 'a@b.example', ...labelled('red') });
  for (const objects of [
    [traffic, address],
    [name, address],
  ])
    assert.deepEqual(labelOf(objects), ['0', ['tlp:red', 'PAP:AMBER'], 'red']);
  assert.deepEqual(labelOf([mail, sender]), red);
  const said = listOf(convert([traffic, address]).event['Object']).flatMap((each) => listOf(each['Attribute']));
  assert.deepEqual(said.map(tagsOf), [[], []], 'none is as wide as the traffic');
});

test('a stricter sighting, and a stricter organisation that saw it, are left out, and are losses', () => {
  const where = (tlp: Tlp) => sdo('identity', 9, { name: 'Somebody', ...labelled(tlp) });
  const sighting = (rest: JsonObject) =>
    sdo('sighting', 8, {
      sighting_of_ref: `indicator--${uuid(20)}`,
      last_seen: day,
      where_sighted_refs: [where('clear').id],
      count: 1,
      ...rest,
    });
  const sources = (of: ReturnType<typeof convert>) => listOf(first(of)['Sighting'] ?? []).map((each) => each['source']);
  const strict = convert([listed('clear'), sighting(labelled('red')), where('clear')]);
  assert.deepEqual([sources(strict), strict.tlp, fields(strict)], [[], 'clear', ['Object type "sighting"']]);
  const unlabelled = convert([listed('clear'), sighting({}), where('clear')]);
  assert.deepEqual([sources(unlabelled), fields(unlabelled)], [[], ['Object type "sighting"']]);
  const unnamed = convert([listed('clear'), sighting(labelled('clear')), where('red')]);
  assert.deepEqual([sources(unnamed), unnamed.tlp, fields(unnamed)], [[''], 'clear', ['identity.name']]);
  const said = convert([listed('clear'), sighting(labelled('clear')), where('clear')]);
  assert.deepEqual([sources(said), fields(said)], [['Somebody'], []]);
});

test('an organisation stricter than its report is an id there', () => {
  const author = (rest: JsonObject) => sdo('identity', 9, { name: 'Somebody', ...rest });
  const report = sdo('report', 10, { name: 'R', created_by_ref: author({}).id, ...labelled('clear') });
  const nameOf = (rest: JsonObject) =>
    (stixToMisp(report, [author(rest), listed('clear')]).event['Orgc'] as JsonObject)['name'];
  assert.deepEqual([nameOf({}), nameOf(labelled('clear'))], ['Somebody', 'Somebody']);
  assert.equal(nameOf(labelled('green')), author({}).id);
});

test('the tag of a cluster that is stricter, or stands there by a stricter word, is left out, and is a loss', () => {
  const cluster = (rest: JsonObject) => sdo('malware', 9, { name: 'M', is_family: true, ...rest });
  const points = (rest: JsonObject) =>
    sdo('relationship', 8, {
      relationship_type: 'indicates',
      source_ref: listed('green').id,
      target_ref: cluster({}).id,
      ...rest,
    });
  const said = (...about: readonly StixObject[]): unknown[] => {
    const of = convert([listed('green'), ...about]);
    return [tagsOf(first(of)).length, tagsOf(of.event), fields(of)];
  };
  const lost = [0, ['tlp:green'], ['Object type "malware"']];
  assert.deepEqual(said(cluster({}), points(labelled('green'))), [1, ['tlp:green'], []]);
  assert.deepEqual(said(cluster(labelled('amber')), points(labelled('green'))), lost);
  assert.deepEqual(said(cluster(labelled('green', markingIdOfPap('red'))), points(labelled('green'))), lost);
  assert.deepEqual(said(cluster({}), points(labelled('amber'))), lost);
  assert.deepEqual(said(cluster({}), points({})), lost, 'what is not labelled may be anything');
  assert.deepEqual(said(cluster(labelled('amber'))), lost, 'on the event, too');
});

test('an attribute without a label keeps its event with whoever gets it, whatever stands beside it', () => {
  const none = indicator(5, "[domain-name:value = 'b.example']");
  const of = convert([listed('clear'), none]);
  assert.deepEqual([of.event['distribution'], tagsOf(of.event), of.tlp], ['0', ['tlp:amber+strict'], 'amber+strict']);
  assert.deepEqual(listOf(of.event['Attribute']).map(tagsOf), [['tlp:clear'], []]);
  const report = sdo('report', 10, { name: 'R', object_refs: [] });
  assert.deepEqual(tagsOf(stixToMisp(report, [listed('clear')]).event), ['tlp:amber+strict']);
  const name = sco('domain-name', 4, { value: 'a.example' });
  assert.deepEqual(labelOf([observed([name.id], labelled('clear')), name])[0], '0');
  assert.deepEqual(labelOf([listed('red'), none]), red);
});

test('an event that is labelled goes back under its label with its sightings, clusters and organisation', () => {
  const back = roundTrip({
    published: true,
    Tag: [{ name: 'tlp:clear' }],
    Orgc: { name: 'CERT Example', uuid: uuid(8) },
    Galaxy: [{ type: 'tool', GalaxyCluster: [{ uuid: uuid(12), value: 'Saw' }] }],
    Attribute: [
      {
        type: 'domain',
        value: 'a.example',
        Sighting: [{ uuid: uuid(11), type: '0', date_sighting: '1767225700', source: 'sensor' }],
        Galaxy: [{ type: 'tool', GalaxyCluster: [{ uuid: uuid(13), value: 'Hammer' }] }],
      },
    ],
  });
  assert.deepEqual(
    [
      back.event['distribution'],
      tagsOf(back.event),
      tagsOf(first(back)),
      listOf(first(back)['Sighting'])[0]?.['source'],
    ],
    ['3', ['tlp:clear', 'misp-galaxy:tool="Saw"'], ['misp-galaxy:tool="Hammer"'], 'sensor'],
  );
});

test('a distribution that was noted widens neither what an attribute nor what its event is labelled', () => {
  const noted = (level: string, tlp?: Tlp) =>
    indicator(3, "[domain-name:value = 'a.example']", {
      labels: [`misp:distribution="${level}"`],
      ...(tlp === undefined ? {} : labelled(tlp)),
    });
  const reachOf = (object: StixObject): unknown[] => {
    const of = convert([object]);
    return [of.event['distribution'], first(of)['distribution']];
  };
  assert.deepEqual(reachOf(noted('3', 'amber')), ['0', '5']);
  assert.deepEqual(reachOf(noted('3', 'clear')), ['3', '5']);
  assert.deepEqual(reachOf(noted('2', 'clear')), ['3', '2']);
  assert.deepEqual(reachOf(noted('3', 'green')), ['2', '5']);
  assert.deepEqual(reachOf(noted('1', 'green')), ['2', '1']);
  assert.deepEqual(reachOf(noted('3')), ['0', '5']);
});
