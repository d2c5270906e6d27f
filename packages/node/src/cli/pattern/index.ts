import type { CommandDeps, ExitCode } from '../commands/command.ts';
import type { PatternTyped } from '../parse-arguments.ts';
import { checkPatterns } from './check-patterns.ts';
import { explainPattern } from './explain-pattern.ts';
import { matchObservedData } from './match-observed-data.ts';

/** `pattern check`, `match` or `explain`: none needs a node. */
export async function runPatternCommand(typed: PatternTyped, deps: CommandDeps): Promise<ExitCode> {
  switch (typed.command) {
    case 'pattern check':
      return await checkPatterns(typed, deps);
    case 'pattern match':
      return await matchObservedData(typed, deps);
    case 'pattern explain':
      return await explainPattern(typed, deps);
  }
}
