import { normalPattern, parsePattern, planPattern, printPattern } from '@comity/protocol/pattern';
import type { ComparisonExpression, ObservationExpression, Pattern, Qualifier } from '@comity/protocol/pattern';
import type { CommandDeps, ExitCode } from '../commands/command.ts';
import type { Typed } from '../flag-table.ts';
import { jsonText, plain, write } from '../terminal.ts';

/** Says in words what a pattern asks for, and what of it the screen looks for by value. */
export async function explainPattern(
  { flags, positionals }: Typed<'pattern explain'>,
  { terminal }: CommandDeps,
): Promise<ExitCode> {
  const pattern = parsePattern(positionals[0] ?? '');
  const plan = planPattern(pattern);
  if (flags.json) {
    const { values, complete, reason } = plan;
    const answer = { printed: printPattern(pattern), normal: normalPattern(pattern), values, complete, reason };
    await write(terminal.stdout, jsonText(answer));
    return 0;
  }
  const lines = [...wordsOf(pattern), '', ...planLines(plan)];
  await write(terminal.stdout, lines.map((line) => `${plain(line)}\n`).join(''));
  return 0;
}

function planLines({ values, complete, reason }: ReturnType<typeof planPattern>): string[] {
  const listed = values.map(
    ({ kind, value, port }) => `  ${kind} ${value}${port === undefined ? '' : ` at port ${port}`}`,
  );
  if (complete) return ['The screen looks for, and any one of them is a match:', ...listed];
  const because = reason === undefined ? '' : `: ${reason}`;
  if (values.length === 0) return [`The screen looks for no value${because}.`];
  return [`Values alone do not decide it${because}. It names:`, ...listed];
}

function wordsOf({ root }: Pattern): string[] {
  return observationLines(root, 0);
}

const heads = {
  and: 'all of these, each in an observation of its own:',
  or: 'any of these:',
  followedby: 'these, one after the other:',
} as const;

function observationLines(expression: ObservationExpression, depth: number): string[] {
  const indent = '  '.repeat(depth);
  if (expression.kind === 'observation') {
    return [`${indent}one observation with`, ...comparisonLines(expression.comparison, depth + 1)];
  }
  if (expression.kind === 'qualified') {
    const [first = '', ...rest] = observationLines(expression.operand, depth);
    return [`${first} (${expression.qualifiers.map(qualifierWords).join(', ')})`, ...rest];
  }
  return [
    `${indent}${heads[expression.kind]}`,
    ...expression.operands.flatMap((operand) => observationLines(operand, depth + 1)),
  ];
}

function qualifierWords(qualifier: Qualifier): string {
  if (qualifier.kind === 'within') return `all within ${qualifier.seconds} seconds`;
  if (qualifier.kind === 'repeats') return `repeated ${qualifier.times} times`;
  return `from ${qualifier.start} until before ${qualifier.stop}`;
}

function comparisonLines(expression: ComparisonExpression, depth: number): string[] {
  const indent = '  '.repeat(depth);
  if (expression.kind === 'test' || expression.kind === 'exists') return [`${indent}${comparisonText(expression)}`];
  const head = expression.kind === 'and' ? 'all of, on one object:' : 'any of:';
  return [`${indent}${head}`, ...expression.operands.flatMap((operand) => comparisonLines(operand, depth + 1))];
}

/** The test as it is written, without the brackets. */
function comparisonText(comparison: ComparisonExpression): string {
  return printPattern({ root: { kind: 'observation', comparison } }).slice(1, -1);
}
