import { RE2JS } from 're2js';
import { ComityError, limits, quote } from '../../base/index.ts';
import { scanExpression } from './expression-scan.ts';

/** Whether a text, NFC-normalised or bytes as text, passes. */
export type TextTest = (text: string) => boolean;

/**
 * The test of `MATCHES`: found anywhere (§9.6.1 "the search function"), a dot matches line ends (DOTALL), in time linear
 * in the text.
 *
 * The standard asks for PCRE, whose back-references, look-around, recursion and the like need backtracking that one line
 * of a log can make endless: they are refused by name. `$` also stands before a final line end, as there; `\h`, `\R`,
 * `\Z`, `\v`, `\e` and `\N`, which the linear engine does not know, are written out for it.
 *
 * @throws {ComityError} `PATTERN_UNSUPPORTED` for what is refused, `PATTERN_MALFORMED` for what is no expression,
 *   `PATTERN_TOO_COMPLEX` beyond `limits.patternExpressionSizeMax`.
 */
export function compileMatches(source: string): TextTest {
  const { text, size } = scanExpression(source.normalize('NFC'));
  if (size > limits.patternExpressionSizeMax) tooLarge(source);
  const expression = compileLinear(text, source);
  if (expression.programSize() > 2 * limits.patternExpressionSizeMax) tooLarge(source);
  return (subject) => expression.test(subject);
}

function compileLinear(text: string, source: string): RE2JS {
  try {
    return RE2JS.compile(text, RE2JS.DOTALL);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message.slice(0, 200) : 'unknown reason';
    throw new ComityError(
      'PATTERN_MALFORMED',
      `Cannot evaluate pattern: ${quote(source)} is no regular expression: ${reason}`,
      {
        cause,
      },
    );
  }
}

/**
 * The test of `LIKE`: the whole text, `%` any characters or none, `_` one character (§9.6.1). There is no escape for them.
 *
 * @throws {ComityError} `PATTERN_TOO_COMPLEX` when wildcards stand in a text longer than `limits.patternExpressionSizeMax`.
 */
export function compileLike(source: string): TextTest {
  const like = source.normalize('NFC');
  const parts = like.split('%');
  if (!like.includes('_')) {
    const [first = '', last = ''] = parts;
    if (parts.length === 1) return (text) => text === first;
    if (parts.length === 2)
      return (text) => text.length >= first.length + last.length && text.startsWith(first) && text.endsWith(last);
  }
  if (like.length > limits.patternExpressionSizeMax) tooLarge(source);
  const signs = Array.from(like);
  return (text) => isLike(signs, text);
}

/** Greedy with one place to go back to: at most signs × text steps, in practice their sum. */
function isLike(signs: readonly string[], text: string): boolean {
  let sign = 0;
  let at = 0;
  let star = -1;
  let starAt = 0;
  while (at < text.length) {
    const wanted = signs[sign];
    const unit = text.codePointAt(at)! > 0xffff ? 2 : 1;
    if (wanted === '%') {
      star = sign++;
      starAt = at;
    } else if (wanted !== undefined && (wanted === '_' || text.startsWith(wanted, at))) {
      sign++;
      at += wanted === '_' ? unit : wanted.length;
    } else if (star >= 0) {
      starAt += text.codePointAt(starAt)! > 0xffff ? 2 : 1;
      at = starAt;
      sign = star + 1;
    } else return false;
  }
  while (signs[sign] === '%') sign++;
  return sign === signs.length;
}

function tooLarge(source: string): never {
  throw new ComityError('PATTERN_TOO_COMPLEX', `Cannot evaluate pattern: ${quote(source)} makes too large a search`);
}
