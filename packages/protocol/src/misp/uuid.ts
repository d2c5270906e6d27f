const uuidForm = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** The UUID in lower case, or undefined when the value is none. MISP compares them without regard to case. */
export function parseUuid(value: unknown): string | undefined {
  if (typeof value !== 'string' || value.length !== 36) return undefined;
  const lower = value.toLowerCase();
  return uuidForm.test(lower) ? lower : undefined;
}

/**
 * A stable UUID for something the sender gave none, so that the same document read twice makes the same ids.
 *
 * A spread of the text over 122 bits, not a cryptographic digest: whoever writes the document chooses its ids anyway.
 * Marked version 8, "vendor-specific" (RFC 9562 §5.8), so that nobody takes it for a random or a name-based one.
 */
export function uuidOfText(text: string): string {
  let a = 0x9e3779b9;
  let b = 0x85ebca6b;
  let c = 0xc2b2ae35;
  let d = 0x27d4eb2f;
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    a = b ^ Math.imul(a ^ code, 597399067);
    b = c ^ Math.imul(b ^ code, 2869860233);
    c = d ^ Math.imul(c ^ code, 951274213);
    d = a ^ Math.imul(d ^ code, 2716044179);
  }
  const words = [spread(a, c), spread(b, d), spread(c, a ^ text.length), spread(d, b)];
  return formatUuid(words.map((word) => (word >>> 0).toString(16).padStart(8, '0')).join(''));
}

/** A stable UUID for the pair of two others, in that order: for a relationship between two things that have ids. */
export function uuidOfPair(first: string, second: string): string {
  return uuidOfText(`${first}\n${second}`);
}

function spread(word: number, other: number): number {
  let mixed = Math.imul(word ^ (word >>> 16) ^ other, 0x7feb352d);
  mixed = Math.imul(mixed ^ (mixed >>> 15), 0x846ca68b);
  return mixed ^ (mixed >>> 16);
}

function formatUuid(hex: string): string {
  const variant = ((Number.parseInt(hex[16] ?? '0', 16) & 0x3) | 0x8).toString(16);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
