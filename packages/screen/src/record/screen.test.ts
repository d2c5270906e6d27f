import assert from 'node:assert/strict';
import { test } from 'node:test';
import { recogniseValue } from '@comity/protocol/values';
import { formats } from '../formats/index.ts';
import { sampleLines, sampleText } from '../formats/sample-lines.ts';
import { Table } from '../table/index.ts';
import { createScreen } from './index.ts';
import type { RecordMatch, Screen, ScreenOptions } from './index.ts';

function tableOf(...listed: readonly string[]): Table {
  return Table.build(
    listed.map((text, ref) => {
      const value = recogniseValue(text);
      assert.ok(value !== undefined, text);
      return { value, ref };
    }),
  );
}

const table = tableOf('evil.example', '203.0.113.7', 'evil.example/mal/a.exe');

interface Found extends RecordMatch {
  readonly line: number;
  readonly offset: number;
  readonly record: string;
}

interface Run {
  readonly screen: Screen;
  readonly found: Found[];
}

function start(options: ScreenOptions = {}, listed: Table = table): Run {
  const found: Found[] = [];
  const screen = createScreen(listed, options, {
    match({ line, offset, record, matches }) {
      for (const match of matches) found.push({ ...match, line, offset, record: Buffer.from(record).toString() });
    },
  });
  return { screen, found };
}

function run(text: string | Uint8Array, options: ScreenOptions = {}, listed: Table = table): Run {
  const running = start(options, listed);
  running.screen.push(typeof text === 'string' ? Buffer.from(text) : text);
  running.screen.end();
  return running;
}

function brief(found: readonly Found[]): string[] {
  return found.map(({ line, field, relation, value, port }) =>
    [line, field ?? '-', relation, value, port ?? ''].join(' ').trim(),
  );
}

test('a match names line, field, relation, seen value and listed value', () => {
  const { found } = run(sampleText('zeek-json'));
  assert.deepEqual(brief(found), [
    '1 id.resp_h exact 203.0.113.7',
    '1 query subdomain a.evil.example',
    '1 answers exact 203.0.113.7',
    '2 id_resp_h exact 203.0.113.7',
    '2 host exact evil.example',
    '2 host+uri exact evil.example/mal/a.exe',
  ]);
  assert.equal(found[1]?.indicator, 'evil.example');
  assert.equal(found[1]?.record.slice(found[1].start, found[1].end), 'a.evil.example');
});

test('every format finds what its sample holds, in the fields of the format', () => {
  const fields: Record<string, string[]> = {};
  for (const { name } of formats) {
    fields[name] = [...new Set(run(sampleText(name)).found.map(({ field }) => field ?? '-'))].sort();
  }
  assert.deepEqual(fields, {
    'zeek-tsv': ['host', 'host+uri', 'id.resp_h'],
    'zeek-json': ['answers', 'host', 'host+uri', 'id.resp_h', 'id_resp_h', 'query'],
    eve: ['dest_ip', 'hostname', 'http.hostname+http.url', 'rdata', 'rrname'],
    // Its URL has a query, the listed one none.
    ecs: ['destination.domain', 'destination.ip', 'dns.question.name', 'url.domain'],
    windows: ['DestinationHostname', 'DestinationIp', 'Message', 'QueryName', 'QueryResults'],
    ndjson: ['dst', 'host', 'host+uri', 'nested.list.ip'],
    bind: ['query'],
    unbound: ['query'],
    dnsmasq: ['answers', 'query'],
    access: ['client', 'referer'],
    csv: ['dst_ip', 'hostname'],
    syslog: ['message'],
    raw: ['-'],
  });
});

for (const { name } of formats) {
  test(`${name}: cut into two at every offset, and into bytes, the matches are the same`, () => {
    const bytes = Buffer.from(sampleText(name));
    const whole = run(bytes).found;
    assert.ok(whole.length > 0);
    for (let cut = 0; cut <= Math.min(bytes.length, 512); cut++) {
      const { screen, found } = start();
      screen.push(bytes.subarray(0, cut));
      screen.push(bytes.subarray(cut));
      screen.end();
      assert.deepEqual(found, whole, `cut at ${cut}`);
    }
    const { screen, found } = start();
    for (let at = 0; at < bytes.length; at++) screen.push(bytes.subarray(at, at + 1));
    screen.end();
    assert.deepEqual(found, whole);
    assert.equal(screen.offset, bytes.length);
  });

  test(`${name}: stopped after any chunk and resumed at its offset, no match is lost and none doubled`, () => {
    const bytes = Buffer.from(sampleText(name));
    const whole = run(bytes).found;
    for (let cut = 1; cut < bytes.length; cut += 7) {
      const first = start();
      first.screen.push(bytes.subarray(0, cut));
      const { offset, state } = first.screen;
      const second = start(state === undefined ? {} : { resume: state });
      second.screen.push(bytes.subarray(offset));
      second.screen.end();
      const rest = second.found.map((found) => ({ ...found, offset: found.offset + offset }));
      assert.deepEqual([...first.found, ...rest], whole, `cut at ${cut}, resumed at ${offset}`);
    }
  });

  test(`${name}: CRLF line ends and a missing last line end change nothing`, () => {
    const text = sampleText(name);
    assert.deepEqual(brief(run(text.replaceAll('\n', '\r\n')).found), brief(run(text).found));
    assert.deepEqual(brief(run(text.slice(0, -1)).found), brief(run(text).found));
  });
}

test('an array of objects is screened object by object, whatever the cuts, with the line each begins on', () => {
  const array = JSON.stringify(
    sampleLines.eve.map((line) => JSON.parse(line) as unknown),
    undefined,
    2,
  );
  const { screen, found } = run(array);
  assert.equal(screen.records, 2);
  assert.deepEqual(
    found.map(({ field }) => field),
    ['dest_ip', 'hostname', 'http.hostname+http.url', 'rrname', 'rdata'],
  );
  assert.equal(found[0]?.line, 2);
  assert.equal(array.split('\n')[found[3]!.line - 1]?.trim(), '{');
  for (let cut = 0; cut < array.length; cut++) {
    const pieces = start();
    pieces.screen.push(Buffer.from(array.slice(0, cut)));
    pieces.screen.push(Buffer.from(array.slice(cut)));
    pieces.screen.end();
    assert.deepEqual(pieces.found, found, `cut at ${cut}`);
  }
});

test('an array resumed in its middle goes on with the next object', () => {
  const array = Buffer.from(`[\n${sampleLines.eve.join(',\n')}\n]\n`);
  const first = start();
  first.screen.push(array.subarray(0, sampleLines.eve[0]!.length + 20));
  const second = start({ resume: first.screen.state! });
  second.screen.push(array.subarray(first.screen.offset));
  second.screen.end();
  assert.deepEqual(brief([...first.found, ...second.found]), brief(run(array).found));
});

test('a broken object in an array costs no other object and is itself screened as text', () => {
  const { found } = run('[\n{"query":"evil.example},\n{"query":"a.evil.example"},\nlost 203.0.113.7 here\n]', {
    format: 'ndjson',
  });
  assert.ok(found.some(({ value }) => value === 'evil.example'));
  assert.ok(found.some(({ value }) => value === 'a.evil.example'));
  assert.ok(found.some(({ value }) => value === '203.0.113.7'));
  const open = run('[\n{"query":"evil.example",\n{"query":"a.evil.example"},\n{"query":"b.evil.example"}\n]');
  assert.deepEqual(brief(open.found), [
    '2 - exact evil.example',
    '3 query subdomain a.evil.example',
    '4 query subdomain b.evil.example',
  ]);
});

test('a value hidden from the raw look by an escape is found in its field', () => {
  for (const text of [
    '{"m":"\\u0065vil.example"}',
    '{"m":"x\\nevil.example"}',
    '{"m":"http:\\/\\/evil.example\\/mal\\/a.exe"}',
  ]) {
    const { found } = run(`${text}\n`);
    assert.ok(
      found.some(({ field, indicator }) => field === 'm' && indicator.startsWith('evil.example')),
      text,
    );
    assert.equal(found[0]?.start, undefined, 'no position: it does not stand there as such');
  }
  const zeek = run('#separator \\x09\n#fields\tm\nx\\x0aevil.example\n');
  assert.deepEqual(brief(zeek.found), ['3 m exact evil.example']);
});

test('a byte-order mark at the start belongs to no record', () => {
  for (const name of ['ndjson', 'csv', 'zeek-tsv', 'access', 'raw'] as const) {
    assert.deepEqual(brief(run(`\ufeff${sampleText(name)}`).found), brief(run(sampleText(name)).found), name);
  }
  const array = `\ufeff[${sampleLines.ndjson.join(',\n')}]`;
  assert.deepEqual(brief(run(array).found), brief(run(array.slice(1)).found));
});

test('keys are no values', () => {
  assert.deepEqual(run('{"evil.example":1,"203.0.113.7":{"a":"b"}}\n').found, []);
});

test('one record counts once for each listed value, field and relation; all listed ancestors are reported', () => {
  const ancestors = tableOf('evil.example', 'a.evil.example', '203.0.113.0/24', '203.0.113.7');
  const { found } = run(
    '{"q":["a.evil.example","a.evil.example","b.evil.example"],"ip":"203.0.113.7"}\n',
    {},
    ancestors,
  );
  assert.deepEqual(found.map(({ field, indicator, relation }) => `${field} ${indicator} ${relation}`).sort(), [
    'ip 203.0.113.0/24 cidr',
    'ip 203.0.113.7 exact',
    'q a.evil.example exact',
    'q evil.example subdomain',
  ]);
});

test('a line that has not the form of its format is screened as text without fields', () => {
  const { found } = run(`${sampleLines.eve[0]}\nnot json but evil.example\n{"broken":"evil.example"\n`);
  assert.deepEqual(brief(found).slice(-2), ['2 - exact evil.example', '3 - exact evil.example']);
});

test('header and comment lines of Zeek are neither records nor screened', () => {
  const { screen, found } = run(
    '#separator \\x09\n#fields\tquery\n#open evil.example\n### 203.0.113.7\nevil.example\n',
  );
  assert.deepEqual(brief(found), ['5 query exact evil.example']);
  assert.equal(screen.records, 1);
  assert.equal(screen.lines, 5);
});

const verdicts: readonly [
  rule: string,
  listed: string[],
  record: string,
  port: string | undefined,
  ports?: number[],
][] = [
  ['the record names a listed port', ['203.0.113.7:8080'], '{"dst":"203.0.113.7","dport":8080}', 'same', [8080]],
  ['the record names another port', ['203.0.113.7:8080'], '{"dst":"203.0.113.7","dport":443}', 'other', [8080]],
  ['the record names no port', ['203.0.113.7:8080'], '{"dst":"203.0.113.7"}', 'unknown', [8080]],
  ['the port stands behind the value', ['203.0.113.7:8080'], '{"note":"to 203.0.113.7:8080 now"}', 'same', [8080]],
  [
    'the port of the other side is not meant',
    ['203.0.113.7:8080'],
    '{"dst":"203.0.113.7","dport":1,"src":"192.0.2.1","sport":8080}',
    'other',
    [8080],
  ],
  [
    'one of several listed ports is enough',
    ['203.0.113.7:1', '203.0.113.7:8080'],
    '{"dst":"203.0.113.7","dport":8080}',
    'same',
    [1, 8080],
  ],
  [
    'none of several listed ports',
    ['203.0.113.7:2', '203.0.113.7:1'],
    '{"dst":"203.0.113.7","dport":8080}',
    'other',
    [1, 2],
  ],
  [
    'a listing without port decides for all',
    ['203.0.113.7:1', '203.0.113.7'],
    '{"dst":"203.0.113.7","dport":8080}',
    undefined,
  ],
  [
    'a name has the port of the served side',
    ['evil.example:8080'],
    '{"sni":"evil.example","dport":8080,"sport":5}',
    'same',
    [8080],
  ],
  [
    'the best of several occurrences counts',
    ['203.0.113.7:8080'],
    '{"note":"203.0.113.7:1 and 203.0.113.7:8080"}',
    'same',
    [8080],
  ],
];

for (const [rule, listed, record, port, ports] of verdicts) {
  test(`port verdict: ${rule}`, () => {
    const { found } = run(`${record}\n`, { format: 'ndjson' }, tableOf(...listed));
    assert.equal(found.length, 1);
    assert.equal(found[0]?.port, port);
    assert.deepEqual(found[0]?.listedPorts, ports);
    assert.equal(found[0]?.indicator, listed[0]?.replace(/:\d+$/, ''), 'the listed value is given without port');
  });
}

test('nothing is judged before a whole line is there, and the offset says so', () => {
  const { screen, found } = start();
  screen.push(Buffer.from('no line end yet evil.example'));
  assert.equal(screen.offset, 0);
  assert.equal(screen.format, undefined);
  assert.deepEqual(found, []);
  screen.push(Buffer.from('\nsecond'));
  assert.equal(screen.offset, 29);
  assert.equal(found.length, 1);
  screen.end();
  assert.equal(screen.offset, 35);
});

test('a chunk may be used again by whoever pushed it', () => {
  const { screen, found } = start();
  const chunk = Buffer.from('first\npart evil.');
  screen.push(chunk);
  chunk.fill(0x78);
  screen.push(Buffer.from('example\n'));
  assert.deepEqual(brief(found), ['2 - exact evil.example']);
});

test('another table judges from the next chunk on', () => {
  const { screen, found } = start();
  screen.push(Buffer.from('evil.example\n'));
  screen.useTable(tableOf('good.example'));
  screen.push(Buffer.from('evil.example\ngood.example\n'));
  assert.deepEqual(
    found.map(({ line, indicator }) => `${line} ${indicator}`),
    ['1 evil.example', '3 good.example'],
  );
});

test('the seen value is given in normal form, of the kind it is', () => {
  const { found } = run(
    '{"a":"EVIL.Example.","b":"::ffff:203.0.113.7","c":"HTTP://u@Evil.Example:80/mal/a.exe#top"}\n',
  );
  assert.deepEqual(
    found.map(({ field, kind, value }) => `${field} ${kind} ${value}`),
    ['a domain evil.example', 'b ipv4 203.0.113.7', 'c domain evil.example', 'c url evil.example/mal/a.exe'],
  );
});
