import { utf8Bytes } from '../../base/index.ts';

/** How `utf16le`, `wide`, `utf16be` and `utf16` write a text. */
export type Utf16Form = 'le' | 'be' | 'marked';

/** The bytes of a text in UTF-16, one character a byte, so that they can be looked for and encoded further. */
export function utf16Text(text: string, form: Utf16Form): string {
  let bytes = form === 'marked' ? '\u00ff\u00fe' : '';
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    const [high, low] = [String.fromCharCode(unit >> 8), String.fromCharCode(unit & 0xff)];
    bytes += form === 'be' ? high + low : low + high;
  }
  return bytes;
}

/** UTF-8 bytes of a text, one character a byte. */
export function utf8Text(text: string): string {
  return byteText(utf8Bytes(text));
}

function byteText(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) text += String.fromCharCode(byte);
  return text;
}

/** Base64 of bytes given one character a byte. */
export function base64Of(bytes: string): string {
  return btoa(bytes);
}

/** Characters of base64 that depend on what stands before the bytes, by their offset modulo 3; and behind, by their end. */
const startsAt = [0, 2, 3] as const;
const cutAtEnd = [0, 3, 2] as const;

/**
 * What base64 shows of bytes wherever they stand in what was encoded: one text for each offset modulo 3, without the
 * characters that neighbours have a part in. Empty ones, of bytes too short, are left out.
 */
export function base64Offsets(bytes: string): readonly string[] {
  return startsAt.flatMap((start, offset) => {
    const encoded = base64Of(' '.repeat(offset) + bytes);
    const end = encoded.length - cutAtEnd[(bytes.length + offset) % 3]!;
    return end > start ? [encoded.slice(start, end)] : [];
  });
}
