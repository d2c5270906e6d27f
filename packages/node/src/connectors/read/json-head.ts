/** What the beginning of a JSON text shows without parsing it. */
export interface JsonHead {
  /** `object`, `array`, or undefined when it is not the beginning of JSON at all. */
  readonly kind: 'object' | 'array' | undefined;
  /** Keys of the object, or of the array's first element when that is an object, as far as the text goes. */
  readonly keys: readonly string[];
  /** Whether the first value ends within the text and another one follows: one document a line, or several in a row. */
  readonly isSequence: boolean;
}

const none: JsonHead = { kind: undefined, keys: [], isSequence: false };

/** Looks at the first characters of a JSON text in one pass, without recursion. */
export function readJsonHead(text: string): JsonHead {
  const start = text.search(/[^\s\ufeff]/);
  const opening = text[start];
  if (opening !== '{' && opening !== '[') return none;
  if (opening === '[' && !/^\[\s*(?:[{["\]\d]|$)/.test(text.slice(start, start + 200))) return none;
  if (opening === '{' && !/^\{\s*(?:["}]|$)/.test(text.slice(start, start + 200))) return none;
  const keys: string[] = [];
  let depth = 0;
  let keyDepth = 1;
  for (let at = start; at < text.length; at += 1) {
    const mark = text[at];
    if (mark === '"') {
      const end = endOfString(text, at);
      if (end < 0) break;
      if (depth === keyDepth && isKey(text, end + 1)) keys.push(text.slice(at + 1, end));
      at = end;
    } else if (mark === '{' || mark === '[') {
      depth += 1;
      if (opening === '[' && depth === 2 && keys.length === 0 && mark === '{') keyDepth = 2;
    } else if (mark === '}' || mark === ']') {
      depth -= 1;
      if (depth === 1 && opening === '[') keyDepth = -1;
      if (depth === 0) return { kind: kindOf(opening), keys, isSequence: /^\s*[{[]/.test(text.slice(at + 1)) };
    }
  }
  return { kind: kindOf(opening), keys, isSequence: false };
}

function kindOf(opening: string): 'object' | 'array' {
  return opening === '{' ? 'object' : 'array';
}

function endOfString(text: string, quoteAt: number): number {
  for (let at = quoteAt + 1; at < text.length; at += 1) {
    if (text[at] === '\\') at += 1;
    else if (text[at] === '"') return at;
  }
  return -1;
}

function isKey(text: string, from: number): boolean {
  for (let at = from; at < text.length; at += 1) {
    const mark = text[at];
    if (mark === ':') return true;
    if (mark !== ' ' && mark !== '\n' && mark !== '\r' && mark !== '\t') return false;
  }
  return false;
}
