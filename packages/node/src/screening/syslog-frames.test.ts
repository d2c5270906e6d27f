import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { SyslogFrames, lineOf } from './syslog-frames.ts';

const text = (frames: readonly Uint8Array[]): string[] => frames.map((frame) => Buffer.from(frame).toString('latin1'));

test('counted and line-ended messages are cut alike wherever the stream is cut (RFC 6587 §3.4)', () => {
  const message = fc.stringMatching(/^<\d{1,3}>[a-z .]{1,40}$/);
  const framed = fc.array(fc.tuple(message, fc.boolean()), { maxLength: 20 });
  fc.assert(
    fc.property(framed, fc.array(fc.integer({ min: 1, max: 30 })), (messages, cuts) => {
      const bytes = Buffer.from(messages.map(([m, counted]) => (counted ? `${m.length} ${m}` : `${m}\n`)).join(''));
      const frames = new SyslogFrames(1000);
      const found: string[] = [];
      let at = 0;
      for (const cut of [...cuts, bytes.length]) {
        found.push(...text(frames.push(bytes.subarray(at, at + cut))));
        at += cut;
      }
      found.push(...text(frames.end()));
      assert.deepEqual(
        found,
        messages.map(([m]) => `${m}\n`),
      );
    }),
  );
});

test('any bytes are taken without throwing, and no message is longer than allowed', () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 200 })), (chunks) => {
      const frames = new SyslogFrames(64);
      const found = [...chunks.flatMap((chunk) => frames.push(chunk)), ...frames.end()];
      for (const frame of found) {
        assert.ok(frame.length <= 65);
        assert.equal(frame.indexOf(0x0a), frame.length - 1);
      }
    }),
  );
});

test('of a message longer than allowed nothing is lost: it comes in pieces parted at spaces, and the next is whole', () => {
  const bytes = Buffer.from('24 to evil.example and back<1>b\n<2>a long line, not counted\n<3>c\n');
  const expected = [
    'to \n',
    'evil.example \n',
    'and back\n',
    '<1>b\n',
    '<2>a long \n',
    'line, not \n',
    'counted\n',
    '<3>c\n',
  ];
  assert.deepEqual(text(new SyslogFrames(14).push(bytes)), expected);
  const bytewise = new SyslogFrames(14);
  assert.deepEqual(
    [...bytes].flatMap((byte) => text(bytewise.push(Uint8Array.of(byte)))),
    expected,
  );
  assert.deepEqual(text(new SyslogFrames(5).push(Buffer.from('10 0123456789'))), ['01234\n', '56789\n']);
});

test('a message that trickles in byte by byte takes the memory of its bytes, not of its pieces', () => {
  const bytes = 100_000;
  const byte = Uint8Array.of(0x78);
  const all = Array.from({ length: 40 }, () => new SyslogFrames(2 * bytes));
  const before = process.memoryUsage();
  for (const frames of all) for (let at = 0; at < bytes; at += 1) frames.push(byte);
  globalThis.gc?.();
  const after = process.memoryUsage();
  const grown = after.heapUsed + after.arrayBuffers - before.heapUsed - before.arrayBuffers;
  assert.ok(grown < all.length * bytes * 4, `${grown} bytes for ${all.length * bytes}`);
  assert.ok(all.every((frames) => frames.end()[0]?.length === bytes + 1));
});

test('line ends inside a message become spaces, those at its end and NUL go', () => {
  assert.equal(Buffer.from(lineOf(Buffer.from('a\nb\r\n\0'))).toString(), 'a b\n');
});
