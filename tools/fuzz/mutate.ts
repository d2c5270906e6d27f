import type { Random } from '../../packages/testkit/src/index.ts';

/** Pieces that parsers trip over: ends, escapes, nesting, huge numbers, odd spaces, half characters. */
const pieces: readonly Uint8Array[] = [
  '"',
  "'",
  '\\',
  '\\u0000',
  '\\ud800',
  '{',
  '}',
  '[',
  ']',
  '(',
  ')',
  ',',
  ':',
  ';',
  '|',
  '\t',
  '\n',
  '\r\n',
  '\0',
  '\ufeff',
  '[.]',
  'hxxp://',
  '://',
  '@',
  '/',
  '//',
  '..',
  '*.',
  '%',
  '%00',
  '#',
  '#fields',
  '||',
  '^',
  '::',
  '::ffff:',
  '0x7f.1',
  '1e999',
  '-1',
  '99999999999999999999',
  'null',
  'true',
  '__proto__',
  'constructor',
  'xn--',
  'xn--a-ecp.ru',
  'ß',
  '例え',
  '\u202e',
  '$ORIGIN',
  ' CNAME .',
  '&a',
  '*a',
  '<<: *a',
  '!!js/function',
  '---\n',
  "' OR [",
  ' AND ',
  ' FOLLOWEDBY ',
  ' NOT ',
  '(((((((((',
  '[[[[[[[[[[[[',
  '{"a":{"a":{"a":',
  'a'.repeat(300),
  '.a'.repeat(200),
  '1'.repeat(400),
  ':'.repeat(200),
].map((text) => Buffer.from(text, 'utf8'));

/** Longest mutant; keeps a run of many small documents fast. */
const bytesMax = 16_384;

/** A mutant of a document: one to eight random changes, sometimes a splice with another document. */
export function mutate(bytes: Uint8Array, other: Uint8Array, random: Random): Uint8Array {
  let mutant: Uint8Array = Buffer.from(bytes);
  const changes = 1 + random.below(8);
  for (let count = 0; count < changes; count += 1) mutant = change(mutant, other, random);
  return mutant.length > bytesMax ? mutant.subarray(0, bytesMax) : mutant;
}

function change(bytes: Uint8Array, other: Uint8Array, random: Random): Uint8Array {
  const at = random.below(bytes.length + 1);
  const end = Math.min(bytes.length, at + random.below(Math.min(64, bytes.length + 1) || 1));
  switch (random.below(8)) {
    case 0: {
      const flipped = Buffer.from(bytes);
      if (at < flipped.length) flipped[at] = (flipped[at] ?? 0) ^ (1 << random.below(8));
      return flipped;
    }
    case 1:
      return join(bytes.subarray(0, at), Buffer.from([random.below(256)]), bytes.subarray(at));
    case 2:
      return join(bytes.subarray(0, at), bytes.subarray(end));
    case 3:
      return join(bytes.subarray(0, end), bytes.subarray(at));
    case 4:
      return bytes.subarray(0, at);
    case 5:
      return join(bytes.subarray(0, at), other.subarray(random.below(other.length + 1)));
    case 6: {
      const piece = random.pick(pieces);
      const times = random.below(10) === 0 ? 1 + random.below(60) : 1;
      return join(bytes.subarray(0, at), ...Array.from({ length: times }, () => piece), bytes.subarray(end));
    }
    default:
      return join(bytes.subarray(0, at), random.pick(pieces), bytes.subarray(at));
  }
}

function join(...parts: readonly Uint8Array[]): Uint8Array {
  return Buffer.concat(parts);
}
