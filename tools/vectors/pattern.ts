import { readFileSync } from 'node:fs';
import { ComityError } from '@comity/protocol/base';
import { arePatternsEquivalent, parsePattern, printPattern } from '@comity/protocol/pattern';
import type { PatternOptions } from '@comity/protocol/pattern';
import { findShared } from '../../packages/testkit/src/index.ts';
import { scoreOf } from './suite.ts';
import type { Score, Suite } from './suite.ts';

const validatorCases = 'vectors/pattern-validator/validate-cases.json';
const mutationCases = 'vectors/pattern-validator/oracle-mutations.json';

const equivalenceCases = 'vectors/python-stix2/pattern-equivalence.json';

/** Verdicts of the OASIS pattern validator: its own test suite, and single edits of those patterns; and of python-stix2 on what is equivalent. */
export const patternSuite: Suite = {
  name: 'pattern syntax',
  needs: [validatorCases, mutationCases, equivalenceCases],
  run: () => [syntaxScore(), mutationScore(), equivalenceScore()],
};

interface ValidatorCase {
  readonly pattern: string;
  readonly stix_version: '2.0' | '2.1';
  readonly valid: boolean;
}

interface MutationCase {
  readonly pattern: string;
  readonly validator_ok: boolean;
}

function syntaxScore(): Score {
  const cases = readCases(validatorCases) as ValidatorCase[];
  return scoreOf('pattern syntax', cases, 168, (each) =>
    verdictFault(each.pattern, each.valid, { version: each.stix_version }),
  );
}

function mutationScore(): Score {
  const cases = readCases(mutationCases) as MutationCase[];
  return scoreOf('pattern syntax, mutated', cases, 3200, (each) => verdictFault(each.pattern, each.validator_ok, {}));
}

interface EquivalenceCase {
  readonly a: string;
  readonly b: string;
  readonly equivalent: boolean;
}

function equivalenceScore(): Score {
  const cases = readCases(equivalenceCases) as EquivalenceCase[];
  return scoreOf('pattern equivalence', cases, 166, ({ a, b, equivalent }) => {
    const sameBothWays = arePatternsEquivalent(a, b) === equivalent && arePatternsEquivalent(b, a) === equivalent;
    return sameBothWays ? undefined : `${equivalent ? 'equivalent' : 'not equivalent'}: ${a} and ${b}`;
  });
}

/** Undefined when our verdict is the oracle's and what we accept survives printing. */
function verdictFault(text: string, valid: boolean, options: PatternOptions): string | undefined {
  try {
    const tree = parsePattern(text, options);
    if (!valid) return `accepted: ${text}`;
    const again = parsePattern(printPattern(tree), options);
    return JSON.stringify(again) === JSON.stringify(tree) ? undefined : `changed by printing: ${text}`;
  } catch (error) {
    if (!(error instanceof ComityError)) throw error;
    return valid ? `refused: ${text} (${error.message})` : undefined;
  }
}

function readCases(path: string): unknown[] {
  const file = JSON.parse(readFileSync(findShared(path) ?? path, 'utf8')) as { cases: unknown[] };
  return file.cases;
}
