/** Characters of a document's beginning and end that are looked at for what an envelope says of itself. */
const edgeChars = 8192;

/** What a TAXII envelope says of the pages behind it (TAXII 2.1 §3.7). */
export interface TaxiiPage {
  /** Whether it is not the last page. */
  readonly more: boolean;
  /** What to ask for the next page with, as the parameter `next`; only with `more`. Untrusted. */
  readonly next: string | undefined;
}

const member = String.raw`"(?:more|next)"\s*:\s*(?:true|false|null|"(?:[^"\\]|\\.)*")\s*`;
const first = new RegExp(String.raw`^\s*\{\s*((?:${member},\s*)+)`);
const last = new RegExp(String.raw`^,?\s*((?:${member},?\s*)+)\}\s*$`);

/**
 * Reads `more` and `next` of an envelope before or after its objects, without parsing these: anchored to the beginning and
 * the end of the document, so that no object can say so.
 */
export function taxiiPageOf(text: string): TaxiiPage {
  const tail = text.slice(-edgeChars);
  const members = [
    first.exec(text.slice(0, edgeChars))?.[1] ?? '',
    last.exec(tail.slice(endOfObjects(tail)).trimStart())?.[1] ?? '',
  ].join(' ');
  if (!/"more"\s*:\s*true/.test(members)) return { more: false, next: undefined };
  const quoted = /"next"\s*:\s*("(?:[^"\\]|\\.)*")/.exec(members)?.[1];
  return { more: true, next: quoted === undefined ? undefined : textOf(quoted) };
}

/** Behind the last bracket that stands in no string, as far as the end of a text can tell; 0 when there is none. */
function endOfObjects(tail: string): number {
  let inString = false;
  for (let at = tail.length - 1; at >= 0; at--) {
    if (tail[at] === '"' && !isEscaped(tail, at)) inString = !inString;
    else if (tail[at] === ']' && !inString) return at + 1;
  }
  return 0;
}

function isEscaped(text: string, at: number): boolean {
  let from = at;
  while (from > 0 && text[from - 1] === '\\') from--;
  return (at - from) % 2 === 1;
}

function textOf(quoted: string): string | undefined {
  try {
    const text: unknown = JSON.parse(quoted);
    return typeof text === 'string' && text !== '' ? text : undefined;
  } catch {
    return undefined; // An escape that JSON does not know: there is nothing to ask with.
  }
}
