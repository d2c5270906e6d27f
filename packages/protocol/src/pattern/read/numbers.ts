/** Shortest decimal text of an integer token: no plus sign, no minus zero. Exact at any size. */
export function normalInteger(text: string): string {
  const digits = text.startsWith('+') ? text.slice(1) : text;
  return digits === '-0' ? '0' : digits;
}

/** Shortest decimal text of a float token that still reads as a float: `.50` is `0.5`, `1.0` stays `1.0`. */
export function normalFloat(text: string): string {
  const negative = text.startsWith('-');
  const [whole = '', fraction = ''] = (negative || text.startsWith('+') ? text.slice(1) : text).split('.');
  const digits = `${trimStart(whole) || '0'}.${trimEnd(fraction) || '0'}`;
  return negative && digits !== '0.0' ? `-${digits}` : digits;
}

function trimStart(digits: string): string {
  let from = 0;
  while (from < digits.length && digits[from] === '0') from++;
  return digits.slice(from);
}

// Not a regular expression: /0+$/ is quadratic on a long run of zeros that ends in another digit.
function trimEnd(digits: string): string {
  let to = digits.length;
  while (to > 0 && digits[to - 1] === '0') to--;
  return digits.slice(0, to);
}
