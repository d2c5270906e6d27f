import { ComityError, quote } from '../../base/index.ts';

/** Kinds of token. Keywords and punctuation that carry no text have a kind each. */
export const token = {
  end: 0,
  integer: 1,
  float: 2,
  string: 3,
  binary: 4,
  hex: 5,
  timestamp: 6,
  boolean: 7,
  name: 8,
  hyphenName: 9,
  comparison: 10,
  leftBracket: 11,
  rightBracket: 12,
  leftParen: 13,
  rightParen: 14,
  colon: 15,
  dot: 16,
  comma: 17,
  asterisk: 18,
  keyword: 19,
} as const;
export type TokenKind = (typeof token)[keyof typeof token];

/** Words that are never a type or an unquoted key (STIX 2.1 §9; upper case only). */
export const keywords: ReadonlySet<string> = new Set([
  'AND',
  'OR',
  'NOT',
  'FOLLOWEDBY',
  'LIKE',
  'MATCHES',
  'ISSUPERSET',
  'ISSUBSET',
  'EXISTS',
  'LAST',
  'IN',
  'START',
  'STOP',
  'SECONDS',
  'WITHIN',
  'REPEATS',
  'TIMES',
]);

const timestampForm =
  /^\d{4}-(?:0[1-9]|1[012])-(?:0[1-9]|[12]\d|3[01])T(?:[01]\d|2[0-3]):[0-5]\d:(?:[0-5]\d|60)(?:\.\d+)?Z$/;
// Linear: one class, then at most two signs at the end; the length is checked apart.
const base64Form = /^[A-Za-z0-9+/]+={0,2}$/;
const hexForm = /^(?:[A-Fa-f0-9]{2})*$/;

/**
 * Cuts a pattern into tokens, the longest match first, as the grammar of STIX 2.1 §9 asks.
 *
 * The current token is in {@link kind}, {@link text} (what it means: a string without quotes and escapes, a literal
 * without its prefix) and {@link start}; {@link advance} moves on. Linear: no character is looked at more than a fixed
 * number of times.
 */
export class PatternLexer {
  kind: TokenKind = token.end;
  text = '';
  start = 0;
  readonly #source: string;
  #at = 0;

  constructor(source: string) {
    this.#source = source;
    this.advance();
  }

  /** @throws {ComityError} `PATTERN_MALFORMED` naming the column of what no token begins with. */
  advance(): void {
    this.#skipBlanks();
    const source = this.#source;
    const start = this.#at;
    this.start = start;
    const code = start < source.length ? source.charCodeAt(start) : -1;
    if (isNameStart(code)) return this.#readName(start, code);
    switch (code) {
      case -1:
        return this.#take(token.end, '', start);
      case 39: // '
        return this.#readString(start, token.string, start);
      case 91:
        return this.#take(token.leftBracket, '[', start + 1);
      case 93:
        return this.#take(token.rightBracket, ']', start + 1);
      case 40:
        return this.#take(token.leftParen, '(', start + 1);
      case 41:
        return this.#take(token.rightParen, ')', start + 1);
      case 58:
        return this.#take(token.colon, ':', start + 1);
      case 44:
        return this.#take(token.comma, ',', start + 1);
      case 42:
        return this.#take(token.asterisk, '*', start + 1);
      case 46: // . or .5
        if (isDigit(source.charCodeAt(start + 1))) return this.#readNumber(start, start);
        return this.#take(token.dot, '.', start + 1);
      case 43: // + and - only begin a number
      case 45:
        return this.#readNumber(start, start + 1);
      case 61: // = or ==
        return this.#take(token.comparison, '=', source.charCodeAt(start + 1) === 61 ? start + 2 : start + 1);
      case 33:
      case 60:
      case 62:
        return this.#readComparison(start, code);
      default:
        if (isDigit(code)) return this.#readNumber(start, start);
        return this.fail('something the grammar knows');
    }
  }

  /** Whether the current token is this keyword. */
  isKeyword(word: string): boolean {
    return this.kind === token.keyword && this.text === word;
  }

  /** @throws {ComityError} `PATTERN_MALFORMED`, always. */
  fail(expected: string, at = this.start): never {
    const found = at >= this.#source.length ? 'its end' : quote(this.#source.slice(at, at + 24));
    throw new ComityError(
      'PATTERN_MALFORMED',
      `Cannot parse pattern: expected ${expected} at column ${at + 1}, found ${found}`,
      {
        details: { column: at + 1 },
      },
    );
  }

  #take(kind: TokenKind, text: string, end: number): void {
    this.kind = kind;
    this.text = text;
    this.#at = end;
  }

  #skipBlanks(): void {
    const source = this.#source;
    let at = this.#at;
    for (;;) {
      const code = source.charCodeAt(at); // NaN at the end
      if (code === 32 || (code <= 13 && code >= 9) || (code > 127 && isWideBlank(code))) at++;
      else if (code === 47) {
        const end = this.#commentEnd(at);
        if (end === at) break;
        at = end;
      } else break;
    }
    this.#at = at;
  }

  #commentEnd(at: number): number {
    const next = this.#source.charCodeAt(at + 1);
    if (next === 42) {
      const close = this.#source.indexOf('*/', at + 2);
      return close < 0 ? at : close + 2;
    }
    if (next !== 47) return at;
    let end = at + 2;
    while (end < this.#source.length && this.#source[end] !== '\n' && this.#source[end] !== '\r') end++;
    return end;
  }

  #readName(start: number, first: number): void {
    const source = this.#source;
    let end = start + 1;
    let hyphen = false;
    for (; end < source.length; end++) {
      const code = source.charCodeAt(end);
      if (code === 45) hyphen = true;
      else if (!isNameStart(code) && !isDigit(code)) break;
    }
    if (end === start + 1 && source.charCodeAt(end) === 39 && this.#readPrefixed(start, first)) return;
    const text = source.slice(start, end);
    if (hyphen) return this.#take(token.hyphenName, text, end);
    if (first <= 90 && text.length <= 10 && keywords.has(text)) return this.#take(token.keyword, text, end);
    if (text === 'true' || text === 'false') return this.#take(token.boolean, text, end);
    this.#take(token.name, text, end);
  }

  /** `t'…'`, `b'…'`, `h'…'`; false when the text between the quotes is none, so that a name stands before a string. */
  #readPrefixed(start: number, prefix: number): boolean {
    if (prefix !== 116 && prefix !== 98 && prefix !== 104) return false;
    const close = this.#source.indexOf("'", start + 2);
    if (close < 0) return false;
    const text = this.#source.slice(start + 2, close);
    if (prefix === 116 && isTimestampText(text)) this.#take(token.timestamp, text, close + 1);
    else if (prefix === 98 && text.length % 4 === 0 && base64Form.test(text)) this.#take(token.binary, text, close + 1);
    else if (prefix === 104 && hexForm.test(text)) this.#take(token.hex, text, close + 1);
    else return false;
    return true;
  }

  #readString(start: number, kind: TokenKind, quoteAt: number): void {
    const source = this.#source;
    let text = '';
    let from = quoteAt + 1;
    for (let at = from; at < source.length; at++) {
      const code = source.charCodeAt(at);
      if (code === 39)
        return this.#take(kind, from === quoteAt + 1 ? source.slice(from, at) : text + source.slice(from, at), at + 1);
      if (code !== 92) continue;
      const next = source.charCodeAt(at + 1);
      if (next !== 39 && next !== 92) this.fail("\\' or \\\\ after a backslash", at);
      text += source.slice(from, at);
      from = at + 1;
      at++;
    }
    this.fail("a closing '", start);
  }

  /** From the first digit or dot at `digits`; a whole part with a leading zero ends after the zero (`01` is two tokens). */
  #readNumber(start: number, digits: number): void {
    const source = this.#source;
    let end = digits;
    while (isDigit(source.charCodeAt(end))) end++;
    if (source.charCodeAt(end) === 46 && isDigit(source.charCodeAt(end + 1))) {
      end += 2;
      while (isDigit(source.charCodeAt(end))) end++;
      return this.#take(token.float, source.slice(start, end), end);
    }
    if (end === digits) this.fail('a digit', digits);
    if (source.charCodeAt(digits) === 48) end = digits + 1;
    this.#take(token.integer, source.slice(start, end), end);
  }

  #readComparison(start: number, code: number): void {
    const next = this.#source.charCodeAt(start + 1);
    if (code === 33) {
      if (next !== 61) this.fail('!=');
      return this.#take(token.comparison, '!=', start + 2);
    }
    if (code === 60 && next === 62) return this.#take(token.comparison, '!=', start + 2);
    const text = code === 60 ? '<' : '>';
    if (next === 61) return this.#take(token.comparison, `${text}=`, start + 2);
    this.#take(token.comparison, text, start + 1);
  }
}

/** Whether a text has the form between the quotes of `t'…'`: month, day and hour in range, the day not held against the month. */
export function isTimestampText(text: string): boolean {
  return timestampForm.test(text);
}

function isNameStart(code: number): boolean {
  return (code >= 97 && code <= 122) || (code >= 65 && code <= 90) || code === 95;
}

function isDigit(code: number): boolean {
  return code >= 48 && code <= 57;
}

/** Blanks of the grammar beyond ASCII. */
function isWideBlank(code: number): boolean {
  return (
    code === 0x85 ||
    code === 0xa0 ||
    code === 0x1680 ||
    (code >= 0x2000 && code <= 0x200a) ||
    code === 0x2028 ||
    code === 0x2029 ||
    code === 0x202f ||
    code === 0x205f ||
    code === 0x3000
  );
}
