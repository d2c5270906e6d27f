import assert from 'node:assert/strict';
import { isIP } from 'node:net';
import test from 'node:test';
import fc from 'fast-check';
import { isJsonObject } from '@comity/protocol/base';
import type { JsonObject, JsonValue } from '@comity/protocol/base';
import { parseValue } from '@comity/protocol/values';
import type { ValueKind } from '@comity/protocol/values';
import { createScreen, Table } from '@comity/screen';
import type { RecordMatch } from '@comity/screen';
import { ecsFieldTypes } from './ecs-fields-for-tests.ts';
import { asciiJson, cutText, matchDocument, matchText } from './match-text.ts';
import type { ToldMatch } from './told-match.ts';

const teller = { hostname: 'sensor-1.example', version: '0.0.0' };
const at = '2026-11-20T10:11:12.131Z';

function told(kind: ValueKind, value: string, record: string, rest: Partial<ToldMatch> = {}): ToldMatch {
  return {
    id: 'match-0000000001',
    at,
    sourceName: 'records',
    file: '/var/log/x.log',
    line: 7,
    record,
    value,
    kind,
    relation: 'exact',
    alarm: true,
    indicator: {
      id: 'indicator--00000000-0000-4000-8000-000000000001',
      listed: value,
      label: { tlp: 'amber+strict', pap: 'amber' },
      name: 'C2',
      description: 'Seen in a campaign',
      confidence: 80,
      types: ['malicious-activity'],
      modified: at,
    },
    ...rest,
  };
}

/** Leaves by their dotted path; `labels` is one field. */
function leaves(value: JsonValue, path: readonly string[] = []): (readonly [string, JsonValue])[] {
  const name = path.join('.');
  if (!isJsonObject(value) || name === 'labels') return [[name, value]];
  return Object.entries(value).flatMap(([key, inner]) => leaves(inner, [...path, key]));
}

const isOf: Readonly<Record<string, (value: JsonValue) => boolean>> = {
  keyword: (value) => typeof value === 'string',
  wildcard: (value) => typeof value === 'string',
  match_only_text: (value) => typeof value === 'string',
  ip: (value) => typeof value === 'string' && isIP(value) !== 0,
  long: (value) => Number.isSafeInteger(value),
  date: (value) => typeof value === 'string' && !Number.isNaN(Date.parse(value)),
  object: (value) => isJsonObject(value) && Object.values(value).every((each) => typeof each === 'string'),
};

/** What is wrong with a document by the list of fields of the schema. */
function faultsOf(document: JsonObject): string[] {
  return leaves(document).flatMap(([name, value]) => {
    const type = ecsFieldTypes[name];
    if (type === undefined) return [`${name} is no field of the schema`];
    const isList = type.endsWith('[]');
    const is = isOf[type.replace('[]', '')] ?? (() => false);
    if (isList !== Array.isArray(value)) return [`${name} is ${isList ? 'a' : 'no'} list`];
    const good = Array.isArray(value) ? value.length > 0 && value.every(is) : is(value);
    return good ? [] : [`${name} is ${JSON.stringify(value)}, no ${type}`];
  });
}

/** What our own reader of the schema finds in a document. */
function readBack(document: JsonObject, kind: ValueKind, value: string): RecordMatch[] {
  const found: RecordMatch[] = [];
  const table = Table.build([{ value: parseValue(value, kind), ref: 0 }]);
  const screen = createScreen(table, {}, { match: ({ matches }) => void found.push(...matches) });
  screen.push(Buffer.from(`${JSON.stringify(document)}\n`));
  screen.end();
  assert.equal(screen.state?.format, 'ecs');
  return found;
}

const hash = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';
/** A record of each format that names its fields, what is found in it, and what of it the document says. */
const records: Readonly<Record<string, readonly [ValueKind, string, string, Readonly<Record<string, JsonValue>>]>> = {
  'zeek-json dns': [
    'domain',
    'evil.example',
    '{"ts":1700000000.5,"id.orig_h":"10.0.0.5","id.orig_p":5353,"id.resp_h":"10.0.0.1","id.resp_p":53,"query":"evil.example","qtype_name":"A","answers":["198.51.100.7"]}',
    {
      'dns.question.name': 'evil.example',
      'dns.question.type': 'A',
      'source.ip': '10.0.0.5',
      'source.port': 5353,
      'destination.ip': '10.0.0.1',
      'dns.resolved_ip': ['198.51.100.7'],
    },
  ],
  'eve http': [
    'url',
    'evil.example/mal/a.exe',
    '{"timestamp":"2026-11-20T10:00:00.000000+0000","event_type":"http","src_ip":"10.0.0.5","src_port":4000,"dest_ip":"203.0.113.7","dest_port":80,"proto":"TCP","http":{"hostname":"evil.example","url":"/mal/a.exe","http_method":"GET","http_user_agent":"curl/8","status":200}}',
    {
      'url.full': 'http://evil.example/mal/a.exe',
      'url.domain': 'evil.example',
      'http.request.method': 'GET',
      'http.response.status_code': 200,
      'user_agent.original': 'curl/8',
      'destination.port': 80,
    },
  ],
  ecs: [
    'ipv4',
    '203.0.113.7',
    '{"@timestamp":"2026-11-20T10:00:00.000Z","ecs":{"version":"8.11.0"},"source":{"ip":"10.0.0.5","port":1},"destination":{"ip":"203.0.113.7","port":443,"bytes":12},"network":{"transport":"tcp"},"user":{"name":"ada"}}',
    {
      'destination.ip': '203.0.113.7',
      'destination.port': 443,
      'destination.bytes': 12,
      'network.transport': 'tcp',
      'user.name': 'ada',
    },
  ],
  'access log': [
    'ipv4',
    '203.0.113.7',
    '203.0.113.7 - ada [20/Nov/2026:10:00:00 +0000] "GET /a?b=c HTTP/1.1" 404 12 "https://ref.example/" "curl/8"',
    {
      'source.ip': '203.0.113.7',
      'user.name': 'ada',
      'http.request.method': 'GET',
      'url.original': '/a?b=c',
      'http.response.status_code': 404,
      'http.request.referrer': 'https://ref.example/',
    },
  ],
  'BIND query log': [
    'domain',
    'evil.example',
    '20-Nov-2026 10:00:00.000 queries: info: client @0x7f 10.0.0.5#5353 (evil.example): query: evil.example IN AAAA + (10.0.0.1)',
    { 'dns.question.name': 'evil.example', 'dns.question.type': 'AAAA', 'source.ip': '10.0.0.5' },
  ],
  'Sysmon process': [
    'sha256',
    hash,
    `{"EventID":1,"Channel":"Microsoft-Windows-Sysmon/Operational","Provider_Name":"Microsoft-Windows-Sysmon","Computer":"pc-1","Image":"C:\\\\a.exe","CommandLine":"a.exe -x","ProcessId":"42","User":"LAB\\\\ada","Hashes":"SHA256=${hash.toUpperCase()}"}`,
    {
      'process.executable': 'C:\\a.exe',
      'process.command_line': 'a.exe -x',
      'process.pid': 42,
      'file.hash.sha256': hash,
    },
  ],
  'a line of anything': ['email', 'mallory@evil.example', 'from=<mallory@evil.example>', {}],
};

for (const [format, [kind, value, record, wanted]] of Object.entries(records)) {
  test(`a match in ${format} is a document of fields the schema has, of their types, in which our reader finds the same value`, () => {
    const document = matchDocument(told(kind, value, record), 'ecs', teller);
    assert.deepEqual(faultsOf(document), []);
    const fields = Object.fromEntries(leaves(document));
    for (const [name, shown] of Object.entries(wanted)) assert.deepEqual(fields[name], shown, name);
    assert.equal(fields['event.original'], record);
    const found = readBack(document, kind, value);
    assert.ok(
      found.some((match) => match.value === value && match.field?.startsWith('threat.indicator.')),
      'what is listed',
    );
    if (Object.keys(wanted).length > 0)
      assert.ok(
        found.some(({ field = '' }) => !/^(?:threat|event|message|related)/.test(field)),
        'where it was found',
      );
  });
}

test('the label, the confidence and what is listed stand where the schema has them; a network is no address', () => {
  const fields = (match: ToldMatch) => Object.fromEntries(leaves(matchDocument(match, 'ecs', teller)));
  const one = fields(told('ipv4', '192.0.2.7', '', { indicator: { listed: '192.0.2.7:443', confidence: 20 } }));
  assert.deepEqual(
    [one['threat.indicator.ip'], one['threat.indicator.port'], one['threat.indicator.confidence']],
    ['192.0.2.7', 443, 'Low'],
  );
  assert.ok(!('threat.indicator.marking.tlp' in one) && !('event.original' in one));
  const network = fields(told('ipv4', '192.0.2.7', '', { relation: 'cidr', indicator: { listed: '192.0.2.0/24' } }));
  assert.deepEqual(
    [network['threat.indicator.name'], network['threat.indicator.ip'], network['related.ip']],
    ['192.0.2.0/24', undefined, ['192.0.2.7']],
  );
  const v6 = fields(told('ipv6', '2001:db8::1', '', { indicator: { listed: '[2001:db8::1]:443', confidence: 0 } }));
  assert.deepEqual(
    [
      v6['threat.indicator.type'],
      v6['threat.indicator.ip'],
      v6['threat.indicator.port'],
      v6['threat.indicator.confidence'],
    ],
    ['ipv6-addr', '2001:db8::1', 443, 'None'],
  );
  const bare = fields(told('ipv6', '2001:db8::1', '', { indicator: { listed: '2001:db8::1', confidence: 50 } }));
  assert.deepEqual([bare['threat.indicator.ip'], bare['threat.indicator.confidence']], ['2001:db8::1', 'Medium']);
  const labelled = fields(told('domain', 'evil.example', 'evil.example'));
  assert.deepEqual(
    [
      labelled['threat.indicator.marking.tlp'],
      labelled['threat.indicator.marking.tlp_version'],
      labelled['threat.indicator.confidence'],
      (labelled['labels'] as JsonObject)['pap'],
    ],
    ['AMBER+STRICT', '2.0', 'High', 'AMBER'],
  );
  const rule = fields(
    told('other', 'Mimikatz', 'x', {
      relation: 'pattern',
      indicator: { id: 'indicator--1', listed: 'Mimikatz', name: 'Mimikatz' },
    }),
  );
  assert.deepEqual(
    [rule['rule.id'], rule['rule.name'], rule['threat.indicator.type']],
    ['indicator--1', 'Mimikatz', undefined],
  );
});

test('the planted faults are seen: a field that is none, a list that is none, an address that is none', () => {
  assert.equal(faultsOf({ event: { kindness: 'x' } }).length, 1);
  assert.equal(faultsOf({ tags: 'x' }).length, 1);
  assert.equal(faultsOf({ source: { ip: '10.0.0.0/8' } }).length, 1);
});

const anyText = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 300 }),
  fc.string({ unit: 'grapheme', maxLength: 9000 }),
  fc.constant('\u0001'.repeat(9000)),
  fc.constant('é'.repeat(9000)),
  fc.constant('\u{1f600}"\\'.repeat(3000)),
  fc.constantFrom(...Object.values(records).map(([, , record]) => record)),
);
const anyMatch = fc.record({
  value: anyText,
  record: anyText,
  name: anyText,
  listed: anyText,
  kind: fc.constantFrom<ValueKind>('domain', 'ipv4', 'url', 'email', 'sha256', 'other'),
  relation: fc.constantFrom<ToldMatch['relation']>('exact', 'subdomain', 'cidr', 'prefix', 'pattern'),
});
const matchOf = ({
  value,
  record,
  name,
  listed,
  kind,
  relation,
}: typeof anyMatch extends fc.Arbitrary<infer T> ? T : never) =>
  told(kind, value, record, {
    file: name,
    field: name,
    sourceName: name,
    relation,
    indicator: {
      id: 'indicator--00000000-0000-4000-8000-000000000001',
      listed,
      name,
      description: name,
      label: { tlp: 'red', pap: 'red' },
    },
  });

test('whatever a record holds, a document is of fields the schema has, of their types', () => {
  fc.assert(
    fc.property(anyMatch, (one) => {
      assert.deepEqual(faultsOf(matchDocument(matchOf(one), 'ecs', teller)), []);
    }),
    { numRuns: 300 },
  );
});

test('a text of bounded size is one line of whole JSON that keeps id and label, the record goes first', () => {
  const longHost = { hostname: 'h'.repeat(64), version: '10.20.30' };
  fc.assert(
    fc.property(anyMatch, fc.constantFrom('comity' as const, 'ecs' as const), fc.boolean(), (one, form, ascii) => {
      const text = matchText(matchOf(one), form, longHost, { bytesMax: 1600, ...(ascii && { write: asciiJson }) });
      assert.ok(Buffer.byteLength(text) <= 1600, `${Buffer.byteLength(text)}`);
      // oxlint-disable-next-line no-control-regex -- control characters are what this is about
      if (ascii) assert.doesNotMatch(text, /[^\x20-\x7e]/);
      assert.ok(!text.includes('\n'));
      const document = JSON.parse(text) as JsonObject;
      const fields = Object.fromEntries(leaves(document));
      assert.equal(fields[form === 'ecs' ? 'event.id' : 'id'], 'match-0000000001');
      assert.equal(fields[form === 'ecs' ? 'threat.indicator.marking.tlp' : 'tlp'], form === 'ecs' ? 'RED' : 'TLP:RED');
    }),
    { numRuns: 300 },
  );
  const long = told('domain', 'evil.example', `evil.example ${'x'.repeat(3000)}`);
  const text = matchText(long, 'comity', teller, { bytesMax: 1600 });
  assert.ok(!text.includes('xxx') && text.includes('Seen in a campaign'));
});

test('a text is cut between characters, and no longer than it says', () => {
  assert.equal(cutText('short', 96), 'short');
  assert.equal(cutText('\u{1f600}'.repeat(100), 20), '\u{1f600}'.repeat(4) + '…');
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (value) => {
      assert.ok(Buffer.byteLength(JSON.stringify(cutText(value, 96))) - 2 <= 96);
      assert.ok(cutText(value, 96, asciiJson).isWellFormed() || !value.isWellFormed());
    }),
  );
});
