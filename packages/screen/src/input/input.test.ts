import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { constants, deflateRawSync, gzipSync, zstdCompressSync } from 'node:zlib';
import { ComityError } from '@comity/protocol/base';
import { createRandom } from '@comity/testkit';
import { openInput, openStream } from './index.ts';
import type { InputOptions } from './index.ts';
import { zip } from './zip-for-tests.ts';

const dir = mkdtempSync(join(tmpdir(), 'comity-input-'));
after(() => rmSync(dir, { recursive: true, force: true }));

interface Read {
  name: string;
  text?: string;
  code?: string;
}

async function readAll(path: string, options: InputOptions = {}): Promise<Read[]> {
  const read: Read[] = [];
  for await (const input of openInput(path, options)) {
    try {
      const parts: Uint8Array[] = [];
      for await (const chunk of input.chunks) parts.push(chunk);
      read.push({ name: input.name.replace(`${dir}/`, ''), text: Buffer.concat(parts).toString() });
    } catch (error) {
      assert.ok(error instanceof ComityError, String(error));
      read.push({ name: input.name.replace(`${dir}/`, ''), code: error.code });
    }
  }
  return read;
}

function file(name: string, bytes: Uint8Array | string): string {
  writeFileSync(join(dir, name), bytes);
  return join(dir, name);
}

test('a plain file is read as it is, under the path that was given', async () => {
  assert.deepEqual(await readAll(file('plain.log', 'one\ntwo')), [{ name: 'plain.log', text: 'one\ntwo' }]);
});

test('an empty file is an empty input, not an error', async () => {
  assert.deepEqual(await readAll(file('empty.gz', '')), [{ name: 'empty.gz', text: '' }]);
});

test('RFC 1952 §2.2: every member of a gzip file is read, whatever the file is called', async () => {
  const bytes = Buffer.concat([gzipSync('one\n'), gzipSync('two\n')]);
  assert.deepEqual(await readAll(file('members.log', bytes)), [{ name: 'members.log', text: 'one\ntwo\n' }]);
});

test('RFC 8878 §3.1: every frame of a Zstandard file is read, also a skippable one', async () => {
  const skippable = Buffer.from([0x50, 0x2a, 0x4d, 0x18, 3, 0, 0, 0, 1, 2, 3]);
  const big = Buffer.alloc(700_000, 'abcdefghij0123456789\n');
  const bytes = Buffer.concat([zstdCompressSync('one\n'), skippable, zstdCompressSync(big), zstdCompressSync('two\n')]);
  assert.deepEqual(await readAll(file('frames.zst', bytes)), [
    { name: 'frames.zst', text: `one\n${big.toString()}two\n` },
  ]);
});

test('every byte-wise split of several Zstandard frames gives the same text', async () => {
  const bytes = Buffer.concat([zstdCompressSync('one\n'), zstdCompressSync('two\n'), zstdCompressSync('three\n')]);
  async function* bytewise(): AsyncGenerator<Uint8Array> {
    for (const byte of bytes) yield Uint8Array.of(byte);
  }
  let text = '';
  for await (const input of openStream('stream', bytewise())) {
    for await (const chunk of input.chunks) text += Buffer.from(chunk).toString();
  }
  assert.equal(text, 'one\ntwo\nthree\n');
});

test('the members of a zip are inputs of their own, looked through once more', async () => {
  const bytes = zip([
    { name: 'a.log', data: Buffer.from('one\n') },
    { name: 'logs/b.log.gz', data: gzipSync('two\n') },
  ]);
  const members = [
    { name: 'logs.zip/a.log', text: 'one\n' },
    { name: 'logs.zip/logs/b.log.gz', text: 'two\n' },
  ];
  assert.deepEqual(await readAll(file('logs.zip', bytes)), members);
  async function* stdin(): AsyncGenerator<Uint8Array> {
    yield bytes;
  }
  const streamed = await readAll('-', { stdin: stdin() });
  assert.deepEqual(
    streamed.map(({ text }) => text),
    ['one\n', 'two\n'],
  );
});

test('an encrypted or damaged member fails alone and the others are read', async () => {
  const bytes = zip([
    { name: 'locked', data: Buffer.from('x'), encrypted: true },
    { name: 'open', data: Buffer.from('fine') },
  ]);
  assert.deepEqual(await readAll(file('mixed.zip', bytes)), [
    { name: 'mixed.zip/locked', code: 'ARCHIVE_MALFORMED' },
    { name: 'mixed.zip/open', text: 'fine' },
  ]);
});

test('a truncated archive of each kind is ARCHIVE_MALFORMED', async () => {
  const text = Buffer.from('0123456789'.repeat(100));
  assert.deepEqual(await readAll(file('cut.gz', gzipSync(text).subarray(0, 20))), [
    { name: 'cut.gz', code: 'ARCHIVE_MALFORMED' },
  ]);
  assert.deepEqual(await readAll(file('cut.zst', zstdCompressSync(text).subarray(0, 12))), [
    { name: 'cut.zst', code: 'ARCHIVE_MALFORMED' },
  ]);
  const cut = zip([{ name: 'a', data: text }]).subarray(0, 60);
  assert.deepEqual(await readAll(file('cut.zip', cut)), [{ name: 'cut.zip', code: 'ARCHIVE_MALFORMED' }]);
});

test('limits.archiveRatioMax stops a bomb in gzip, in Zstandard, in a zip and through two layers', async () => {
  const zeros = Buffer.alloc(8 * 1024 * 1024);
  const bombs: [string, Buffer][] = [
    ['bomb.gz', gzipSync(zeros)],
    ['bomb.zst', zstdCompressSync(zeros)],
    ['bomb.gz.gz', gzipSync(gzipSync(zeros))],
    ['bomb.zip', zip([{ name: 'zeros', data: zeros }])],
  ];
  for (const [name, bytes] of bombs) {
    const [read] = await readAll(file(name, bytes));
    assert.equal(read?.code, 'ARCHIVE_BOMB', name);
  }
  const [allowed] = await readAll(join(dir, 'bomb.gz'), { archiveRatioMax: 1_000_000 });
  assert.equal(allowed?.text?.length, zeros.length);
});

/** What comes out of a stream before it fails, and how it fails. */
async function readUntilFault(bytes: Buffer): Promise<{ text: string; fault: string }> {
  async function* source(): AsyncGenerator<Uint8Array> {
    // In pieces that end anywhere.
    for (let at = 0; at < bytes.length; at += 1009) yield bytes.subarray(at, at + 1009);
  }
  const parts: Uint8Array[] = [];
  for await (const input of openStream('x', source())) {
    try {
      for await (const chunk of input.chunks) parts.push(chunk);
    } catch (error) {
      assert.ok(error instanceof ComityError, String(error));
      return { text: Buffer.concat(parts).toString(), fault: error.message };
    }
  }
  return { text: Buffer.concat(parts).toString(), fault: '' };
}

test('what unpacks soundly comes out before the fault behind it is told, with its place', async () => {
  const random = createRandom(7);
  const text = Array.from({ length: 20_000 }, () => `${random.below(1e9)}.example\n`).join('');
  for (const [format, packed] of [
    ['gzip', gzipSync(text)],
    ['Zstandard', zstdCompressSync(text)],
  ] as const) {
    const behind = await readUntilFault(Buffer.concat([packed, Buffer.from('garbage, long enough for a header')]));
    assert.equal(behind.text, text, format);
    assert.match(behind.fault, new RegExp(`beyond byte ${packed.length}: what follows is no ${format}$`));
    const cut = await readUntilFault(packed.subarray(0, packed.length - 1000));
    assert.ok(text.startsWith(cut.text) && cut.text.length > text.length / 2, `${format}: ${cut.text.length}`);
    assert.match(cut.fault, new RegExp(`beyond byte ${packed.length - 1000}: it is cut short$`));
  }
  const wrong = Buffer.from(gzipSync(text));
  wrong.writeUInt32LE(1, wrong.length - 8);
  const unsound = await readUntilFault(wrong);
  assert.equal(unsound.text, text);
  assert.match(unsound.fault, /its checksum is not that of what came out/);
  const padded = await readUntilFault(Buffer.concat([gzipSync('a'), Buffer.alloc(100_000), gzipSync('b')]));
  assert.deepEqual(padded, { text: 'ab', fault: '' });
});

test('of damage inside a member at most 16 KiB before it are lost, and the place told is not behind it', async () => {
  const random = createRandom(8);
  const text = Array.from({ length: 1_500 }, () => `${random.below(1e9)}.example\n`).join('');
  const sound = deflateRawSync(text, { finishFlush: constants.Z_SYNC_FLUSH });
  assert.ok(sound.length < 8192, 'sound and damaged bytes are decompressed together');
  // Final block of the reserved type 3 (RFC 1951 §3.2.3).
  const packed = Buffer.concat([gzipSync('').subarray(0, 10), sound, Buffer.from([7]), Buffer.alloc(20_000, 0xff)]);
  const read = await readUntilFault(packed);
  assert.ok(text.startsWith(read.text));
  assert.ok(read.text.length >= text.length - 16 * 1024, `${read.text.length} of ${text.length}`);
  const [, place] = /beyond byte (\d+): invalid block type$/.exec(read.fault) ?? assert.fail(read.fault);
  assert.ok(Number(place) <= sound.length + 10, read.fault);
});

test('RFC 1952 §2.3: the optional parts of a header are passed over', async () => {
  const packed = gzipSync('text');
  const head = Buffer.from(packed.subarray(0, 10));
  head[3] = 2 | 4 | 8 | 16;
  const parts = [
    head,
    Buffer.from([3, 0, 1, 2, 3]),
    Buffer.from('name\0comment\0'),
    Buffer.alloc(2),
    packed.subarray(10),
  ];
  assert.deepEqual(await readUntilFault(Buffer.concat(parts)), { text: 'text', fault: '' });
});

test('a member whose name leads out of the archive fails alone, by its name', async () => {
  const bytes = zip([
    { name: 'one', data: Buffer.from('1') },
    { name: '../up.txt', data: Buffer.from('2') },
    { name: '/etc/x', data: Buffer.from('3') },
    { name: '..\\win', data: Buffer.from('4') },
    { name: 'two', data: Buffer.from('5') },
  ]);
  assert.deepEqual(await readAll(file('slip.zip', bytes)), [
    { name: 'slip.zip/one', text: '1' },
    { name: 'slip.zip/../up.txt', code: 'ARCHIVE_MALFORMED' },
    { name: 'slip.zip//etc/x', code: 'ARCHIVE_MALFORMED' },
    { name: 'slip.zip/../win', code: 'ARCHIVE_MALFORMED' },
    { name: 'slip.zip/two', text: '5' },
  ]);
});

test('the ratio is judged as the bytes come: a bomb gives next to nothing before it is stopped', async () => {
  const zeros = Buffer.alloc(100 * 1024 * 1024);
  const bombs: [string, Buffer][] = [
    ['early.gz', gzipSync(zeros)],
    ['early.zst', zstdCompressSync(zeros)],
    ['early.zip', zip([{ name: 'zeros', data: zeros }])],
    ['early.gz.zip', zip([{ name: 'zeros.gz', data: gzipSync(zeros) }])],
  ];
  for (const [name, bytes] of bombs) {
    let outBytes = 0;
    for await (const input of openInput(file(name, bytes))) {
      await assert.rejects(
        async () => {
          for await (const chunk of input.chunks) outBytes += chunk.length;
        },
        { code: 'ARCHIVE_BOMB' },
        name,
      );
    }
    assert.ok(outBytes < 4 * 1024 * 1024, `${name}: ${outBytes} bytes`);
  }
});

test('a file of very many empty members or frames is stopped early', async () => {
  for (const [name, empty] of [
    ['empty.gz', gzipSync('')],
    ['empty.zst', zstdCompressSync('')],
  ] as const) {
    const bytes = Buffer.concat(Array.from({ length: 50_000 }, () => empty));
    assert.deepEqual(await readAll(file(name, bytes)), [{ name, code: 'ARCHIVE_BOMB' }]);
  }
});

test('limits.archiveMembersMax stops a zip of too many members', async () => {
  const bytes = zip(['a', 'b', 'c'].map((name) => ({ name, data: Buffer.from(name) })));
  assert.deepEqual(await readAll(file('many.zip', bytes), { archiveMembersMax: 2 }), [
    { name: 'many.zip', code: 'ARCHIVE_BOMB' },
  ]);
});

test('bytesMax bounds what comes out of one input', async () => {
  assert.deepEqual(await readAll(file('long.log', 'x'.repeat(101)), { bytesMax: 100 }), [
    { name: 'long.log', code: 'INPUT_TOO_LARGE' },
  ]);
});

test('UTF-16 with a byte-order mark, as Windows tools write it, comes out as UTF-8', async () => {
  const little = Buffer.from('\ufeffevil.example 😀\r\n', 'utf16le');
  assert.deepEqual(await readAll(file('le.log', little)), [{ name: 'le.log', text: 'evil.example 😀\r\n' }]);
  const big = Buffer.from(little).swap16();
  assert.deepEqual(await readAll(file('be.log.gz', gzipSync(big))), [
    { name: 'be.log.gz', text: 'evil.example 😀\r\n' },
  ]);
});

test('a folder is walked in order of name, links are followed and a loop ends', async () => {
  mkdirSync(join(dir, 'tree/sub'), { recursive: true });
  file('tree/b.log', 'b');
  file('tree/a.log', 'a');
  file('tree/sub/c.log', 'c');
  symlinkSync('..', join(dir, 'tree/sub/loop'));
  symlinkSync('nowhere', join(dir, 'tree/dangling'));
  assert.deepEqual(await readAll(join(dir, 'tree')), [
    { name: 'tree/a.log', text: 'a' },
    { name: 'tree/b.log', text: 'b' },
    { name: 'tree/dangling', code: 'FILE_UNREADABLE' },
    { name: 'tree/sub/c.log', text: 'c' },
  ]);
});

test('a missing file is FILE_UNREADABLE and its message names it', async () => {
  for await (const input of openInput(join(dir, 'missing.log'))) {
    await assert.rejects(async () => {
      for await (const chunk of input.chunks) assert.fail(String(chunk));
    }, /Cannot read ".*missing\.log": there is no such file/);
  }
});

test('a consumer that leaves early lets go of the file', async () => {
  const path = file('big.gz', gzipSync(Buffer.alloc(4_000_000, 'line of text\n')));
  for (let round = 0; round < 50; round++) {
    for await (const input of openInput(path, { archiveRatioMax: 1e9 })) {
      for await (const chunk of input.chunks) {
        assert.ok(chunk.length > 0);
        break;
      }
    }
  }
});

test('mutated archives of each kind give bytes or an error of ours, never another', async () => {
  const random = createRandom(20261123);
  const text = Buffer.from('a line of a log\n'.repeat(200));
  const packed = [
    gzipSync(text),
    zstdCompressSync(text),
    zip([
      { name: 'a', data: text },
      { name: 'b.gz', data: gzipSync(text) },
    ]),
  ];
  for (let round = 0; round < 600; round++) {
    const bytes = Buffer.from(random.pick(packed));
    for (let changes = random.below(4); changes >= 0; changes--) bytes[random.below(bytes.length)] = random.below(256);
    const cut = bytes.subarray(0, random.below(4) === 0 ? random.below(bytes.length) : bytes.length);
    async function* source(): AsyncGenerator<Uint8Array> {
      yield cut;
    }
    for await (const input of openStream('mutant', source())) {
      try {
        for await (const chunk of input.chunks) assert.ok(chunk.length <= 1_000_000);
      } catch (error) {
        assert.ok(error instanceof ComityError, `round ${round}: ${String(error)}`);
      }
    }
  }
});

test('Zstandard frames without number are refused, since each costs more than it holds', async () => {
  const empty = Buffer.from('502a4d1800000000', 'hex');
  const tiny = zstdCompressSync('a');
  for (const [name, frame] of [['skippable.zst', empty] as const, ['tiny.zst', tiny] as const]) {
    const [read] = await readAll(file(name, Buffer.concat(Array.from({ length: 5_000 }, () => frame))));
    assert.deepEqual(read, { name, code: 'ARCHIVE_BOMB' });
  }
  const fair = Buffer.concat(Array.from({ length: 500 }, () => tiny));
  assert.deepEqual(await readAll(file('fair.zst', fair)), [{ name: 'fair.zst', text: 'a'.repeat(500) }]);
});

test('what follows a Zstandard frame and is none is said to be so', async () => {
  const path = file('tail.zst', Buffer.concat([zstdCompressSync('one\n'), Buffer.from('plain text')]));
  await assert.rejects(
    async () => {
      for await (const input of openInput(path)) for await (const chunk of input.chunks) assert.ok(chunk.length > 0);
    },
    (error: unknown) =>
      error instanceof ComityError && error.code === 'ARCHIVE_MALFORMED' && !/closed/.test(error.message),
  );
});
