import { createScreen } from '@comity/screen';
import type { FormatName, OpenedInput, Table } from '@comity/screen';
import type { MatchPrinter } from './match-printer.ts';
import type { Output } from './output.ts';
import type { Progress } from './progress.ts';
import type { RuleJudge } from './rule-judge.ts';
import type { RulePrinter } from './rule-printer.ts';

/** Output is handed over at least every so many bytes of input. */
const flushBytes = 1024 * 1024;

export interface ScreenInputDeps {
  readonly table: Table;
  readonly format: FormatName | 'auto';
  readonly printer: MatchPrinter;
  readonly rulePrinter: RulePrinter;
  readonly judge: RuleJudge | undefined;
  readonly output: Output;
  readonly progress: Progress | undefined;
}

/**
 * Screens one input on this thread.
 *
 * @throws {ComityError} what reading the input throws; matches found before are printed.
 */
export async function screenInput(input: OpenedInput, deps: ScreenInputDeps): Promise<void> {
  const { printer, rulePrinter, output, progress } = deps;
  const printed = (): number => printer.matches + rulePrinter.matches;
  const screen = createScreen(
    deps.table,
    { format: deps.format },
    { match: (found) => printer.print(input.name, found) },
  );
  const feed = deps.judge?.feed(input.name, screen);
  const isShared = output.isTerminal;
  const handOver = async (matchesBefore: number): Promise<void> => {
    if (printed() > matchesBefore && isShared) progress?.clear();
    await output.flush();
  };
  let bytes = 0;
  let matches = printed();
  try {
    for await (const chunk of input.chunks) {
      screen.push(chunk);
      feed?.push(chunk);
      bytes += chunk.length;
      if (printed() > matches || bytes >= flushBytes) {
        await handOver(matches);
        matches = printed();
        bytes = 0;
      }
      if (output.closed) return;
      progress?.update(input, printer.alarms + rulePrinter.matches);
    }
  } finally {
    // Also after an error: what was read until then is judged.
    if (!output.closed) {
      screen.end();
      feed?.end();
      await handOver(matches);
    }
    progress?.done(input);
  }
}
