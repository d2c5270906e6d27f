import { useSyncExternalStore } from 'react';
import { directionOf, speak } from '../words/languages.ts';
import type { Language } from '../words/languages.ts';

/** How this browser shows the page; kept in this browser alone. */
export interface Preferences {
  readonly theme: 'system' | 'light' | 'dark';
  readonly language: Language;
  readonly direction: 'language' | 'ltr' | 'rtl';
  /** Exact times in UTC instead of this machine's zone. */
  readonly utc: boolean;
  /** The rail shows icons alone. */
  readonly narrowRail: boolean;
}

const key = 'comity.preferences';
const listeners = new Set<() => void>();
let current = readPreferences();

function readPreferences(): Preferences {
  const kept = keptFields();
  const pick = <T extends string>(value: unknown, allowed: readonly T[], otherwise: T): T =>
    allowed.find((one) => one === value) ?? otherwise;
  const spoken: Language = navigator.language.startsWith('ar') ? 'ar' : 'en';
  return {
    theme: pick(kept['theme'], ['system', 'light', 'dark'], 'system'),
    language: pick(kept['language'], ['en', 'ar', 'en-XA'], spoken),
    direction: pick(kept['direction'], ['language', 'ltr', 'rtl'], 'language'),
    utc: kept['utc'] === true,
    narrowRail: kept['narrowRail'] === true,
  };
}

function keptFields(): Record<string, unknown> {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(key) ?? '{}');
    return typeof kept === 'object' && kept !== null ? (kept as Record<string, unknown>) : {};
  } catch {
    // Storage is forbidden or holds something else: the defaults stand.
    return {};
  }
}

/** Changes some preferences, shows the page so and keeps them; a new language is loaded first. */
export async function prefer(change: Partial<Preferences>): Promise<void> {
  const next = { ...current, ...change };
  if (next.language !== current.language) await speak(next.language);
  current = next;
  try {
    localStorage.setItem(key, JSON.stringify(next));
  } catch {
    // Storage is full or forbidden: the choice holds until the page is closed.
  }
  applyPreferences();
  for (const listener of listeners) listener();
}

/** Sets theme, language and direction on the document. */
export function applyPreferences(): void {
  const root = document.documentElement;
  if (current.theme === 'system') delete root.dataset['theme'];
  else root.dataset['theme'] = current.theme;
  root.lang = current.language;
  root.dir = currentDirection();
}

export function currentPreferences(): Preferences {
  return current;
}

function currentDirection(): 'ltr' | 'rtl' {
  return current.direction === 'language' ? directionOf(current.language) : current.direction;
}

export function usePreferences(): Preferences {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => current,
  );
}
