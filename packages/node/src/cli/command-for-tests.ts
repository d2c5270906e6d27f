import { randomBytes, randomUUID } from 'node:crypto';
import { PassThrough, Readable } from 'node:stream';
import { runCommand } from './run.ts';

/**
 * Runs a command in this process with streams in memory, with what the program would read from standard input and its
 * environment; used by tests only. What the node logs is with the errors, as in the program.
 */
export async function runForTests(
  argv: readonly string[],
  input = '',
  env: Readonly<Record<string, string>> = {},
): Promise<{ code: number; out: string; err: string }> {
  const [stdout, stderr] = [new PassThrough(), new PassThrough()];
  const texts = { out: '', err: '' };
  stdout.setEncoding('utf8').on('data', (text: string) => (texts.out += text));
  stderr.setEncoding('utf8').on('data', (text: string) => (texts.err += text));
  const code = await runCommand(argv, {
    terminal: { stdin: Readable.from([Buffer.from(input)]), stdout, stderr },
    node: {
      clock: Date.now,
      uuid: randomUUID,
      randomBytes: (count) => randomBytes(count),
      log: (entry) => stderr.write(`${JSON.stringify(entry)}\n`),
    },
    env,
    stop: new AbortController().signal,
    onHangup: () => () => undefined,
  });
  return { code, ...texts };
}
