import type { Figures } from './figures.ts';
import { visibleText } from './visible-text.ts';

type Choices = Readonly<Record<string, Message>>;

/**
 * A message as the build compiles it from ICU MessageFormat: texts, `[placeholder]` and
 * `[placeholder, 'plural', choices]`, where a choice is named for a number or for a plural category and `#` in it is the
 * number.
 */
export type Message = readonly (
  string | readonly [name: string] | readonly [name: string, type: string, choices: Choices]
)[];

export type MessageValues = Readonly<Record<string, string | number>>;

/**
 * Fills the placeholders of a message.
 *
 * A string that is put in may be a name somebody else chose: its unseen characters are made visible, and nothing in it is
 * read as an escape, a placeholder or a number.
 */
export function fillMessage(
  message: Message,
  values: MessageValues,
  figures: Pick<Figures, 'count' | 'plural'>,
): string {
  const fill = (tokens: Message, number?: number): string => tokens.map((token) => fillToken(token, number)).join('');
  const fillToken = (token: Message[number], number: number | undefined): string => {
    if (typeof token === 'string') return token === '#' && number !== undefined ? figures.count(number) : token;
    const [name, , choices] = token;
    const value = values[name] ?? '';
    if (choices === undefined) return typeof value === 'number' ? figures.count(value) : visibleText(value);
    const count = Number(value);
    return fill(choices[count] ?? choices[figures.plural(count)] ?? choices['other'] ?? [], count);
  };
  return fill(message);
}
