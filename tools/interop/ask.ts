import { spawn } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

/** A script in `judges/`. */
export type JudgeName =
  'objects' | 'patterns' | 'matches' | 'misp' | 'misp_client' | 'misp_stix' | 'provider' | 'rules' | 'taxii';

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

/** Longest life of a judge, in ms. */
const lifeMsMax = 1_200_000;

/** Processes a judge has at most. */
const processesMax = 4;

/** Judges under the given Python. Each starts when it is first asked, since its start takes seconds, and stays until closed. */
export function openJudges(python: string): { readonly ask: Ask; readonly close: () => void } {
  const started = new Map<JudgeName, Judge[]>();
  const start = (name: JudgeName): Judge[] => {
    const count = Math.min(processesMax, availableParallelism());
    const judges = Array.from({ length: count }, () => startJudge(python, name));
    started.set(name, judges);
    return judges;
  };
  return {
    ask: async <Answer>(name: JudgeName, questions: readonly unknown[]) => {
      const judges = started.get(name) ?? start(name);
      const lines = questions.map((question) => JSON.stringify(question));
      const share = Math.ceil(lines.length / judges.length);
      const parts = judges.map((judge, index) => judge.ask(lines.slice(index * share, (index + 1) * share)));
      return (await Promise.all(parts)).flat().map((line) => JSON.parse(line) as Answer | Failed);
    },
    close: () => {
      for (const judge of [...started.values()].flat()) judge.close();
    },
  };
}

interface Judge {
  ask(lines: readonly string[]): Promise<string[]>;
  close(): void;
}

function startJudge(python: string, name: JudgeName): Judge {
  const script = join(import.meta.dirname, 'judges', `${name}.py`);
  const env = { ...process.env, PYTHONIOENCODING: 'utf-8' };
  const child = spawn(python, ['-B', script], { timeout: lifeMsMax, env });
  let complaints = '';
  child.stderr.on('data', (chunk: Buffer) => (complaints = (complaints + chunk.toString('utf8')).slice(-2000)));
  // A judge that ended is seen by its missing answers.
  child.stdin.on('error', () => undefined);
  const answers = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    ask: async (lines) => {
      if (lines.length > 0) child.stdin.write(`${lines.join('\n')}\n`);
      const given: string[] = [];
      while (given.length < lines.length) {
        const { value, done } = await answers.next();
        if (done === true)
          throw new Error(`Judge ${name} ended after ${given.length} of ${lines.length} answers: ${complaints}`);
        given.push(value);
      }
      return given;
    },
    close: () => child.stdin.end(),
  };
}
