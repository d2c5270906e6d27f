import { ComityError, limits } from '../../base/index.ts';
import { hasDigestShape } from './digests.ts';
import { isTimestampText, PatternLexer, token } from './lexer.ts';
import { normalFloat, normalInteger } from './numbers.ts';
import type {
  ComparisonExpression,
  Literal,
  ObjectPath,
  ObservationExpression,
  Operator,
  PathStep,
  Pattern,
  Qualifier,
} from '../tree.ts';

/** Which rules a pattern is read by. */
export interface PatternOptions {
  /**
   * Specification of the object that carries the pattern, default 2.1. In 2.0 START and STOP also took plain strings and a
   * kind of qualifier could stand twice on an observation.
   */
  readonly version?: '2.0' | '2.1';
  /**
   * Whether a kind of qualifier may stand twice on an observation: never by STIX 2.1 §9.5.1 (`once`, the default); the OASIS
   * matcher evaluates it (`any`).
   */
  readonly qualifiers?: 'once' | 'any';
}

/**
 * Parses a STIX pattern.
 *
 * Beyond the grammar two rules are checked, as the reference validator does: a digest has the form its algorithm asks
 * for, and no kind of qualifier stands twice on one observation. Days that do not exist (30 February) pass, as they do
 * there. Linear in the text; recursion is bounded by `limits.patternDepthMax`.
 *
 * Spec: STIX 2.1 §9; STIX 2.0 part 5.
 *
 * @param text - Pattern, attacker-controlled; at most `limits.patternCharsMax` UTF-16 code units.
 * @throws {ComityError} `PATTERN_MALFORMED` naming the column, or `PATTERN_TOO_COMPLEX` over a limit of length, depth or
 *   number of comparisons; never any other error.
 */
export function parsePattern(text: string, options: PatternOptions = {}): Pattern {
  if (text.length > limits.patternCharsMax) tooComplex(`${text.length} characters, at most ${limits.patternCharsMax}`);
  return { root: new PatternParser(text, options).parse() };
}

class PatternParser {
  readonly #lexer: PatternLexer;
  readonly #version: '2.0' | '2.1';
  readonly #qualifiersOnce: boolean;
  #depth = 0;
  #comparisons = 0;

  constructor(text: string, { version = '2.1', qualifiers = 'once' }: PatternOptions) {
    this.#lexer = new PatternLexer(text);
    this.#version = version;
    this.#qualifiersOnce = version === '2.1' && qualifiers === 'once';
  }

  parse(): ObservationExpression {
    const root = this.#followedBy();
    if (this.#lexer.kind !== token.end) this.#lexer.fail('the end of the pattern or an operator');
    return root;
  }

  #followedBy(): ObservationExpression {
    const first = this.#observationOr();
    if (!this.#lexer.isKeyword('FOLLOWEDBY')) return first;
    const operands = [first];
    while (this.#takeKeyword('FOLLOWEDBY')) operands.push(this.#observationOr());
    return { kind: 'followedby', operands };
  }

  #observationOr(): ObservationExpression {
    const first = this.#observationAnd();
    if (!this.#lexer.isKeyword('OR')) return first;
    const operands = [first];
    while (this.#takeKeyword('OR')) operands.push(this.#observationAnd());
    return { kind: 'or', operands };
  }

  #observationAnd(): ObservationExpression {
    const first = this.#qualified();
    if (!this.#lexer.isKeyword('AND')) return first;
    const operands = [first];
    while (this.#takeKeyword('AND')) operands.push(this.#qualified());
    return { kind: 'and', operands };
  }

  #qualified(): ObservationExpression {
    const grouped = this.#lexer.kind === token.leftParen;
    const operand = grouped ? this.#group() : this.#observation();
    if (this.#lexer.kind !== token.keyword) return operand;
    const qualifiers: Qualifier[] = [];
    for (let at = this.#lexer.start; ; at = this.#lexer.start) {
      const qualifier = this.#findQualifier();
      if (qualifier === undefined) break;
      const twice = qualifiers.some((earlier) => earlier.kind === qualifier.kind);
      if (twice && !grouped && this.#qualifiersOnce)
        this.#lexer.fail('each kind of qualifier at most once on an observation', at);
      qualifiers.push(qualifier);
    }
    return qualifiers.length === 0 ? operand : { kind: 'qualified', operand, qualifiers };
  }

  #group(): ObservationExpression {
    this.#enter();
    this.#lexer.advance();
    const inner = this.#followedBy();
    this.#take(token.rightParen, ')');
    this.#depth--;
    return inner;
  }

  #observation(): ObservationExpression {
    this.#take(token.leftBracket, '[');
    const comparison = this.#comparisonOr();
    this.#take(token.rightBracket, '], AND or OR');
    return { kind: 'observation', comparison };
  }

  #findQualifier(): Qualifier | undefined {
    const lexer = this.#lexer;
    if (this.#takeKeyword('WITHIN')) {
      const seconds = lexer.kind === token.float ? normalFloat(lexer.text) : normalInteger(lexer.text);
      const isCount = (lexer.kind === token.integer || lexer.kind === token.float) && !lexer.text.startsWith('-');
      if (!isCount) lexer.fail('a number of seconds');
      lexer.advance();
      this.#needKeyword('SECONDS');
      return { kind: 'within', seconds };
    }
    if (this.#takeKeyword('REPEATS')) {
      if (lexer.kind !== token.integer || lexer.text.startsWith('-')) lexer.fail('how many times');
      const times = normalInteger(lexer.text);
      lexer.advance();
      this.#needKeyword('TIMES');
      return { kind: 'repeats', times };
    }
    if (this.#takeKeyword('START')) {
      const start = this.#takeTime();
      this.#needKeyword('STOP');
      return { kind: 'startstop', start, stop: this.#takeTime() };
    }
    return undefined;
  }

  #takeTime(): string {
    const { kind, text } = this.#lexer;
    const plain = this.#version === '2.0' && kind === token.string && isTimestampText(text);
    if (kind !== token.timestamp && !plain) this.#lexer.fail("a timestamp t'…'");
    this.#lexer.advance();
    return text;
  }

  #comparisonOr(): ComparisonExpression {
    const first = this.#comparisonAnd();
    if (!this.#lexer.isKeyword('OR')) return first;
    const operands = [first];
    while (this.#takeKeyword('OR')) operands.push(this.#comparisonAnd());
    return { kind: 'or', operands };
  }

  #comparisonAnd(): ComparisonExpression {
    const first = this.#test();
    if (!this.#lexer.isKeyword('AND')) return first;
    const operands = [first];
    while (this.#takeKeyword('AND')) operands.push(this.#test());
    return { kind: 'and', operands };
  }

  #test(): ComparisonExpression {
    const lexer = this.#lexer;
    if (lexer.kind === token.leftParen) {
      this.#enter();
      lexer.advance();
      const inner = this.#comparisonOr();
      this.#take(token.rightParen, '), AND or OR');
      this.#depth--;
      return inner;
    }
    if (++this.#comparisons > limits.patternComparisonsMax) {
      tooComplex(`more than ${limits.patternComparisonsMax} comparisons`);
    }
    if (lexer.kind === token.keyword) {
      const absent = this.#takeKeyword('NOT');
      this.#needKeyword('EXISTS');
      return { kind: 'exists', path: this.#path(), negated: absent };
    }
    const path = this.#path();
    const negated = this.#takeKeyword('NOT');
    const at = lexer.start;
    const operator = this.#operator();
    const literals = operator === 'IN' ? this.#set() : [this.#literal(operator)];
    const exact = operator === '=' || operator === '!=' || operator === 'IN';
    if (exact && !hasDigestShape(path, literals)) lexer.fail('a digest of the form its algorithm has', at);
    return { kind: 'test', path, negated, operator, literals };
  }

  #operator(): Operator {
    const { kind, text } = this.#lexer;
    const isOperator = kind === token.comparison || (kind === token.keyword && wordOperators.has(text));
    if (!isOperator) this.#lexer.fail('an operator');
    this.#lexer.advance();
    return text as Operator;
  }

  #path(): ObjectPath {
    const lexer = this.#lexer;
    const type = lexer.text;
    if (lexer.kind !== token.name && lexer.kind !== token.hyphenName) lexer.fail('an object type');
    lexer.advance();
    this.#take(token.colon, ':');
    const steps: PathStep[] = [this.#key()];
    for (;;) {
      if (lexer.kind === token.dot) {
        lexer.advance();
        steps.push(this.#key());
      } else if (lexer.kind === token.leftBracket) {
        lexer.advance();
        steps.push(this.#index());
        this.#take(token.rightBracket, ']');
      } else return { type, steps };
    }
  }

  #key(): string {
    const { kind, text } = this.#lexer;
    if (kind !== token.name && kind !== token.string) this.#lexer.fail('a property name');
    this.#lexer.advance();
    return text;
  }

  #index(): PathStep {
    const lexer = this.#lexer;
    if (lexer.kind === token.asterisk) {
      lexer.advance();
      return { any: true };
    }
    if (lexer.kind !== token.integer) lexer.fail('an index or *');
    const index = Number(normalInteger(lexer.text));
    if (!Number.isSafeInteger(index)) tooComplex('an index beyond 2^53');
    lexer.advance();
    return index;
  }

  #set(): Literal[] {
    this.#take(token.leftParen, '(');
    const literals: Literal[] = [];
    if (this.#lexer.kind !== token.rightParen) {
      literals.push(this.#literal('='));
      while (this.#lexer.kind === token.comma) {
        this.#lexer.advance();
        literals.push(this.#literal('='));
      }
    }
    this.#take(token.rightParen, ')');
    return literals;
  }

  #literal(operator: Operator): Literal {
    const lexer = this.#lexer;
    const { kind, text } = lexer;
    const literal = literalOf(kind, text);
    if (literal === undefined) return lexer.fail('a literal');
    if (literal.kind === 'boolean' && operator !== '=' && operator !== '!=') lexer.fail('a literal with an order');
    if (literal.kind !== 'string' && stringOperators.has(operator)) lexer.fail('a string');
    lexer.advance();
    return literal;
  }

  #take(kind: number, expected: string): void {
    if (this.#lexer.kind !== kind) this.#lexer.fail(expected);
    this.#lexer.advance();
  }

  #takeKeyword(word: string): boolean {
    if (!this.#lexer.isKeyword(word)) return false;
    this.#lexer.advance();
    return true;
  }

  #needKeyword(word: string): void {
    if (!this.#takeKeyword(word)) this.#lexer.fail(word);
  }

  #enter(): void {
    if (++this.#depth > limits.patternDepthMax) tooComplex(`parentheses deeper than ${limits.patternDepthMax}`);
  }
}

const stringOperators: ReadonlySet<string> = new Set(['LIKE', 'MATCHES', 'ISSUBSET', 'ISSUPERSET']);
const wordOperators: ReadonlySet<string> = new Set(['IN', ...stringOperators]);

function literalOf(kind: number, text: string): Literal | undefined {
  switch (kind) {
    case token.string:
      return { kind: 'string', value: text };
    case token.integer:
      return { kind: 'integer', value: normalInteger(text) };
    case token.float:
      return { kind: 'float', value: normalFloat(text) };
    case token.boolean:
      return { kind: 'boolean', value: text };
    case token.binary:
      return { kind: 'binary', value: text };
    case token.hex:
      return { kind: 'hex', value: text };
    case token.timestamp:
      return { kind: 'timestamp', value: text };
    default:
      return undefined;
  }
}

function tooComplex(what: string): never {
  throw new ComityError('PATTERN_TOO_COMPLEX', `Cannot parse pattern: ${what}`);
}
