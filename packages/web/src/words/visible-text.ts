/** A piece of untrusted text as it may be shown. */
export interface TextPiece {
  readonly text: string;
  /** The code points, `U+202E`, when the piece is one that would be unseen or would change what is around it. */
  readonly escaped?: string;
}

/**
 * What must not reach the screen as it is: controls, format characters (bidi marks, embeddings, overrides, isolates,
 * zero-width characters), what is ignorable by default (fillers, variation selectors, tags), line and paragraph
 * separators, private use and lone surrogates. A name with U+202E in it must read as what it is.
 */
const unseen = /[\p{Cc}\p{Cf}\p{Co}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/u;

/** Splits untrusted text into plain pieces and single escaped characters, in order; together they are all of it. */
export function visiblePieces(text: string): TextPiece[] {
  const pieces: TextPiece[] = [];
  let plain = '';
  for (const character of text) {
    if (!unseen.test(character)) {
      plain += character;
      continue;
    }
    if (plain !== '') pieces.push({ text: plain });
    plain = '';
    pieces.push({ text: shortNameOf(character), escaped: codePointOf(character) });
  }
  if (plain !== '') pieces.push({ text: plain });
  return pieces;
}

/** The same as one string, for names and titles: `safe\u202egpj.exe`. */
export function visibleText(text: string): string {
  return visiblePieces(text)
    .map((piece) => piece.text)
    .join('');
}

const shortNames: Readonly<Record<string, string>> = { '\t': '\\t', '\n': '\\n', '\r': '\\r', '\0': '\\0' };

function shortNameOf(character: string): string {
  const short = shortNames[character];
  if (short !== undefined) return short;
  const hex = (character.codePointAt(0) ?? 0).toString(16);
  return hex.length > 4 ? `\\u{${hex}}` : `\\u${hex.padStart(4, '0')}`;
}

function codePointOf(character: string): string {
  return `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`;
}

/** Where a value stands in a record, without regard to case; the first place, or undefined. UTF-16 units. */
export function findInRecord(record: string, value: string): { start: number; end: number } | undefined {
  if (value === '') return undefined;
  const folded = record.toLowerCase();
  // Folding may change the length (İ); then an offset in one is none in the other and only the exact text counts.
  const start = folded.length === record.length ? folded.indexOf(value.toLowerCase()) : record.indexOf(value);
  return start < 0 ? undefined : { start, end: start + value.length };
}
