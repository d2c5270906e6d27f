import { limits, quote } from '../../base/index.ts';
import { malformed, tooComplex, unsupported } from '../sigma-error.ts';
import type { SigmaPath } from '../sigma-error.ts';

/** A condition: names of searches and how they are joined. */
export type Condition =
  | { readonly kind: 'and' | 'or'; readonly conditions: readonly Condition[] }
  | { readonly kind: 'not'; readonly condition: Condition }
  | { readonly kind: 'search'; readonly name: string }
  /** `pattern` undefined: `them`. */
  | { readonly kind: 'of'; readonly quantity: 'any' | 'all'; readonly pattern: string | undefined };

const tokenForm = /\s*(?:([()|])|([^\s()|]+))/y;
const nameForm = /^[\w.*-]+$/;
const words = new Set(['and', 'or', 'not', 'of']);

/**
 * Parses a condition. Spec: Sigma rules 2.1.0, "Condition": `or` binds least, then `and`, then `not`; words in any case.
 *
 * @param text - untrusted; at most `limits.sigmaConditionCharsMax` characters.
 * @throws {SigmaError}
 */
export function parseCondition(text: string, path: SigmaPath): Condition {
  if (text.length > limits.sigmaConditionCharsMax) {
    tooComplex(`its condition is longer than ${limits.sigmaConditionCharsMax} characters`, path);
  }
  return new ConditionParser(text, path).parse();
}

class ConditionParser {
  readonly #tokens: readonly string[];
  readonly #path: SigmaPath;
  #at = 0;
  #depth = 0;

  constructor(text: string, path: SigmaPath) {
    this.#path = path;
    this.#tokens = tokensOf(text.trimEnd());
  }

  parse(): Condition {
    const condition = this.#or();
    const rest = this.#tokens[this.#at];
    if (rest === '|') {
      unsupported('its condition counts behind a |, which a correlation rule does since Sigma 2', this.#path);
    }
    if (rest !== undefined) malformed(`its condition goes on with ${quote(rest)}`, this.#path);
    return condition;
  }

  #or(): Condition {
    return this.#joined('or', () => this.#joined('and', () => this.#not()));
  }

  #joined(word: 'and' | 'or', next: () => Condition): Condition {
    const conditions = [next()];
    while (this.#takes(word)) conditions.push(next());
    return conditions.length === 1 ? conditions[0]! : { kind: word, conditions };
  }

  #not(): Condition {
    this.#depth++;
    if (this.#depth > limits.sigmaConditionDepthMax) {
      tooComplex(`its condition is nested deeper than ${limits.sigmaConditionDepthMax}`, this.#path);
    }
    const condition: Condition = this.#takes('not') ? { kind: 'not', condition: this.#not() } : this.#operand();
    this.#depth--;
    return condition;
  }

  #operand(): Condition {
    const token = this.#tokens[this.#at++] ?? malformed('its condition ends too early', this.#path);
    if (token === '(') {
      const condition = this.#or();
      if (!this.#takes(')')) malformed('its condition lacks a )', this.#path);
      return condition;
    }
    const quantity = quantityOf(token);
    if (quantity !== undefined && this.#takes('of')) return this.#of(quantity);
    if (/^\d+$/.test(token) && this.#takes('of')) {
      unsupported(`its condition asks for ${token} of several; Sigma has 1 and all`, this.#path);
    }
    if (!nameForm.test(token) || token.includes('*') || words.has(token.toLowerCase())) {
      malformed(`its condition has ${quote(token)} where a search is named`, this.#path);
    }
    return { kind: 'search', name: token };
  }

  #of(quantity: 'any' | 'all'): Condition {
    const pattern = this.#tokens[this.#at++];
    if (pattern === undefined || !nameForm.test(pattern)) {
      malformed('its condition names no searches behind "of"', this.#path);
    }
    return { kind: 'of', quantity, pattern: pattern.toLowerCase() === 'them' ? undefined : pattern };
  }

  #takes(word: string): boolean {
    const takes = this.#tokens[this.#at]?.toLowerCase() === word;
    if (takes) this.#at++;
    return takes;
  }
}

function tokensOf(text: string): readonly string[] {
  const tokens: string[] = [];
  tokenForm.lastIndex = 0;
  while (tokenForm.lastIndex < text.length) {
    const [, sign, word = ''] = tokenForm.exec(text)!;
    tokens.push(sign ?? word);
  }
  return tokens;
}

function quantityOf(token: string): 'any' | 'all' | undefined {
  const word = token.toLowerCase();
  if (word === '1' || word === 'any') return 'any';
  return word === 'all' ? 'all' : undefined;
}
