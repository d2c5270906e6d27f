import { i18n } from '@lingui/core';
import type { Messages } from '@lingui/core';

/** `en-XA` is the pseudo-locale of tests: English made long and accented, never offered in the settings. */
export type Language = 'en' | 'ar' | 'en-XA';

export const offeredLanguages = [
  { language: 'en', name: 'English' },
  { language: 'ar', name: 'العربية' },
] as const;

/** Each catalogue is a file of its own, loaded when its language is chosen. */
const catalogues: Record<Language, () => Promise<{ default: Messages }>> = {
  en: () => import('./en.json'),
  ar: () => import('./ar.json'),
  'en-XA': async () => ({ default: (await import('./pseudo.ts')).pseudoMessages }),
};

export function directionOf(language: Language): 'ltr' | 'rtl' {
  return language === 'ar' ? 'rtl' : 'ltr';
}

/**
 * The tag for `Intl` and React Aria. Arabic keeps Latin digits: on one line with addresses and digests, two sets of
 * digits invite misreading.
 */
export function formatLocaleOf(language: Language): string {
  return language === 'ar' ? 'ar-AE-u-nu-latn' : 'en-GB';
}

/** Loads a language's catalogue and makes it the one in use. */
export async function speak(language: Language): Promise<void> {
  const { default: messages } = await catalogues[language]();
  i18n.loadAndActivate({ locale: language, locales: formatLocaleOf(language), messages });
}
