/** Runs commands in this process with streams in memory; used by tests only. */
import { randomBytes, randomUUID } from 'node:crypto';
import { PassThrough, Readable } from 'node:stream';
import { runCommand } from './run.ts';

export async function runForTests(
  argv: readonly string[],
  input = '',
): Promise<{ code: number; out: string; err: string }> {
  const [stdout, stderr] = [new PassThrough(), new PassThrough()];
  const texts = { out: '', err: '' };
  stdout.setEncoding('utf8').on('data', (text: string) => (texts.out += text));
  stderr.setEncoding('utf8').on('data', (text: string) => (texts.err += text));
  const code = await runCommand(argv, {
    terminal: { stdin: Readable.from([Buffer.from(input)]), stdout, stderr },
    node: { clock: Date.now, uuid: randomUUID, randomBytes: (count) => randomBytes(count), log: () => undefined },
    env: {},
    stop: new AbortController().signal,
  });
  return { code, ...texts };
}
