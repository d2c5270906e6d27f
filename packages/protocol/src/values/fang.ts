/** What stands in brackets for what, once lower-cased and without spaces inside. */
const bracketed: Readonly<Record<string, string>> = {
  '.': '.',
  dot: '.',
  ',': '.',
  ':': ':',
  '://': '://',
  '//': '//',
  '/': '/',
  '@': '@',
  at: '@',
};
const closing: Readonly<Record<string, string>> = { '[': ']', '(': ')', '{': '}', '<': '>' };
/** Markdown escapes the brackets: `evil\[.\]example`. */
const escapedBrackets = /^\\\[(\.|dot|:|:\/\/|@|at)\\\]/i;
/** The closing bracket is forgotten sometimes; `items[.id]` is code. */
const unclosedDot = /^\[\.[\p{L}\p{N}][\p{L}\p{N}._-]*(?![\p{L}\p{N}._\-\]])/u;
const NAME_CHARS_MAX = 255;
const BRACKETED_CHARS_MAX = 6;
/** Schemes people write so that nobody can click on them. Longest first; what follows must be `s`, `:` or a bracket. */
const defangedScheme = /^(?:h[x*]{2}p|hxtp|htxp|h__p|fxp)(?=s?(?::|[[({]:|\[\/|[[(]s[\])]))/i;
const mayBeDefanged = /[[({<\\]|h(?:[x*_]|tx)|fxp/i;
const wordCharacter = /[\p{L}\p{N}]/u;

/** Refanged text and, for each of its code units, where it came from. */
export interface Refanged {
  readonly text: string;
  /** Offset in the original of each code unit of `text`, and of the end. Undefined when nothing changed. */
  readonly offsets: Uint32Array | undefined;
  /** 1 for each code unit of `text` that stands for a defanged one. Undefined when nothing changed. */
  readonly isRewritten: Uint8Array | undefined;
}

/** Undoes defanging: `hxxps[://]evil[.]example` becomes `https://evil.example`. Linear; text of any length. */
export function refang(text: string): string {
  return refangWithOffsets(text).text;
}

/** {@link refang}, keeping the way back to the original. */
export function refangWithOffsets(text: string): Refanged {
  if (!mayBeDefanged.test(text)) return { text, offsets: undefined, isRewritten: undefined };
  let refanged = '';
  const offsets = new Uint32Array(text.length + 1);
  const isRewritten = new Uint8Array(text.length + 1);
  const write = (piece: string, from: number, rewritten: 0 | 1): void => {
    for (let index = 0; index < piece.length; index++) {
      offsets[refanged.length + index] = rewritten === 1 ? from : from + index;
      isRewritten[refanged.length + index] = rewritten;
    }
    refanged += piece;
  };
  let at = 0;
  while (at < text.length) {
    const step = defangedAt(text, at);
    if (step === undefined) {
      write(text[at]!, at, 0);
      at++;
      continue;
    }
    let next = at + step.length;
    // `user [at] evil [dot] example`: the spaces belong to the brackets.
    if (step.isWord && refanged.endsWith(' ') && text[next] === ' ') {
      refanged = refanged.slice(0, -1);
      next++;
    }
    write(step.stands, at, 1);
    at = next;
  }
  offsets[refanged.length] = text.length;
  return { text: refanged, offsets, isRewritten };
}

function defangedAt(text: string, at: number): { length: number; stands: string; isWord: boolean } | undefined {
  const first = text[at]!;
  const close = closing[first];
  if (close !== undefined) {
    const inner = text.slice(at + 1, at + 2 + BRACKETED_CHARS_MAX);
    const end = inner.indexOf(close);
    const word = end < 0 ? '' : inner.slice(0, end).trim().toLowerCase();
    // `</>` and `<:>` are markup.
    const isKnown = Object.hasOwn(bracketed, word) && (first !== '<' || /^(?:[.@]|dot|at)$/.test(word));
    const stands = isKnown ? bracketed[word] : undefined;
    if (stands !== undefined) return { length: end + 2, stands, isWord: /^[a-z]/.test(word) };
    const isUnclosed =
      first === '[' && wordCharacter.test(text[at - 1] ?? '') && unclosedDot.test(text.slice(at, at + NAME_CHARS_MAX));
    return isUnclosed ? { length: 2, stands: '.', isWord: false } : undefined;
  }
  if (first === '\\') {
    const escaped = escapedBrackets.exec(text.slice(at, at + 3 + BRACKETED_CHARS_MAX));
    const stands = escaped === null ? undefined : bracketed[(escaped[1] ?? '').toLowerCase()];
    if (stands !== undefined) return { length: escaped?.[0].length ?? 0, stands, isWord: false };
    const isEscapedDot =
      text[at + 1] === '.' && wordCharacter.test(text[at - 1] ?? '') && wordCharacter.test(text[at + 2] ?? '');
    return isEscapedDot ? { length: 2, stands: '.', isWord: false } : undefined;
  }
  if (first !== 'h' && first !== 'H' && first !== 'f' && first !== 'F') return undefined;
  if (wordCharacter.test(text[at - 1] ?? '')) return undefined;
  const scheme = defangedScheme.exec(text.slice(at, at + 10))?.[0];
  if (scheme === undefined) return undefined;
  return { length: scheme.length, stands: scheme.length === 3 ? 'ftp' : 'http', isWord: false };
}

/**
 * Writes a value so that no program makes it a link or a look-up: `hxxps://evil[.]example/a.php`, `192[.]0[.]2[.]1`,
 * `a[@]evil[.]example`, `2001[:]db8[:][:]1`. `refang` undoes it.
 */
export function defang(text: string): string {
  const scheme = /^[a-z][a-z0-9+.-]*:\/\//i.exec(text)?.[0] ?? '';
  const rest = text.slice(scheme.length);
  const hostEnd = rest.search(/[/?#]/);
  const host = hostEnd < 0 ? rest : rest.slice(0, hostEnd);
  const tail = hostEnd < 0 ? '' : rest.slice(hostEnd);
  const isIpv6 = host.indexOf(':') !== host.lastIndexOf(':');
  const safeHost = host.replace(isIpv6 ? /[.@:]/g : /[.@]/g, '[$&]');
  return `${scheme.replace(/^http/i, 'hxxp').replace(/^ftp/i, 'fxp')}${safeHost}${tail}`;
}
