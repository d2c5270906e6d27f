import { isFailed } from './ask.ts';
import type { Ask, JudgeName } from './ask.ts';

/** Something an outside judge is asked about many cases. */
export interface CheckOptions<Case, Answer> {
  readonly name: string;
  readonly judge: JudgeName;
  /** What it reads, below the foreign test data. */
  readonly needs: readonly string[];
  readonly cases: () => readonly Case[];
  readonly question: (each: Case) => unknown;
  /** What is wrong, given the answer; undefined when judge and we agree. */
  readonly fault: (each: Case, answer: Answer) => string | undefined;
  /** Codes of warnings in an answer, and how many of each are accepted over all cases. */
  readonly warnings?: (answer: Answer) => readonly string[];
  readonly warningsMax?: Readonly<Record<string, number>>;
}

/** A check made ready: its cases are drawn when it runs or is counted. */
export interface Check {
  readonly name: string;
  readonly needs: readonly string[];
  count(): number;
  /** Why it cannot run on this machine, beside what {@link needs} names; undefined: it can. */
  missing?(): string | undefined;
  run(ask: Ask): Promise<Outcome>;
}

/** What a check came to. */
interface Outcome {
  readonly cases: number;
  readonly faults: readonly string[];
  /** Number of warnings by their code. */
  readonly warnings: ReadonlyMap<string, number>;
}

/** Makes a check ready. A judge that throws has not agreed. */
export function check<Case, Answer>(options: CheckOptions<Case, Answer>): Check {
  return {
    name: options.name,
    needs: options.needs,
    count: () => options.cases().length,
    run: async (ask) => {
      const cases = options.cases();
      const answers = await ask<Answer>(options.judge, cases.map(options.question));
      const faults: string[] = [];
      const warnings = new Map<string, number>();
      for (const [index, each] of cases.entries()) {
        const answer = answers[index];
        if (answer === undefined) faults.push('the judge gave no answer');
        else if (isFailed(answer)) faults.push(`the judge threw ${answer.failed}`);
        else {
          const fault = options.fault(each, answer);
          if (fault !== undefined) faults.push(fault);
          for (const code of options.warnings?.(answer) ?? []) warnings.set(code, (warnings.get(code) ?? 0) + 1);
        }
      }
      for (const [code, count] of warnings) {
        const most = options.warningsMax?.[code] ?? 0;
        if (count > most) faults.push(`${count} warnings ${code}, ${most} are accepted`);
      }
      return { cases: cases.length, faults, warnings };
    },
  };
}

/** The surroundings of a run. */
export interface RunDeps {
  /** The judges, or why they are not here. */
  readonly judges: { readonly ask: Ask; readonly missing?: never } | { readonly missing: string };
  /** Path of foreign data, or undefined when it is not on this machine. */
  readonly find: (path: string) => string | undefined;
  readonly print: (line: string) => void;
}

export interface RunResult {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

/** Faults shown of one check; the rest are counted. */
const shownMax = 10;

/** Runs checks one after the other, a line for each, ending with `N passed, N failed, N skipped` in cases. */
export async function runChecks(checks: readonly Check[], deps: RunDeps): Promise<RunResult> {
  const result = { passed: 0, failed: 0, skipped: 0 };
  for (const each of checks) {
    const absent = each.needs.find((path) => deps.find(path) === undefined);
    if (absent !== undefined) {
      deps.print(`SKIPPED ${each.name}: foreign test data ${absent} is not on this machine`);
      result.skipped += 1;
      continue;
    }
    const missing = deps.judges.missing ?? each.missing?.();
    if (missing !== undefined || deps.judges.missing !== undefined) {
      const count = each.count();
      deps.print(`SKIPPED ${each.name}: ${count} cases: ${missing}`);
      result.skipped += count;
    } else {
      const { cases, faults, warnings } = await each.run(deps.judges.ask);
      // A check without a case proves nothing.
      const failed = cases === 0 ? 1 : Math.min(cases, faults.length);
      result.passed += cases - Math.min(cases, failed);
      result.failed += failed;
      printOutcome(each.name, cases, faults, warnings, deps.print);
    }
  }
  deps.print(`${result.passed} passed, ${result.failed} failed, ${result.skipped} skipped`);
  return result;
}

function printOutcome(
  name: string,
  cases: number,
  faults: readonly string[],
  warnings: ReadonlyMap<string, number>,
  print: (line: string) => void,
): void {
  const noted = [...warnings].map(([code, count]) => `${count} × ${code}`).join(', ');
  print(`${name} ${cases - Math.min(cases, faults.length)}/${cases}${noted === '' ? '' : `, warnings ${noted}`}`);
  for (const fault of faults.slice(0, shownMax)) print(`  ${fault}`);
  if (faults.length > shownMax) print(`  and ${faults.length - shownMax} more`);
}
