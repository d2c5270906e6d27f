import { useSyncExternalStore } from 'react';

/** The element whose value the card is about, while the card is open. */
let target: HTMLElement | undefined;
const listeners = new Set<() => void>();

function set(next: HTMLElement | undefined): void {
  if (next === target) return;
  target = next;
  for (const listener of listeners) listener();
}

/** Opens the card for an element with `data-value`. */
export function openValueCard(element: HTMLElement | null | undefined): void {
  if (element?.dataset['value']) set(element);
}

export function closeValueCard(): void {
  set(undefined);
}

export function useValueCardTarget(): HTMLElement | undefined {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => target,
  );
}
