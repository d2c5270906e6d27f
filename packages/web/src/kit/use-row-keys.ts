import { useEffect, useState } from 'react';
import type { KeyboardEvent as ReactKeyboardEvent, RefObject } from 'react';
import { openValueCard } from './value-card-target.ts';

export interface RowKeysOptions<T> {
  readonly rows: readonly T[];
  readonly keyOf: (row: T) => string;
  readonly onOpen: ((row: T) => void) | undefined;
  readonly onToggle: ((row: T) => void) | undefined;
  readonly openKey: string | undefined;
}

export interface RowKeysDeps {
  readonly frame: RefObject<HTMLElement | null>;
  readonly scrollTo: (index: number, options: { align: 'auto' }) => void;
}

export interface RowKeys {
  /** Index of the row that has, or would get, the focus. */
  readonly active: number;
  readonly setActive: (index: number) => void;
  readonly onKeyDown: (event: ReactKeyboardEvent) => void;
}

const steps: Readonly<Record<string, number>> = { j: 1, ArrowDown: 1, k: -1, ArrowUp: -1, PageDown: 12, PageUp: -12 };

/** The keyboard of a list: one row is on the path of Tab, keys move within. While the inspector is open it follows. */
export function useRowKeys<T>(options: RowKeysOptions<T>, deps: RowKeysDeps): RowKeys {
  const { rows, keyOf, onOpen, onToggle, openKey } = options;
  const [activeKey, setActiveKey] = useState<string>();
  const found = activeKey === undefined ? -1 : rows.findIndex((row) => keyOf(row) === activeKey);
  const active = Math.max(0, found);
  const setActive = (index: number): void => {
    const row = rows[index];
    if (row !== undefined) setActiveKey(keyOf(row));
  };

  const move = (index: number): void => {
    const next = Math.max(0, Math.min(rows.length - 1, index));
    const row = rows[next];
    if (row === undefined) return;
    setActive(next);
    deps.scrollTo(next, { align: 'auto' });
    requestAnimationFrame(() => rowAt(deps.frame.current, next)?.focus({ preventScroll: true }));
    if (openKey !== undefined) onOpen?.(row);
  };

  /** Whether the key was one of the list's. */
  const press = (key: string): boolean => {
    const step = steps[key];
    const row = rows[active];
    if (step !== undefined) move(found < 0 ? 0 : active + step);
    else if (key === 'Home') move(0);
    else if (key === 'End') move(rows.length - 1);
    else if (row === undefined) return false;
    else if (key === 'Enter' && onOpen) onOpen(row);
    else if ((key === 'x' || key === ' ') && onToggle) onToggle(row);
    else if (key === 'i')
      openValueCard(rowAt(deps.frame.current, active)?.querySelector<HTMLElement>('[data-value]'), true);
    else return false;
    return true;
  };

  useEffect(() => {
    // j and k take the reader into the list from wherever nothing else has the focus.
    const enter = (event: KeyboardEvent): void => {
      const free = document.activeElement === document.body || document.activeElement === null;
      if (free && !hasModifier(event) && (event.key === 'j' || event.key === 'k') && press(event.key))
        event.preventDefault();
    };
    document.addEventListener('keydown', enter);
    return () => document.removeEventListener('keydown', enter);
  });

  const onKeyDown = (event: ReactKeyboardEvent): void => {
    const onRow = event.target instanceof HTMLElement && event.target.matches('[role="row"]');
    if (onRow && !hasModifier(event) && press(event.key)) event.preventDefault();
  };
  return { active, setActive, onKeyDown };
}

function hasModifier(event: { ctrlKey: boolean; metaKey: boolean; altKey: boolean }): boolean {
  return event.ctrlKey || event.metaKey || event.altKey;
}

function rowAt(frame: HTMLElement | null, index: number): HTMLElement | null {
  return frame?.querySelector<HTMLElement>(`[data-index="${index}"]`) ?? null;
}
