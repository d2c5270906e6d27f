import type { Messages } from '@lingui/core';
import english from './en.json';

const plainLetters = 'acegilnorstuyzACEINOSTU';
const accentedLetters = 'áçéğíłñöřšţüýžÅÇÉÍÑÖŠŢÛ';
const accents = new Map(plainLetters.split('').map((letter, index) => [letter, accentedLetters[index] ?? letter]));

/** Accented and a third longer, as German or Russian would be. */
function pseudoText(text: string): string {
  const longer = text.trim().length > 3 ? '~'.repeat(Math.ceil(text.trim().length / 3)) : '';
  return text.replaceAll(/[a-zA-Z]/g, (letter) => accents.get(letter) ?? letter) + longer;
}

/** A compiled message is a list of texts and of `[name, type, choices]`; only the texts are for people. */
function pseudoTokens(tokens: readonly unknown[]): unknown[] {
  return tokens.map((token) => {
    if (typeof token === 'string') return token === '#' ? token : pseudoText(token);
    const [name, type, choices] = token as [string, string?, Record<string, unknown>?];
    if (typeof choices !== 'object') return token;
    const made = Object.entries(choices).map(([key, choice]) => [
      key,
      Array.isArray(choice) ? pseudoTokens(choice) : choice,
    ]);
    return [name, type, Object.fromEntries(made) as unknown];
  });
}

/**
 * The English catalogue made long and accented, for tests: what is not so on the screen did not come from the catalogue,
 * and what it breaks will break in the next language.
 */
export const pseudoMessages = Object.fromEntries(
  Object.entries(english as unknown as Record<string, unknown[]>).map(([name, tokens]) => [name, pseudoTokens(tokens)]),
) as Messages;
