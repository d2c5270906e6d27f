import { useMemo, useSyncExternalStore } from 'react';
import { createFigures } from './figures.ts';
import type { Figures } from './figures.ts';
import { currentlySpoken, formatLocaleOf, onSpoken } from './languages.ts';
import type { Language, MessageName } from './languages.ts';
import { fillMessage } from './messages.ts';
import type { MessageValues } from './messages.ts';

/** The message of a name in the language in use, filled with values that may be untrusted text. */
type Say = (name: MessageName, values?: MessageValues) => string;

export interface Words {
  readonly say: Say;
  readonly language: Language;
  readonly figures: Figures;
}

const figuresOf = new Map<string, Figures>();

/** Messages, numbers and times in the language in use; the component renders again when it changes. */
export function useWords(): Words {
  const spoken = useSyncExternalStore(onSpoken, currentlySpoken);
  return useMemo(() => {
    const { language, catalogue } = spoken;
    const locale = formatLocaleOf(language);
    const figures = figuresOf.get(locale) ?? createFigures(locale);
    figuresOf.set(locale, figures);
    return { say: (name, values = {}) => fillMessage(catalogue[name] ?? [name], values, figures), language, figures };
  }, [spoken]);
}
