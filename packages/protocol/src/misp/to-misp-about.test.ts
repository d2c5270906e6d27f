import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { JsonObject } from '../base/index.ts';
import type { StixObject } from '../stix/index.ts';
import {
  uuid,
  day,
  dayS,
  sdo,
  sco,
  indicator,
  pairsIn,
  pairsOf,
  convert,
  fields,
  first,
  listOf,
  tagsOf,
} from './to-misp-for-tests.ts';

const revoked = { revoked: true };
const listed = (rest: JsonObject = {}): StixObject => indicator(3, "[domain-name:value = 'a.example']", rest);
const name = sco('domain-name', 4, { value: 'a.example' });
const observed = sdo('observed-data', 5, {
  first_observed: day,
  last_observed: day,
  number_observed: 1,
  object_refs: [name.id],
});
const malware = (rest: JsonObject = {}): StixObject => sdo('malware', 6, { name: 'M', is_family: true, ...rest });
const relationship = (number: number, type: string, from: string, to: string, rest: JsonObject = {}): StixObject =>
  sdo('relationship', number, { relationship_type: type, source_ref: from, target_ref: to, ...rest });
const sighting = (of: string, rest: JsonObject = {}): StixObject =>
  sdo('sighting', 7, { sighting_of_ref: of, last_seen: day, count: 1, ...rest });
const seen = (attribute: JsonObject): unknown[] =>
  listOf(attribute['Sighting'] ?? []).map((each) => each['date_sighting']);

test('what is revoked says nothing about an attribute or event: no sighting, no cluster, no relationship', () => {
  const points = (rest: JsonObject = {}) => relationship(8, 'indicates', listed().id, malware().id, rest);
  const withSighting = convert([listed(), sighting(listed().id, revoked)]);
  assert.deepEqual([seen(first(withSighting)), fields(withSighting)], [[], []]);
  const withCluster = convert([listed(), malware(revoked), points()]);
  assert.deepEqual([tagsOf(first(withCluster)), tagsOf(withCluster.event), fields(withCluster)], [[], [], []]);
  const alone = convert([listed(), malware(revoked)]);
  assert.deepEqual([tagsOf(alone.event), fields(alone)], [[], []]);
  const apart = convert([listed(), malware(), points(revoked)]);
  assert.deepEqual([tagsOf(first(apart)), tagsOf(apart.event)], [[], ['misp-galaxy:stix-2.1-malware="M"']]);
});

test('what is observed stays where the indicator based on it is revoked, or is no longer said to be', () => {
  const based = (rest: JsonObject = {}) => relationship(8, 'based-on', listed().id, observed.id, rest);
  const deleted = (objects: readonly StixObject[]) =>
    listOf(convert(objects).event['Attribute']).map((each) => each['deleted']);
  assert.deepEqual(deleted([listed(), observed, name, based()]), [false]);
  assert.deepEqual(deleted([listed(revoked), observed, name, based()]), [true, false]);
  assert.deepEqual(deleted([listed(), observed, name, based(revoked)]), [false, false]);
});

test('what is about something that is said by another is about that: sightings and clusters, in any order', () => {
  const based = relationship(8, 'based-on', listed().id, observed.id);
  const points = relationship(9, 'related-to', observed.id, malware().id);
  const about = [sighting(observed.id), points, malware()];
  for (const objects of [
    [...about, based, listed(), observed, name],
    [listed(), observed, name, based, ...about],
  ]) {
    const of = convert(objects);
    assert.deepEqual(pairsIn(of), ['domain a.example']);
    assert.deepEqual([seen(first(of)), tagsOf(first(of))], [[dayS], ['misp-galaxy:stix-2.1-malware="M"']]);
    assert.deepEqual([tagsOf(of.event), fields(of)], [[], []]);
  }
  const traffic = sco('network-traffic', 10, { dst_ref: name.id, protocols: ['tcp'] });
  const [part] = listOf(convert([traffic, name, sighting(name.id)]).event['Object']);
  assert.deepEqual(listOf(part!['Attribute']).map(seen), [[dayS]]);
});

test('of two that say the same of each other one stays, and a chain of them ends at the first', () => {
  const chained = (count: number, next: (index: number) => number) =>
    Array.from({ length: count }, (_, index) =>
      sco('domain-name', index, { value: 'a.example', x_next_ref: `domain-name--${uuid(next(index))}` }),
    );
  assert.deepEqual(pairsOf(...chained(2, (index) => 1 - index)), ['domain a.example']);
  for (const objects of [chained(5, (index) => index + 1), chained(5, (index) => index + 1).toReversed()]) {
    const of = convert([...objects, sighting(`domain-name--${uuid(4)}`)]);
    assert.deepEqual([pairsIn(of), seen(first(of))], [['domain a.example'], [dayS]]);
    assert.equal(first(of)['uuid'], first(convert([objects.find(({ id }) => id.endsWith(uuid(0)))!]))['uuid']);
  }
});

test('two parts of one object that say the same both stay, whatever refers to them', () => {
  const address = sco('email-addr', 4, { value: 'a@b.example' });
  const mail = sco('email-message', 5, {
    from_ref: address.id,
    to_refs: [address.id],
    x_own_ref: `email-message--${uuid(5)}`,
  });
  assert.deepEqual(pairsOf(mail, address), ['email-src a@b.example', 'email-dst a@b.example']);
});

test('who is referred to is found in one go through the objects, however many there are', () => {
  const count = 200;
  let reads = 0;
  const objects = Array.from({ length: count }, (_, index) => {
    const object = sdo('identity', index, { name: 'Somebody' });
    Object.defineProperty(object.value, 'where_sighted_refs', {
      get: () => {
        reads += 1;
        return [`identity--${uuid(index % 2)}`];
      },
    });
    return object;
  });
  assert.deepEqual(
    convert(objects).losses.map(({ count }) => count),
    [count - 2],
  );
  assert.ok(reads <= 2 * count, `${reads} reads`);
});

test('what refers to the same over and over is taken until the event says too much; the rest is a loss', () => {
  const count = 350;
  const addresses = Array.from({ length: count }, (_, index) =>
    sco('ipv4-addr', index, { value: `192.0.${index >> 8}.${index & 255}` }),
  );
  const hub = sco('domain-name', 1, { value: 'a.example' });
  let reads = 0;
  Object.defineProperty(hub.value, 'resolves_to_refs', {
    enumerable: true,
    get: () => {
      reads += 1;
      return addresses.map(({ id }) => id);
    },
  });
  const sightings = Array.from({ length: count }, (_, index) =>
    sdo('observed-data', index, { first_observed: day, last_observed: day, number_observed: 1, object_refs: [hub.id] }),
  );
  const { losses, attributes } = convert([...addresses, hub, ...sightings]);
  const lost = losses.find(({ field }) => field === 'Object type "observed-data"')?.count ?? 0;
  assert.ok(lost > count / 2 && lost < count, `${lost} lost`);
  assert.equal(attributes, (count - lost) * (count + 1), 'each whole or not at all');
  assert.ok(reads < 5 * (count - lost), `${reads} reads: what is lost is not looked at one by one`);
});

test('clusters are tagged onto attributes until the event says too much; the rest is a loss', () => {
  const names = Array.from({ length: 1000 }, (_, index) => `'${index}.example'`);
  const many = indicator(3, `[domain-name:value IN (${names.join(', ')})]`);
  const clusters = Array.from({ length: 110 }, (_, index) =>
    sdo('malware', index, { name: `M${index}`, is_family: true }),
  );
  const points = clusters.map(({ id }, index) => relationship(200 + index, 'indicates', many.id, id));
  const of = convert([many, ...clusters, ...points]);
  assert.deepEqual([of.attributes, tagsOf(first(of)).length, tagsOf(of.event)], [1000, 100, []]);
  assert.deepEqual(
    of.losses.map(({ field, count }) => [field, count]),
    [['Object type "malware"', 10]],
  );
});
