import { useLingui } from '@lingui/react';
import { useMemo } from 'react';
import type { MessageId } from '@lingui/core';
import { createFigures } from './figures.ts';
import type { Figures } from './figures.ts';
import { formatLocaleOf } from './languages.ts';
import type { Language } from './languages.ts';

/** The message of a name in the language in use, with its placeholders filled. */
type Say = (name: MessageId, values?: Record<string, unknown>) => string;

export interface Words {
  readonly say: Say;
  readonly language: Language;
  readonly figures: Figures;
}

const figuresOf = new Map<string, Figures>();

/** Messages, numbers and times in the language in use; the component renders again when it changes. */
export function useWords(): Words {
  const { i18n } = useLingui();
  const language = i18n.locale as Language;
  return useMemo(() => {
    const locale = formatLocaleOf(language);
    const figures = figuresOf.get(locale) ?? createFigures(locale);
    figuresOf.set(locale, figures);
    return { say: (name, values) => i18n._(name, values), language, figures };
  }, [i18n, language]);
}
