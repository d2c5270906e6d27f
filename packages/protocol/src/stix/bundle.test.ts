import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import fc from 'fast-check';
import { ComityError } from '../base/index.ts';
import { findShared, skipWithout } from '../../../testkit/src/index.ts';
import { readBundle } from './index.ts';

function uuid(number: number): string {
  return `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`;
}

function tool(number: number, rest = ''): string {
  return `{ "type": "tool", "spec_version":"2.1", "id":"tool--${uuid(number)}", "created": "2026-01-01T00:00:00.000Z"${rest} }`;
}

/** Each item as `place id`, `place id (2.0)` or `place CODE`. */
function read(text: string): string[] {
  return [...readBundle(text)].map((item) => {
    if (item.error !== undefined) {
      assert.ok(item.error instanceof ComityError);
      return `${item.place} ${item.error.code}`;
    }
    return `${item.place} ${item.object.id}${item.spec20 ? ' (2.0)' : ''}`;
  });
}

const first = `objects[0] tool--${uuid(1)}`;
const second = `objects[1] tool--${uuid(2)}`;

test('an object keeps the exact text it came in, unknown properties and spacing included', () => {
  const text = tool(1, ',\n  "x_é": "\\u0041 } ] \\" 1e400",  "n": 1.000, "n": 2');
  const [item] = readBundle(`\ufeff {"objects" : [\n ${text} ], "type":"bundle"}`);
  assert.equal(item?.object?.text, text);
});

test('bundle, envelope, bare array and single object are read, keys in any order', () => {
  assert.deepEqual(read(`{"type":"bundle","id":"bundle--${uuid(9)}","objects":[${tool(1)},${tool(2)}]}`), [
    first,
    second,
  ]);
  assert.deepEqual(read(`{"more":true,"next":"x","objects":[${tool(1)}]}`), [first]);
  assert.deepEqual(read(`{"\\u006fbjects":[${tool(1)}],"extra":{"objects":[1,"]"]},"type":"bundle"}`), [first]);
  assert.deepEqual(read(`[${tool(1)}]`), [`[0] tool--${uuid(1)}`]);
  assert.deepEqual(read(` ${tool(1)}\n`), [`input tool--${uuid(1)}`]);
});

test('an empty envelope or bundle holds nothing and is no error (TAXII 2.1 §3.7)', () => {
  for (const text of ['{}', '{"more":false}', `{"type":"bundle","id":"bundle--${uuid(9)}"}`, '{"objects":[]}', '[]']) {
    assert.deepEqual(read(text), [], text);
  }
});

test('STIX 2.0 is told by the bundle, also when it says so last, or by an object without spec_version', () => {
  const old = tool(1).replace(' "spec_version":"2.1",', '');
  assert.deepEqual(read(`{"type":"bundle","objects":[${old}],"spec_version":"2.0"}`), [`${first} (2.0)`]);
  assert.deepEqual(read(`{"type":"bundle","objects":[${old}]}`), [`${first} (2.0)`]);
  const observable = `{"type":"url","id":"url--${uuid(1)}","value":"http://a.example/"}`;
  assert.deepEqual(read(`{"type":"bundle","objects":[${observable}]}`), [`objects[0] url--${uuid(1)}`]);
});

test('observed-data alone is an object, though it has objects of its own', () => {
  const text = `{"type":"observed-data","id":"observed-data--${uuid(1)}","created":"2026-01-01T00:00:00Z","objects":{"0":{"type":"url"}}}`;
  assert.deepEqual(read(text), [`input observed-data--${uuid(1)} (2.0)`]);
});

test('a malformed element is told by its place and the rest goes on', () => {
  const bundle = (elements: string): string => `{"type":"bundle","objects":[${elements}]}`;
  const third = `objects[2] tool--${uuid(3)}`;
  const damaged: [string, string][] = [
    ['{"type":"tool"}', 'STIX_MALFORMED'],
    ['{"type":"tool","id":"tool--1"}', 'STIX_MALFORMED'],
    [`{"type":"tool","id":"malware--${uuid(2)}"}`, 'STIX_MALFORMED'],
    [`{"type":"tool","id":"tool--${uuid(2)}"}`, 'STIX_MALFORMED'],
    [tool(2).replace('2026-01-01', '2026-02-30'), 'STIX_MALFORMED'],
    [`{"type":"bundle","id":"bundle--${uuid(2)}","objects":[]}`, 'STIX_MALFORMED'],
    ['17', 'STIX_MALFORMED'],
    ['null', 'STIX_MALFORMED'],
    ['"text"', 'STIX_MALFORMED'],
    [tool(2, ',"a":tru'), 'JSON_MALFORMED'],
    [tool(2, ',"a":[1}'), 'JSON_MALFORMED'],
    [tool(2, ',"a":{"b":1]}'), 'JSON_MALFORMED'],
    [`${tool(2)}}`, 'JSON_MALFORMED'],
    [`${tool(2)} oops`, 'JSON_MALFORMED'],
    [tool(2, ',"a":"open\n'), 'JSON_MALFORMED'],
    [tool(2).slice(0, -1), 'JSON_MALFORMED'],
    [tool(2, `,"a":${'['.repeat(70)}${']'.repeat(70)}`), 'INPUT_TOO_DEEP'],
  ];
  for (const [element, code] of damaged) {
    assert.deepEqual(read(bundle(`${tool(1)},${element},${tool(3)}`)), [first, `objects[1] ${code}`, third], element);
  }
});

test('a missing comma or one too many loses nothing', () => {
  assert.deepEqual(read(`{"objects":[${tool(1)} ${tool(2)},]}`), [first, second]);
});

test('a text that breaks off gives what is whole and says so', () => {
  const text = `{"type":"bundle","objects":[${tool(1)},${tool(2)}`;
  assert.deepEqual(read(text), [first, second, 'input JSON_MALFORMED']);
  assert.deepEqual(read(text.slice(0, -10)), [first, 'objects[1] JSON_MALFORMED']);
  assert.deepEqual(read(`${text}}`), [first, second, 'input JSON_MALFORMED']);
});

test('what is no STIX at all is one error, and what follows a document is told', () => {
  for (const text of ['', 'hello', '"x"', '12', '{"a":1}']) {
    assert.equal(read(text).length, 1, text);
    assert.match(read(text)[0] ?? '', /^input (JSON|STIX)_MALFORMED$/);
  }
  assert.deepEqual(read(`{"objects":[${tool(1)}]} {"objects":[]}`), [first, 'input JSON_MALFORMED']);
  assert.deepEqual(read('{"type":"bundle","objects":{"a":1}}'), ['objects STIX_MALFORMED']);
});

test('every object printed into a bundle comes back as the slice it was', () => {
  const spacing = fc.constantFrom('', ' ', '\n', '\t\r\n');
  const element = fc
    .tuple(fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 4 })), fc.constantFrom(0, 1, 2))
    .map(([own, indent], index = 0) => {
      const object = {
        ...own,
        type: 'tool',
        id: `tool--${uuid(index)}`,
        created: '2026-01-01T00:00:00Z',
        modified: '2026-01-01T00:00:00Z',
      };
      return JSON.stringify(object, null, indent);
    });
  fc.assert(
    fc.property(fc.array(element, { maxLength: 5 }), spacing, fc.boolean(), (texts, blank, early) => {
      const list = `"objects"${blank}:${blank}[${blank}${texts.join(`${blank},${blank}`)}${blank}]`;
      const document = early ? `{${list},"type":"bundle"}` : `${blank}{"type":"bundle",${blank}${list}}${blank}`;
      const read = [...readBundle(document)].map((item) => item.object?.text ?? item.error?.message);
      assert.deepEqual(read, texts);
    }),
  );
});

test('mutated documents give items with our own errors only, never a throw', () => {
  const document = `{"type":"bundle","spec_version":"2.0","objects":[${tool(1)},${tool(2, ',"a":[{"b":"\\"}]"},{}]')}]}`;
  const edit = fc.record({
    at: fc.nat(document.length),
    drop: fc.nat(3),
    put: fc.constantFrom('', '{', '}', '[', ']', '"', '\\', ',', ':', '\n', '0', '\u0000', '"objects":[', '😀'),
  });
  fc.assert(
    fc.property(fc.array(edit, { maxLength: 4 }), (edits) => {
      let text = document;
      for (const { at, drop, put } of edits) text = text.slice(0, at) + put + text.slice(at + drop);
      for (const item of readBundle(text)) assert.ok(item.error === undefined || item.error instanceof ComityError);
    }),
    { numRuns: 3000 },
  );
});

test('hostile documents are read in linear time', () => {
  const size = 300_000;
  for (const part of ['{', '[', '"', '{"a":', '[{', '{"objects":[', '}', ']', ',', '{},', '\\', '{"a":{"b":1,{']) {
    for (const head of ['', '{"objects":[', '[{"a":']) {
      const text = head + part.repeat(Math.floor(size / part.length));
      const started = process.cpuUsage();
      let count = 0;
      for (const item of readBundle(text)) count += item.error === undefined ? 0 : 1;
      const { user, system } = process.cpuUsage(started);
      assert.ok(count > 0 && user + system < 3_000_000, `${head}${part}: ${count} errors in ${user + system} µs`);
    }
  }
});

for (const set of [
  'stix-oasis-examples',
  'stix-attack',
  'stix-unit42-reports',
  'stix-unit42-playbooks',
  'stix-elevator',
  'stix-amnesty',
  'stix-mvt',
]) {
  test(`every object of ${set} is read as the slice it is`, { skip: skipWithout('data', set) }, () => {
    const dir = findShared('data', set) ?? '';
    let files = 0;
    for (const name of readdirSync(dir, { recursive: true, encoding: 'utf8' })) {
      if (!/\.(?:json|stix2?)$/.test(name)) continue;
      const text = readFileSync(join(dir, name), 'utf8');
      const document = JSON.parse(text) as { type?: string; objects?: object[] };
      if (document.type !== 'bundle') continue;
      files++;
      const items = [...readBundle(text)];
      assert.equal(items.length, document.objects?.length ?? 0, name);
      for (const [index, item] of items.entries()) {
        if (item.error === undefined) assert.deepEqual(item.object.value, document.objects?.[index]);
      }
    }
    assert.ok(files > 0, 'the set holds bundles');
  });
}
