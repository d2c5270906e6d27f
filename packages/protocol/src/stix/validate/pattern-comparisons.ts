import type { ComparisonExpression, ObjectPath, ObservationExpression, Pattern } from '../../pattern/index.ts';

/** The paths a pattern compares, in the order they stand. */
export function comparisonsOf({ root }: Pattern): readonly ObjectPath[] {
  const paths: ObjectPath[] = [];
  visitObservation(root, paths);
  return paths;
}

function visitObservation(expression: ObservationExpression, paths: ObjectPath[]): void {
  if (expression.kind === 'observation') visitComparison(expression.comparison, paths);
  else if (expression.kind === 'qualified') visitObservation(expression.operand, paths);
  else for (const operand of expression.operands) visitObservation(operand, paths);
}

function visitComparison(expression: ComparisonExpression, paths: ObjectPath[]): void {
  if (expression.kind === 'test' || expression.kind === 'exists') paths.push(expression.path);
  else for (const operand of expression.operands) visitComparison(operand, paths);
}
