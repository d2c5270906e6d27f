import { RE2JS } from 're2js';
import { limits, quote } from '../../base/index.ts';
import { malformed, tooComplex, unsupported } from '../sigma-error.ts';
import type { SigmaPath } from '../sigma-error.ts';

/** What PCRE can and no linear engine can, by its beginning. */
const refused: readonly (readonly [form: RegExp, name: string])[] = [
  [/^\(\?[=!]/, 'look-ahead'],
  [/^\(\?<[=!]/, 'look-behind'],
  [/^\(\?>/, 'an atomic group'],
  [/^\(\?(?:\(|R|[+-]?\d|&|P[>=]|\|)/, 'a condition, recursion or reference'],
  [/^\(\*/, 'a control verb'],
  [/^\\(?:[1-9]|[gkGKX])/, 'a back-reference or an anchor'],
  [/^[*+?]\+/, 'a possessive repetition'],
];
const countForm = /\{(\d{1,6})(?:,(\d{0,6}))?\}/y;

/** Whether a text holds what an expression looks for. */
export type TextTest = (text: string) => boolean;

/**
 * Compiles an expression of the `re` modifier: found anywhere in the text, in time linear in the text.
 *
 * @param flags - of `i`, `m`, `s`. Spec: modifiers 2.1.0, "Regular Expression".
 * @throws {SigmaError} `SIGMA_UNSUPPORTED` for what needs backtracking, by name; `SIGMA_MALFORMED` for what is no expression;
 *   `SIGMA_TOO_COMPLEX` beyond `limits.sigmaExpressionSizeMax`.
 */
export function compileExpression(source: string, flags: string, path: SigmaPath): TextTest {
  if (sizeOf(source, path) > limits.sigmaExpressionSizeMax) {
    tooComplex(`the regular expression ${quote(source)} is too large`, path);
  }
  let bits = 0;
  if (flags.includes('i')) bits |= RE2JS.CASE_INSENSITIVE;
  if (flags.includes('m')) bits |= RE2JS.MULTILINE;
  if (flags.includes('s')) bits |= RE2JS.DOTALL;
  const expression = compileLinear(source, bits, path);
  return (text) => expression.test(text);
}

function compileLinear(source: string, bits: number, path: SigmaPath): RE2JS {
  try {
    return RE2JS.compile(source, bits);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message.slice(0, 200) : 'unknown reason';
    return malformed(`${quote(source)} is no regular expression: ${reason}`, path, cause);
  }
}

/** About how many steps the program of an expression has, counted repetitions multiplied; known before it is compiled. */
function sizeOf(source: string, path: SigmaPath): number {
  const sizes = [0];
  let atom = 0;
  for (let at = 0; at < source.length;) {
    const rest = source.slice(at, at + 4);
    for (const [form, name] of refused) {
      if (form.test(rest)) unsupported(`the regular expression ${quote(source)} uses ${name}`, path);
    }
    const sign = source.charAt(at);
    let length = 1;
    if (sign === '(') {
      sizes.push(2);
      atom = 0;
      at++;
      continue;
    }
    countForm.lastIndex = at;
    const count = sign === '{' ? countForm.exec(source) : null;
    if (count !== null) {
      const more = atom * Math.max(0, Math.max(Number(count[1]), Number(count[2] ?? '0')) - 1);
      sizes[sizes.length - 1]! += more;
      atom += more;
      at += count[0].length;
      if (source.charAt(at) === '+')
        unsupported(`the regular expression ${quote(source)} uses a possessive repetition`, path);
      continue;
    }
    if (sign === ')' && sizes.length > 1) atom = sizes.pop()!;
    else atom = 1;
    if (sign === '\\') length = 2;
    if (sign === '[') length = classLength(source, at);
    sizes[sizes.length - 1]! += atom;
    at += length;
  }
  return sizes.reduce((sum, size) => sum + size, 0);
}

/** Length of a bracketed class; its first `]` is a member of it. */
function classLength(source: string, start: number): number {
  let at = start + 1;
  if (source.charAt(at) === '^') at++;
  if (source.charAt(at) === ']') at++;
  while (at < source.length && source.charAt(at) !== ']') at += source.charAt(at) === '\\' ? 2 : 1;
  return at + 1 - start;
}
