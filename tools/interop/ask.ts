import { spawn } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';

/** A script in `judges/`. */
export type JudgeName = 'objects' | 'patterns' | 'matches' | 'misp';

/** Asks a judge every question and gives its answers in order; an answer `{ failed }` says that the judge threw. */
export type Ask = <Answer>(judge: JudgeName, questions: readonly unknown[]) => Promise<(Answer | Failed)[]>;

/** The judge threw. */
export interface Failed {
  readonly failed: string;
}

/** Whether the judge threw instead of answering. */
export function isFailed(answer: unknown): answer is Failed {
  return typeof answer === 'object' && answer !== null && 'failed' in answer;
}

/** Longest time for one round of questions, in ms. */
const roundMsMax = 600_000;

/** Judges that run under the given Python, a few processes at a time. */
export function askPython(python: string): Ask {
  return async <Answer>(judge: JudgeName, questions: readonly unknown[]) => {
    const lines = questions.map((question) => JSON.stringify(question));
    const share = Math.max(200, Math.ceil(lines.length / Math.min(4, availableParallelism())));
    const parts: string[][] = [];
    for (let at = 0; at < lines.length; at += share) parts.push(lines.slice(at, at + share));
    const answers = await Promise.all(parts.map((part) => askProcess<Answer>(python, judge, part)));
    return answers.flat();
  };
}

async function askProcess<Answer>(python: string, judge: JudgeName, lines: string[]): Promise<(Answer | Failed)[]> {
  const script = join(import.meta.dirname, 'judges', `${judge}.py`);
  const child = spawn(python, ['-B', script], {
    timeout: roundMsMax,
    env: { ...process.env, PYTHONIOENCODING: 'utf-8' },
  });
  child.stdin.end(`${lines.join('\n')}\n`);
  const [code, stdout, stderr] = await Promise.all([
    new Promise<number | null>((resolve, reject) => child.on('error', reject).on('close', resolve)),
    textOf(child.stdout),
    textOf(child.stderr),
  ]);
  const answers = stdout.split('\n').filter((line) => line !== '');
  if (code !== 0 || answers.length !== lines.length) {
    throw new Error(
      `Judge ${judge} gave ${answers.length} of ${lines.length} answers and ended with ${code}: ${stderr.slice(-2000)}`,
    );
  }
  return answers.map((line) => JSON.parse(line) as Answer | Failed);
}

async function textOf(stream: AsyncIterable<Buffer>): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}
