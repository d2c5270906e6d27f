import { useSyncExternalStore } from 'react';

/** What the value card is about, while it is open. */
export interface ValueCardTarget {
  readonly element: HTMLElement;
  readonly value: string;
  /** Asked for by a key or a press: the card takes the focus, and gives it back. One that is pointed at leaves it. */
  readonly isAsked: boolean;
}

let target: ValueCardTarget | undefined;
const listeners = new Set<() => void>();

function set(next: ValueCardTarget | undefined): void {
  target = next;
  for (const listener of listeners) listener();
}

/** Opens the card for an element with `data-value`. */
export function openValueCard(element: HTMLElement | null | undefined, isAsked: boolean): void {
  const value = element?.dataset['value'];
  if (!element || !value || (target?.element === element && target.isAsked === isAsked)) return;
  set({ element, value, isAsked });
}

/** Closes it; whoever asked for it has the focus again. */
export function closeValueCard(): void {
  if (target === undefined) return;
  const { element, isAsked } = target;
  set(undefined);
  if (isAsked) (element.closest<HTMLElement>('button, [role="row"]') ?? element).focus({ preventScroll: true });
}

/** Whether it is open. */
export function isValueCardOpen(): boolean {
  return target !== undefined;
}

export function useValueCardTarget(): ValueCardTarget | undefined {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => target,
  );
}
