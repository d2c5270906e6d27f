import { useSyncExternalStore } from 'react';

/** The law that is being written. It outlives its place, so that a look at an object does not lose it. */
export interface LawDraft {
  readonly text: string;
  /** The text and days whose changes were asked for last. */
  readonly asked?: { readonly text: string; readonly days: number } | undefined;
}

let draft: LawDraft | undefined;
const listeners = new Set<() => void>();

export function keepDraft(next: LawDraft | undefined): void {
  draft = next;
  for (const listener of listeners) listener();
}

export function currentDraft(): LawDraft | undefined {
  return draft;
}

export function useLawDraft(): LawDraft | undefined {
  return useSyncExternalStore((listener) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  }, currentDraft);
}
