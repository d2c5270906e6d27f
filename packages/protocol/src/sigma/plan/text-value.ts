import { many, one } from './tree.ts';
import type { TextPart } from './tree.ts';

/**
 * Parts of a value as a rule writes it: `*` and `?` are wildcards, a backslash makes a plain sign of one that follows and of
 * another backslash, and stands for itself before everything else. Spec: Sigma rules 2.1.0, "Escape Character".
 */
export function parseText(text: string): readonly TextPart[] {
  const parts: TextPart[] = [];
  let literal = '';
  for (let at = 0; at < text.length; at++) {
    const sign = text.charAt(at);
    const next = text.charAt(at + 1);
    if (sign === '\\' && (next === '*' || next === '?' || next === '\\')) {
      literal += next;
      at++;
    } else if (sign === '*' || sign === '?') {
      if (literal !== '') parts.push(literal);
      literal = '';
      pushPart(parts, sign === '*' ? many : one);
    } else literal += sign;
  }
  if (literal !== '') parts.push(literal);
  return parts;
}

/** Adds a part: literals that follow each other are one, `**` is `*`. */
export function pushPart(parts: TextPart[], part: TextPart): void {
  const last = parts.at(-1);
  if (part === '' || (part === many && last === many)) return;
  if (typeof part === 'string' && typeof last === 'string') parts[parts.length - 1] = last + part;
  else parts.push(part);
}

/** The literal text of parts without wildcards; undefined with one. */
export function literalOf(parts: readonly TextPart[]): string | undefined {
  let text = '';
  for (const part of parts) {
    if (typeof part !== 'string') return undefined;
    text += part;
  }
  return text;
}

/** Parts with wildcards before, behind, or on both sides. */
export function opened(parts: readonly TextPart[], before: boolean, behind: boolean): readonly TextPart[] {
  const open: TextPart[] = before ? [many] : [];
  for (const part of parts) pushPart(open, part);
  if (behind) pushPart(open, many);
  return open;
}

/** Applies a change to the literal parts. */
export function mapLiterals(parts: readonly TextPart[], change: (text: string) => string): readonly TextPart[] {
  return parts.map((part) => (typeof part === 'string' ? change(part) : part));
}
