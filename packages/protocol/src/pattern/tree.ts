/** A parsed STIX pattern (STIX 2.1 §9). Parentheses are not kept: the shape of the tree says what they said. */
export interface Pattern {
  readonly root: ObservationExpression;
}

/** What is asked of a set of observations; `and`, `or` and `followedby` hold two operands or more. */
export type ObservationExpression =
  | { readonly kind: 'observation'; readonly comparison: ComparisonExpression }
  | { readonly kind: 'and' | 'or' | 'followedby'; readonly operands: readonly ObservationExpression[] }
  | { readonly kind: 'qualified'; readonly operand: ObservationExpression; readonly qualifiers: readonly Qualifier[] };

/** In the order written; no kind twice on one expression. */
export type Qualifier =
  | { readonly kind: 'startstop'; readonly start: string; readonly stop: string }
  /** `seconds` in normal decimal form, as the grammar allows fractions. */
  | { readonly kind: 'within'; readonly seconds: string }
  | { readonly kind: 'repeats'; readonly times: string };

/** What is asked of one observation. */
export type ComparisonExpression =
  | { readonly kind: 'and' | 'or'; readonly operands: readonly ComparisonExpression[] }
  | PropertyTest
  | { readonly kind: 'exists'; readonly path: ObjectPath; readonly negated: boolean };

/** A comparison operator in its short spelling; NOT stands apart as `negated`. */
export type Operator = '=' | '!=' | '<' | '<=' | '>' | '>=' | 'IN' | 'LIKE' | 'MATCHES' | 'ISSUBSET' | 'ISSUPERSET';

/** `path [NOT] operator literal`. `literals` holds one literal, for IN any number. */
export interface PropertyTest {
  readonly kind: 'test';
  readonly path: ObjectPath;
  readonly negated: boolean;
  readonly operator: Operator;
  readonly literals: readonly Literal[];
}

/** `type:step.step[index]`. */
export interface ObjectPath {
  readonly type: string;
  readonly steps: readonly PathStep[];
}

/** A string is a key as it reads without quotes; a number an index; `{ any: true }` is `[*]`. */
export type PathStep = string | number | { readonly any: true };

/**
 * A constant. `value` of a string is what it means with its escapes undone; of `binary` and `hex` the text between the
 * quotes; of `integer` and `float` the shortest decimal text, exact at any size; of `timestamp` the text as written.
 */
export interface Literal {
  readonly kind: 'string' | 'integer' | 'float' | 'boolean' | 'binary' | 'hex' | 'timestamp';
  readonly value: string;
}
