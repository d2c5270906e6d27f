import english from './en.json';
import type { Message } from './messages.ts';

const plainLetters = 'acegilnorstuyzACEINOSTU';
const accentedLetters = 'áçéğíłñöřšţüýžÅÇÉÍÑÖŠŢÛ';
const accents = new Map(plainLetters.split('').map((letter, index) => [letter, accentedLetters[index] ?? letter]));

/** Accented and a third longer, as German or Russian would be. */
function pseudoText(text: string): string {
  const longer = text.trim().length > 3 ? '~'.repeat(Math.ceil(text.trim().length / 3)) : '';
  return text.replaceAll(/[a-zA-Z]/g, (letter) => accents.get(letter) ?? letter) + longer;
}

/** Only the texts of a message are for people. */
function pseudoMessage(message: Message): Message {
  return message.map((token) => {
    if (typeof token === 'string') return token === '#' ? token : pseudoText(token);
    if (token.length === 1) return token;
    const [name, type, choices] = token;
    const made = Object.entries(choices).map(([form, choice]) => [form, pseudoMessage(choice)] as const);
    return [name, type, Object.fromEntries(made)];
  });
}

/**
 * The English catalogue made long and accented, for tests: what is not so on the screen did not come from the catalogue,
 * and what it breaks will break in the next language.
 */
export const pseudoMessages = Object.fromEntries(
  Object.entries(english as unknown as Record<string, Message>).map(([name, message]) => [
    name,
    pseudoMessage(message),
  ]),
);
