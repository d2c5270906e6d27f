import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { ComityError, limits } from '@comity/protocol/base';
import { parseValue } from '@comity/protocol/values';
import { createRandom } from '@comity/testkit';
import { formats } from '../formats/index.ts';
import type { FormatName } from '../formats/index.ts';
import { sampleLines } from '../formats/sample-lines.ts';
import { filesBelow, isPacked, openInput } from '../input/index.ts';
import { createScreen } from '../record/index.ts';
import type { MatchedRecord } from '../record/index.ts';
import { Table } from '../table/index.ts';
import { LogThreads } from './index.ts';
import type { LogRun, LogThreadsOptions } from './index.ts';

const dir = mkdtempSync(join(tmpdir(), 'comity-logs-'));
after(() => rmSync(dir, { recursive: true, force: true }));

function file(name: string, content: string | Uint8Array): string {
  const path = join(dir, name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
  return path;
}

const table = Table.build([
  { value: { kind: 'domain', value: 'evil.example' }, ref: 0 },
  { value: { kind: 'ipv4', value: '203.0.113.7', port: 8080 }, ref: 1 },
  { value: { kind: 'url', value: 'evil.example/mal/a.exe' }, ref: 2 },
  { value: { kind: 'ipv4', value: '198.51.100.0/24' }, ref: 3 },
]);

function shown(path: string, found: MatchedRecord): string {
  const { line, offset, record, matches } = found;
  return `${path}:${line} ${offset} ${Buffer.from(record).toString('latin1')} ${JSON.stringify(matches)}`;
}

/** What one screen a file finds, given the bytes as chunks of a size; compressed ones as they come. */
async function onOneThread(
  paths: readonly string[],
  format: FormatName | 'auto',
  chunkBytes: number,
): Promise<string[]> {
  const all: string[] = [];
  const judge = async (name: string, chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): Promise<void> => {
    const screen = createScreen(table, { format }, { match: (found) => void all.push(shown(name, found)) });
    try {
      for await (const chunk of chunks) screen.push(chunk);
      screen.end();
    } catch (error) {
      assert.ok(error instanceof ComityError);
      screen.end();
      all.push(`${name}: ${error.message}`);
    }
  };
  for (const path of paths) {
    for await (const { path: found } of filesBelow(path)) {
      let bytes: Buffer | undefined;
      try {
        bytes = readFileSync(found);
      } catch {
        // Opened below, where it is told.
      }
      if (bytes !== undefined && !isPacked(bytes.subarray(0, 4))) {
        const chunks = Array.from({ length: Math.ceil(bytes.length / chunkBytes) }, (_, index) =>
          bytes.subarray(index * chunkBytes, (index + 1) * chunkBytes),
        );
        await judge(found, chunks);
      } else for await (const input of openInput(found)) await judge(input.name, input.chunks);
    }
  }
  return all;
}

async function foundBy(run: LogRun): Promise<string[]> {
  const all: string[] = [];
  for await (const finding of run) {
    all.push(finding.type === 'match' ? shown(finding.file, finding) : `${finding.file}: ${finding.error.message}`);
  }
  return all;
}

async function withThreads<T>(options: LogThreadsOptions, use: (threads: LogThreads) => Promise<T>): Promise<T> {
  const threads = new LogThreads(options);
  try {
    return await use(threads);
  } finally {
    await threads.close();
  }
}

/** Lines of a format in no order, a header first where it has one. */
function linesOf(name: FormatName, count: number, seed: number): string[] {
  const random = createRandom(seed);
  const lines = sampleLines[name];
  const header = name === 'csv' ? lines.slice(0, 1) : lines.filter((line) => line.startsWith('#'));
  const records = lines.filter((line) => !header.includes(line));
  return [...header, ...Array.from({ length: count }, () => random.pick(records))];
}

const zeek = (columns: readonly string[], rows: readonly string[]): string =>
  ['#separator \\x09', `#fields\t${columns.join('\t')}`, ...rows, ''].join('\n');
const json = sampleLines.eve.join('\n');
const inventive = 'the quick brown fox went to evil.example\nand back, 198.51.100.7 at its heels\n\n';
const long = `{"a":"${'x'.repeat(5000)} evil.example ${'y'.repeat(9000)}"}`;

/** What threads must not get wrong: every format, and what becomes of it at the borders of parts. */
const samples: readonly string[] = [
  ...formats.flatMap(({ name }, index) => {
    const lines = linesOf(name, 60, index);
    return [
      file(`formats/${name}.log`, `${lines.join('\n')}\n`),
      file(`formats/${name}-unended.log`, lines.join('\n')),
      file(`formats/${name}-crlf.log`, `${lines.join('\r\n')}\r\n`),
    ];
  }),
  file('empty.log', ''),
  file('newlines.log', '\n'.repeat(3000)),
  file('one.log', 'evil.example'),
  file('nul.log', Buffer.from(`a\0evil.example\0b\n\0\0\n198.51.100.9\0\n`.repeat(100))),
  file('long.log', `${inventive}${long}\nevil.example\n${long}${long}\n203.0.113.7:8080`),
  file('marks.log', `\ufeff${json}\n\ufeff{"dest_ip":"198.51.100.1"}\n${`\ufeffevil.example\n`.repeat(200)}`),
  file('late.log', `${inventive.repeat(40)}${json}\n${json}\n`),
  file('later.log', `${inventive.repeat(400)}${json}\n${inventive}`),
  file('late-zeek.log', `${inventive.repeat(90)}${zeek(['ts', 'query'], Array(300).fill('1\tevil.example'))}`),
  file(
    'two-headers.log',
    zeek(['ts', 'query'], Array(200).fill('1\ta.evil.example')) +
      zeek(['host', 'id.resp_h', 'id.resp_p'], Array(200).fill('x\t203.0.113.7\t8080')) +
      zeek(['id.resp_p', 'id.resp_h'], Array(200).fill('8080\t203.0.113.7')),
  ),
  file(
    'remarks.csv',
    `${'# exported\n\n'.repeat(200)}time,src_ip,host\n${'1,198.51.100.3,evil.example\n'.repeat(300)}`,
  ),
  file(
    'array.json',
    JSON.stringify(
      Array.from({ length: 200 }, () => ({ dns: { rrname: 'evil.example' } })),
      undefined,
      2,
    ),
  ),
  file('packed.log.gz', gzipSync(`${json}\n`.repeat(30))),
  file('packed.log.zst', zstdCompressSync(inventive.repeat(100))),
  file('cut.log.gz', gzipSync(inventive.repeat(1000)).subarray(0, 60)),
  file('wide.log', Buffer.from(`\ufeff${inventive.repeat(50)}`, 'utf16le')),
  join(dir, 'missing.log'),
];

for (const options of [
  { threads: 2, chunkBytes: 64, partBytes: 64 },
  { threads: 3, chunkBytes: 100, partBytes: 700 },
  { threads: 4, chunkBytes: 1024, partBytes: 4096, untakenBytesMax: 1 },
]) {
  const { threads: count, chunkBytes, partBytes } = options;
  test(`${count} threads on parts of ${partBytes} bytes find what one finds, in its order, in every format`, async () => {
    await withThreads(options, async (threads) => {
      for (const format of ['auto', 'raw', 'zeek-tsv', 'csv'] as const) {
        const expected = await onOneThread(samples, format, chunkBytes);
        assert.ok(expected.length > 700, `${expected.length}`);
        assert.deepEqual(await foundBy(threads.screen(table, samples, { format })), expected, format);
      }
    });
  });
}

test('a line too long for a record is cut as one thread cuts it, however many parts it lies in', async () => {
  const words = `${'word '.repeat(40)}evil.example `;
  const path = file(
    'oversized.log',
    `evil.example\n${words.repeat(Math.ceil((2.3 * limits.recordBytesMax) / words.length))}\n198.51.100.1\n${words.repeat(9000)}`,
  );
  const late = file(
    'oversized-late.log',
    `${inventive.repeat(70)}${`${json}\n`.repeat(9)}${readFileSync(path, 'latin1')}`,
  );
  const options = { threads: 2, chunkBytes: 4096, partBytes: 40_960 };
  const expected = await onOneThread([path, late], 'auto', options.chunkBytes);
  await withThreads(options, async (threads) => {
    assert.deepEqual(await foundBy(threads.screen(table, [path, late])), expected);
  });
});

test('a format that begins late in a long text is recognised where one thread recognises it, which does not look everywhere', async () => {
  const rounds = Array.from({ length: 60 }, (_, round) => inventive.repeat(90 + round) + `${json}\n`.repeat(3));
  const path = file('long-late.log', inventive.repeat(1200) + rounds.join(''));
  const options = { threads: 2, chunkBytes: 1024, partBytes: 8192 };
  const expected = await onOneThread([path], 'auto', options.chunkBytes);
  await withThreads(options, async (threads) => {
    assert.deepEqual(await foundBy(threads.screen(table, [path])), expected);
  });
});

test('folders, runs one after another, and the counts of a run are as on one thread', async () => {
  await withThreads({ threads: 2, chunkBytes: 256, partBytes: 512 }, async (threads) => {
    const expected = await onOneThread([join(dir, 'formats')], 'auto', 256);
    for (let round = 0; round < 3; round++) {
      const run = threads.screen(table, [join(dir, 'formats')]);
      assert.deepEqual(await foundBy(run), expected);
      const text = samples.filter((path) => path.includes('formats')).map((path) => readFileSync(path, 'latin1'));
      assert.equal(
        run.counts.lines,
        text.reduce((sum, each) => sum + each.split('\n').length - (each.endsWith('\n') ? 1 : 0), 0),
      );
      assert.ok(run.counts.records > 0 && run.counts.records < run.counts.lines);
      assert.ok(run.counts.readBytes >= text.reduce((sum, each) => sum + each.length, 0));
    }
    assert.throws(() => threads.screen(table, ['-']), { code: 'ARGUMENT_INVALID' });
  });
});

test('threads wait for who takes their findings, and a run that is left lets the next begin', async () => {
  const path = file('many.log', 'evil.example\n'.repeat(100_000));
  await withThreads({ threads: 2, chunkBytes: 1024, partBytes: 4096, untakenBytesMax: 10_000 }, async (threads) => {
    const left = threads.screen(table, [path]);
    for await (const finding of left) {
      assert.equal(finding.type, 'match');
      await setTimeout(200);
      // Each thread is ahead by what it may tell, two jobs, and what it reads next.
      assert.ok(left.counts.readBytes < 100_000, `${left.counts.readBytes} bytes`);
      break;
    }
    const run = threads.screen(table, [path]);
    let line = 0;
    for await (const finding of run) assert.equal(finding.type === 'match' && finding.line, ++line);
    assert.equal(line, 100_000);
  });
});

test('what is listed while threads screen is found from the next chunk on, also when the table had to grow or was built anew', async () => {
  const growing = Table.build([{ value: parseValue('evil.example', 'domain'), ref: 0 }]);
  const path = file('growing.log', 'evil.example n7000.example\n'.repeat(40_000));
  await withThreads({ threads: 2, chunkBytes: 4096, partBytes: 8192, untakenBytesMax: 1000 }, async (threads) => {
    let all = 0;
    let both = 0;
    for await (const finding of threads.screen(growing, [path])) {
      assert.ok(finding.type === 'match');
      if (finding.matches.length === 2) both++;
      all++;
      if (all === 50) {
        assert.equal(both, 0);
        for (let ref = 0; ref < 20_000; ref++) growing.add(parseValue(`n${ref}.example`, 'domain'), ref);
      } else if (all === 30_000) {
        const before = growing.memory;
        for (let ref = 0; ref < 20_000; ref++)
          if (ref !== 7000) growing.remove(parseValue(`n${ref}.example`, 'domain'), ref);
        growing.remove(parseValue('evil.example', 'domain'), 0);
        assert.notEqual(growing.memory, before, 'it was built anew');
      }
    }
    assert.ok(both > 29_000, `${both}`);
    assert.equal(all, 40_000);
  });
});

test('a thread that breaks down is an error of the run, and of every later one', async () => {
  await withThreads({ threads: 2 }, async (threads) => {
    // No format has this name: a fault in the program, as far as the thread can tell.
    const broken = threads.screen(table, [join(dir, 'one.log')], { format: 'none' as FormatName });
    await assert.rejects(foundBy(broken), /no format none/);
    await assert.rejects(foundBy(threads.screen(table, [join(dir, 'one.log')])), /no format none/);
  });
});

test('threads that are closed in the middle of a run are an error, not silence', async () => {
  const path = file('closing.log', 'evil.example\n'.repeat(100_000));
  const threads = new LogThreads({ threads: 2, chunkBytes: 1024, partBytes: 4096, untakenBytesMax: 1000 });
  await assert.rejects(async () => {
    for await (const finding of threads.screen(table, [path])) {
      assert.equal(finding.type, 'match');
      await threads.close();
    }
  }, /were closed/);
});
