import { ComityError, quote } from '../../base/index.ts';

/** A regular expression of PCRE in the words of the linear engine. */
export interface ScannedExpression {
  readonly text: string;
  /** About how many steps its program has, repetitions multiplied; known before anything is compiled. */
  readonly size: number;
}

/** Escapes PCRE has and RE2 has not, or has otherwise, outside a class. */
const written: Readonly<Record<string, string>> = {
  Z: String.raw`(?:\n?\z)`,
  h: String.raw`[\t \x{a0}]`,
  H: String.raw`[^\t \x{a0}]`,
  R: String.raw`(?:\r\n|[\n-\r\x{85}\x{2028}\x{2029}])`,
  v: String.raw`[\n-\r\x{85}\x{2028}\x{2029}]`,
  e: String.raw`\x1b`,
  N: String.raw`[^\n]`,
};
const writtenInClass: Readonly<Record<string, string>> = {
  h: String.raw`\t \x{a0}`,
  v: String.raw`\n-\r\x{85}\x{2028}\x{2029}`,
  e: String.raw`\x1b`,
};

/** Escapes that need backtracking or state beyond the text. */
const refusedEscapes: Readonly<Record<string, string>> = {
  k: 'a back-reference',
  g: 'a back-reference',
  G: 'the anchor \\G',
  K: 'the reset \\K',
  X: 'the grapheme \\X',
  c: 'the control escape \\c',
};

const refusedGroups: readonly (readonly [form: RegExp, name: string])[] = [
  [/^\?[=!]/, 'look-ahead'],
  [/^\?<[=!]/, 'look-behind'],
  [/^\?>/, 'an atomic group'],
  [/^\?\(/, 'a condition'],
  [/^\?(?:R|[+-]?\d|&|P>)/, 'recursion'],
  [/^\?P=/, 'a back-reference'],
  [/^\?\|/, 'a branch reset'],
  [/^\?#/, 'a comment'],
  [/^\?[a-wyz-]*x/, 'the extended syntax (?x)'],
  [/^\*/, 'a control verb'],
];

const countForm = /\{(\d{1,6})(?:,(\d{0,6}))?\}/y;
const multilineForm = /\(\?[a-zA-Z]*m/;

/**
 * Writes a PCRE expression for the linear engine, refusing by name what no linear engine can do. One pass; what is no
 * expression at all is left to the engine to say.
 *
 * @throws {ComityError} `PATTERN_UNSUPPORTED`.
 */
export function scanExpression(source: string): ScannedExpression {
  return new ExpressionScan(source).run();
}

class ExpressionScan {
  readonly #source: string;
  readonly #endIsEnd: boolean;
  #at = 0;
  #text = '';
  /** Size of each open group, the expression itself first. */
  readonly #sizes = [0];
  /** Size of what a repetition would repeat. */
  #atom = 0;
  /** Whether the last sign was a repetition, which a `+` makes possessive. */
  #repeated = false;

  constructor(source: string) {
    this.#source = source;
    this.#endIsEnd = !multilineForm.test(source);
  }

  run(): ScannedExpression {
    while (this.#at < this.#source.length) this.#step(this.#source.charAt(this.#at));
    let size = 0;
    for (const each of this.#sizes) size += each;
    return { text: this.#text, size };
  }

  #step(sign: string): void {
    switch (sign) {
      case '\\':
        return this.#escape();
      case '[':
        return this.#class();
      case '(':
        return this.#open();
      case ')':
        return this.#close();
      case '*':
      case '+':
      case '?':
        return this.#repeat(sign);
      case '{':
        return this.#count();
      case '$':
        return this.#add(this.#endIsEnd ? String.raw`(?:\n?\z)` : '$', 1, 3);
      default:
        return this.#add(sign, 1, 1);
    }
  }

  #add(text: string, length: number, size: number): void {
    this.#text += text;
    this.#at += length;
    this.#grow(size);
  }

  #grow(size: number): void {
    this.#atom = size;
    this.#sizes[this.#sizes.length - 1]! += size;
    this.#repeated = false;
  }

  #escape(): void {
    const sign = this.#source.charAt(this.#at + 1);
    if (sign === 'Q') {
      const end = this.#source.indexOf('\\E', this.#at);
      const stop = end < 0 ? this.#source.length : end + 2;
      return this.#add(this.#source.slice(this.#at, stop), stop - this.#at, stop - this.#at);
    }
    if (sign >= '1' && sign <= '9') refuse('a back-reference', this.#source);
    const refused = refusedEscapes[sign];
    if (refused !== undefined) refuse(refused, this.#source);
    this.#add(written[sign] ?? `\\${sign}`, 2, 1);
  }

  /** A bracketed class; its first `]` is a member of it. */
  #class(): void {
    const source = this.#source;
    let at = this.#at + 1;
    let text = '[';
    if (source.charAt(at) === '^') text += source.charAt(at++);
    if (source.charAt(at) === ']') {
      text += '\\]';
      at++;
    }
    while (at < source.length && source.charAt(at) !== ']') {
      const posix = source.startsWith('[:', at) ? source.indexOf(':]', at) : -1;
      if (posix > 0 && posix - at < 16) {
        text += source.slice(at, posix + 2);
        at = posix + 2;
      } else if (source.charAt(at) === '\\') {
        const sign = source.charAt(at + 1);
        text += writtenInClass[sign] ?? `\\${sign}`;
        at += 2;
      } else text += source.charAt(at++);
    }
    // Without a closing bracket the engine says what is wrong.
    if (at < source.length) text += source.charAt(at++);
    this.#add(text, at - this.#at, 1);
  }

  #open(): void {
    const rest = this.#source.slice(this.#at + 1, this.#at + 40);
    for (const [form, name] of refusedGroups) if (form.test(rest)) refuse(name, this.#source);
    this.#sizes.push(2);
    this.#atom = 0;
    this.#repeated = false;
    this.#text += '(';
    this.#at++;
    // The signs of `(?i:`, `(?<name>` are no repetition.
    if (rest.startsWith('?')) {
      this.#text += '?';
      this.#at++;
    }
  }

  #close(): void {
    const size = this.#sizes.length > 1 ? this.#sizes.pop()! : 0;
    this.#add(')', 1, size);
  }

  #repeat(sign: string): void {
    if (this.#repeated && sign === '+') refuse('a possessive repetition', this.#source);
    this.#text += sign;
    this.#at++;
    this.#sizes[this.#sizes.length - 1]! += 1;
    this.#repeated = !this.#repeated;
  }

  #count(): void {
    countForm.lastIndex = this.#at;
    const found = countForm.exec(this.#source);
    if (found === null) return this.#add(String.raw`\{`, 1, 1);
    const [text, least = '0', most] = found;
    const times = Math.max(Number(least), Number(most ?? '0'));
    this.#text += text;
    this.#at += text.length;
    const more = this.#atom * Math.max(0, times - 1);
    this.#sizes[this.#sizes.length - 1]! += more;
    this.#atom += more;
    this.#repeated = true;
  }
}

function refuse(what: string, source: string): never {
  throw new ComityError(
    'PATTERN_UNSUPPORTED',
    `Cannot evaluate pattern: ${quote(source)} uses ${what}, which cannot be searched in linear time`,
  );
}
