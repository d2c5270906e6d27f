import { isJsonObject } from '../../base/index.ts';
import type { JsonValue } from '../../base/index.ts';

const [QUOTE, BACKSLASH, COLON] = [34, 92, 58];

/**
 * Whether a key stands twice in some object of a JSON text: then the text has more members than what was parsed of it.
 *
 * Linear, and without a list of keys, since it looks at every object that is read.
 *
 * @param text - JSON that was parsed to `value`.
 */
export function hasDuplicateKeys(text: string, value: JsonValue): boolean {
  return memberCount(text) !== keyCount(value);
}

/** Colons outside of strings: one for each member. */
function memberCount(text: string): number {
  let count = 0;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) at = stringEnd(text, at);
    else if (code === COLON) count++;
  }
  return count;
}

/** Where the string that opens at `at` closes: at the first quote that has an even number of backslashes before it. */
function stringEnd(text: string, at: number): number {
  for (let end = text.indexOf('"', at + 1); end > 0; end = text.indexOf('"', end + 1)) {
    let slash = end - 1;
    while (text.charCodeAt(slash) === BACKSLASH) slash--;
    if ((end - slash) % 2 === 1) return end;
  }
  return text.length;
}

function keyCount(value: JsonValue): number {
  let count = 0;
  if (Array.isArray(value)) {
    for (const item of value) if (typeof item === 'object') count += keyCount(item);
  } else if (isJsonObject(value)) {
    for (const key in value) {
      const member = value[key];
      count++;
      if (typeof member === 'object') count += keyCount(member);
    }
  }
  return count;
}
