import type english from './en.json';
import type { Message } from './messages.ts';

/** `en-XA` is the pseudo-locale of tests: English made long and accented, never offered in the settings. */
export type Language = 'en' | 'ar' | 'en-XA';

export type MessageName = keyof typeof english;

type Catalogue = Readonly<Record<string, Message>>;

export const offeredLanguages = [
  { language: 'en', name: 'English' },
  { language: 'ar', name: 'العربية' },
] as const;

/** Each catalogue is a file of its own, loaded when its language is chosen. */
const catalogues: Record<Language, () => Promise<unknown>> = {
  en: async () => (await import('./en.json')).default,
  ar: async () => (await import('./ar.json')).default,
  'en-XA': async () => (await import('./pseudo.ts')).pseudoMessages,
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

export interface Spoken {
  readonly language: Language;
  readonly catalogue: Catalogue;
}

let spoken: Spoken = { language: 'en', catalogue: {} };
const listeners = new Set<() => void>();

/** Loads a language's catalogue and makes it the one in use. */
export async function speak(language: Language): Promise<void> {
  // The build compiled the file's texts to messages.
  const catalogue = (await catalogues[language]()) as Catalogue;
  spoken = { language, catalogue };
  for (const listener of listeners) listener();
}

export function currentlySpoken(): Spoken {
  return spoken;
}

export function onSpoken(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
