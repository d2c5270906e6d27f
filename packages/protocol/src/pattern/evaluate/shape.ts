import { ComityError, limits, quote, recogniseTimestampUs } from '../../base/index.ts';
import type { ComparisonExpression, ObservationExpression, Qualifier } from '../tree.ts';

/**
 * A pattern as a search sees it: which observation expressions are asked for, how often, and in which time. Leaves are
 * numbered as they stand in the pattern.
 */
export type Shape =
  /** `units` different observations, each of which answers one of `leaves`. */
  | { readonly kind: 'slot'; readonly leaves: readonly number[]; readonly units: number }
  | { readonly kind: 'all' | 'any' | 'sequence'; readonly parts: readonly Shape[] }
  | { readonly kind: 'times'; readonly part: Shape; readonly count: number }
  | { readonly kind: 'within'; readonly part: Shape; readonly span: Span };

/** Instants that qualifiers allow, in microseconds; both ends are allowed. */
export interface Span {
  readonly fromUs: number;
  readonly toUs: number;
  /** Greatest difference between two instants; undefined when any. */
  readonly widthUs?: number;
}

/** How an evaluator reads what the standard and its reference implementation read differently. */
export interface EvaluationOptions {
  /**
   * Whether the last observation of `WITHIN n SECONDS` may be exactly n seconds after the first. STIX 2.1 §9.5.1 says it
   * may not (`open`, the default); the OASIS matcher lets it (`closed`).
   */
  readonly window?: 'open' | 'closed';
}

/** A pattern's shape and its observation expressions. */
export interface CompiledShape {
  readonly shape: Shape;
  readonly leaves: readonly ComparisonExpression[];
}

/**
 * Reads the observation expressions and qualifiers of a pattern.
 *
 * @throws {ComityError} `PATTERN_MALFORMED` for WITHIN or REPEATS of nothing and for times that do not exist (§9.5.1, §9.4).
 */
export function shapeOf(root: ObservationExpression, options: EvaluationOptions): CompiledShape {
  const leaves: ComparisonExpression[] = [];
  const closed = options.window === 'closed';
  const read = (expression: ObservationExpression): Shape => {
    if (expression.kind === 'observation') {
      leaves.push(expression.comparison);
      return { kind: 'slot', leaves: [leaves.length - 1], units: 1 };
    }
    if (expression.kind === 'qualified') return qualify(read(expression.operand), expression.qualifiers, closed);
    const parts = expression.operands.map(read);
    if (expression.kind === 'or') return unite(parts);
    return { kind: expression.kind === 'and' ? 'all' : 'sequence', parts };
  };
  return { shape: read(root), leaves };
}

/** Single observations under OR are one that answers any of them. */
function unite(parts: readonly Shape[]): Shape {
  const singles: number[] = [];
  const others: Shape[] = [];
  for (const part of parts) {
    if (part.kind === 'slot' && part.units === 1) singles.push(...part.leaves);
    else others.push(part);
  }
  if (singles.length === 0) return { kind: 'any', parts };
  const single: Shape = { kind: 'slot', leaves: singles, units: 1 };
  return others.length === 0 ? single : { kind: 'any', parts: [single, ...others] };
}

/** Qualifiers in the order written, each of what stands before it. */
function qualify(operand: Shape, qualifiers: readonly Qualifier[], closed: boolean): Shape {
  let shape = operand;
  for (const qualifier of qualifiers) {
    if (qualifier.kind === 'repeats') shape = repeat(shape, countOf(qualifier.times));
    else shape = narrow(shape, qualifier.kind === 'within' ? windowOf(qualifier.seconds, closed) : spanOf(qualifier));
  }
  return shape;
}

function repeat(part: Shape, count: number): Shape {
  if (count === 1) return part;
  return part.kind === 'slot' ? { ...part, units: part.units * count } : { kind: 'times', part, count };
}

/** Time qualifiers on one expression hold together. A window around a single observation says nothing. */
function narrow(part: Shape, span: Span): Shape {
  const inner = part.kind === 'within' ? part.part : part;
  const before = part.kind === 'within' ? part.span : anyTime;
  const widths = [before.widthUs, span.widthUs].filter((width) => width !== undefined);
  const isSingle = inner.kind === 'slot' && inner.units === 1;
  const both = { fromUs: Math.max(before.fromUs, span.fromUs), toUs: Math.min(before.toUs, span.toUs) };
  if (widths.length > 0 && !isSingle)
    return { kind: 'within', part: inner, span: { ...both, widthUs: Math.min(...widths) } };
  if (isSingle && both.fromUs === anyTime.fromUs && both.toUs === anyTime.toUs) return inner;
  return { kind: 'within', part: inner, span: both };
}

const anyTime: Span = { fromUs: -Number.MAX_SAFE_INTEGER, toUs: Number.MAX_SAFE_INTEGER };

function windowOf(text: string, closed: boolean): Span {
  const us = Number(text) * 1_000_000;
  if (!(us > 0)) fail(`WITHIN ${text} SECONDS leaves no time`);
  return { ...anyTime, widthUs: Math.min(Number.MAX_SAFE_INTEGER, closed ? Math.floor(us) : Math.ceil(us) - 1) };
}

function spanOf({ start, stop }: { readonly start: string; readonly stop: string }): Span {
  return { fromUs: instantOf(start), toUs: instantOf(stop) - 1 };
}

function countOf(text: string): number {
  const count = Number(text);
  if (count < 1) fail(`REPEATS ${text} TIMES asks for nothing`);
  if (count > limits.patternRepeatsMax) {
    throw new ComityError(
      'PATTERN_TOO_COMPLEX',
      `Cannot evaluate pattern: REPEATS ${text.slice(0, 20)} TIMES, at most ${limits.patternRepeatsMax}`,
    );
  }
  return count;
}

function instantOf(text: string): number {
  return recogniseTimestampUs(text) ?? fail(`there is no time ${quote(text)}`);
}

function fail(what: string): never {
  throw new ComityError('PATTERN_MALFORMED', `Cannot evaluate pattern: ${what}`);
}
