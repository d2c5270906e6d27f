import { RE2JS } from 're2js';
import type { TextTest } from '../plan/regular-expression.ts';
import { many, one } from '../plan/tree.ts';
import type { TextPart } from '../plan/tree.ts';
import { fold } from './event-reader.ts';

/**
 * The test of a whole text with wildcards. `*` is any characters, line ends among them, `?` one.
 *
 * Time is linear in the text: literals between `*` are looked for from left to right, and what has a `?` is left to the
 * linear engine.
 *
 * @param parts - without case (`cased` false) the test is given folded texts.
 */
export function compileText(parts: readonly TextPart[], cased: boolean): TextTest {
  if (parts.includes(one)) return compileWithSingles(parts, cased);
  const literals = parts.filter((part) => typeof part === 'string').map((text) => (cased ? text : fold(text)));
  const [first = ''] = literals;
  const startsOpen = parts[0] === many;
  const endsOpen = parts.at(-1) === many;
  if (literals.length === 0) return parts.length === 0 ? (text) => text === '' : () => true;
  if (literals.length === 1) {
    if (startsOpen) return endsOpen ? (text) => text.includes(first) : (text) => text.endsWith(first);
    return endsOpen ? (text) => text.startsWith(first) : (text) => text === first;
  }
  const start = startsOpen ? '' : first;
  const end = endsOpen ? '' : literals.at(-1)!;
  const middle = literals.slice(startsOpen ? 0 : 1, endsOpen ? literals.length : -1);
  return (text) => {
    if (text.length < start.length + end.length || !text.startsWith(start) || !text.endsWith(end)) return false;
    let at = start.length;
    for (const each of middle) {
      const found = text.indexOf(each, at);
      if (found < 0) return false;
      at = found + each.length;
    }
    return at <= text.length - end.length;
  };
}

function compileWithSingles(parts: readonly TextPart[], cased: boolean): TextTest {
  const source = parts.map((part) => {
    if (typeof part === 'string') return RE2JS.quote(cased ? part : fold(part));
    return part === many ? '.*' : '.';
  });
  const expression = RE2JS.compile(String.raw`\A(?:${source.join('')})\z`, RE2JS.DOTALL);
  return (text) => expression.test(text);
}
