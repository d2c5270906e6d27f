import assert from 'node:assert/strict';
import { test } from 'node:test';
import { limits } from '@comity/protocol/base';
import type { FormatName } from '../formats/index.ts';
import { createScreen } from '../record/index.ts';
import { Table } from '../table/index.ts';
import { createRecordFeed } from './index.ts';
import type { FedRecord } from './index.ts';

interface Fed {
  readonly records: readonly Omit<FedRecord, 'bytes' | 'offset'>[];
  /** The bytes of each record, and where they lie. */
  readonly places: readonly { readonly offset: number; readonly text: string }[];
  readonly unread: number;
}

/** What a feed beside a screen hands over of bytes that come in chunks of a length. */
function feedOf(bytes: Uint8Array | string, length: number, format: FormatName | 'auto' = 'auto'): Fed {
  const records: Omit<FedRecord, 'bytes' | 'offset'>[] = [];
  const places: { offset: number; text: string }[] = [];
  const screen = createScreen(Table.build([], { seed: 1 }), { format }, { match: () => undefined });
  const feed = createRecordFeed(
    () => screen.state,
    ({ bytes: own, offset, ...record }) => {
      records.push(record);
      places.push({ offset, text: Buffer.from(own).toString() });
    },
  );
  const all = typeof bytes === 'string' ? Buffer.from(bytes) : bytes;
  for (let at = 0; at < all.length; at += length) {
    // The chunk is used again, as a reader of files does.
    const chunk = Uint8Array.from(all.subarray(at, at + length));
    screen.push(chunk);
    feed.push(chunk);
    chunk.fill(0);
  }
  screen.end();
  feed.end();
  assert.equal(feed.records, records.length);
  for (const { offset, text } of places)
    assert.equal(Buffer.from(all.subarray(offset, offset + Buffer.byteLength(text))).toString(), text);
  return { records, places, unread: feed.unread };
}

/** The same, cut in ways that must not matter. */
function fedOf(text: Uint8Array | string, format?: FormatName): Fed {
  const whole = feedOf(text, 1 << 20, format);
  for (const length of [1, 7, 64]) assert.deepEqual(feedOf(text, length, format), whole);
  return whole;
}

const shown = ({ records }: Fed): readonly unknown[] => records.map(({ line, record }) => [line, record]);

test('JSON lines: each object with its line; what is none is counted', () => {
  const text = '\ufeff{"EventID":1,"Channel":"c"}\r\n\n{"EventID":2}\n{broken\n[1]\n7\n{"EventID":3,"x":"\\u00e9"}';
  const fed = fedOf(text);
  assert.deepEqual(shown(fed), [
    [1, { EventID: 1, Channel: 'c' }],
    [3, { EventID: 2 }],
    [7, { EventID: 3, x: 'é' }],
  ]);
  assert.equal(fed.records[0]?.format, 'windows');
  assert.equal(fed.unread, 3);
});

test('JSON objects over many lines, and in an array', () => {
  const fed = fedOf('[\n{"event_type":"dns",\n"src_ip":"192.0.2.1"},\n{"event_type":"http"}\n]\n');
  assert.deepEqual(shown(fed), [
    [2, { event_type: 'dns', src_ip: '192.0.2.1' }],
    [4, { event_type: 'http' }],
  ]);
});

test('Zeek columns and CSV by the names of their header, which is no record', () => {
  const zeek = '#separator \\x09\n#fields\tts\tid.orig_h\tquery\n1.0\t192.0.2.1\tq.example\n2.0\t-\tr.example\n';
  assert.deepEqual(shown(fedOf(zeek)), [
    [3, { ts: '1.0', 'id.orig_h': '192.0.2.1', query: 'q.example' }],
    [4, { ts: '2.0', query: 'r.example' }],
  ]);
  assert.deepEqual(shown(fedOf('src_ip,query\n192.0.2.1,q.example\n', 'csv')), [
    [2, { src_ip: '192.0.2.1', query: 'q.example' }],
  ]);
});

test('lines of text come with their whole text; one of another form without fields', () => {
  const lines = 'Jan  1 00:00:01 h sshd[7]: Failed\nwhatever\n';
  const { records } = fedOf(lines, 'syslog');
  assert.deepEqual(records, [
    {
      format: 'syslog',
      line: 1,
      record: { hostname: 'h', tag: 'sshd[7]:', message: ' Failed' },
      text: 'Jan  1 00:00:01 h sshd[7]: Failed',
    },
    { format: 'syslog', line: 2, record: {}, text: 'whatever' },
  ]);
});

test('records that are too long are counted and not handed over, the next ones are', () => {
  const long = 'x'.repeat(limits.recordBytesMax + 10);
  const linesOf = ({ records, unread }: Fed): unknown => [records.map(({ line }) => line), unread];
  for (const length of [1000, 100_000, 1 << 22]) {
    const lines = feedOf(`{"EventID":1,"Channel":"c"}\n{"a":"${long}"}\n{"EventID":2}\n`, length);
    assert.deepEqual(linesOf(lines), [[1, 3], 1]);
    const objects = feedOf(`[\n{"a":"${long}"},\n{"EventID":2}\n]`, length, 'windows');
    assert.deepEqual(linesOf(objects), [[3], 1]);
  }
});

test('nothing comes of nothing', () => {
  assert.deepEqual(feedOf('', 1), { records: [], places: [], unread: 0 });
  const feed = createRecordFeed(
    () => undefined,
    () => assert.fail('a record out of nowhere'),
  );
  feed.push(Buffer.from('{}\n'));
  feed.end();
  assert.deepEqual([feed.records, feed.unread], [0, 0]);
});

test('lines that turn out to be of a format are handed over as that from then on', () => {
  const eve = '{"timestamp":"2026-11-23T08:00:00.000000+0000","event_type":"dns","src_ip":"192.0.2.10"}\n';
  const banner = `${'sensor started'.padEnd(eve.length - 1)}\n`;
  const { records } = feedOf(banner + eve.repeat(40), eve.length);
  assert.equal(records[0]?.format, 'raw');
  assert.deepEqual(
    [records.at(-1)?.format, records.at(-1)?.record['event_type'], records.at(-1)?.line],
    ['eve', 'dns', 41],
  );
});

test('a feed that begins where a screen stopped knows the header, the line and the offset of what follows', () => {
  const header = 'src_ip,query\n';
  const first = `${header}192.0.2.1,q.example\n`;
  const screen = createScreen(Table.build([], { seed: 1 }), { format: 'csv' }, { match: () => undefined });
  screen.push(Buffer.from(`${first}192.0.2.2,r.ex`));
  const { state, offset } = screen;
  assert.ok(state !== undefined);
  assert.equal(offset, first.length);
  const records: unknown[] = [];
  const feed = createRecordFeed(
    () => screen.state,
    ({ line, offset: at, record }) => records.push([line, at, record]),
    state,
  );
  feed.push(Buffer.from('192.0.2.2,r.example\n192.0.2.3,'));
  feed.push(Buffer.from('s.example\n'));
  feed.end();
  assert.deepEqual(records, [
    [3, 0, { src_ip: '192.0.2.2', query: 'r.example' }],
    [4, 20, { src_ip: '192.0.2.3', query: 's.example' }],
  ]);
});
