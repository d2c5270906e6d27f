import { Suspense, useEffect } from 'react';
import type { JSX } from 'react';
import { later } from '../kit/later.ts';
import { closeValueCard, isValueCardOpen, openValueCard, useValueCardTarget } from '../kit/value-card-target.ts';

const ValueCardPopover = later(() => import('./value-card.tsx'));

/** How long a value is pointed at before its card opens, and left before it closes, in ms. */
const openAfterMs = 450;
const closeAfterMs = 250;

/**
 * Opens the card of any value on the page that is pointed at or focused. One listener for all: a list of values then
 * costs nothing a row.
 */
export function ValueCardHost(): JSX.Element | null {
  const target = useValueCardTarget();
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const soon = (ms: number, act: () => void): void => {
      clearTimeout(timer);
      timer = setTimeout(act, ms);
    };
    const enter = (event: Event): void => {
      if (!(event.target instanceof Element)) return;
      if (event.target.closest('.value-card')) return clearTimeout(timer);
      const value = event.target.closest<HTMLElement>('[data-value]');
      if (value) soon(openAfterMs, () => openValueCard(value, false));
      else soon(closeAfterMs, closeValueCard);
    };
    const focus = (event: FocusEvent): void => {
      const value = event.target instanceof Element ? event.target.closest<HTMLElement>('[data-value]') : null;
      if (value?.matches(':focus-visible')) soon(openAfterMs, () => openValueCard(value, false));
    };
    const press = (event: MouseEvent): void => {
      const button = event.target instanceof Element ? event.target.closest<HTMLElement>('.value-button') : null;
      if (button) soon(0, () => openValueCard(button, true));
      else clearTimeout(timer);
    };
    const leave = (): void => soon(closeAfterMs, closeValueCard);
    // Before the inspector hears of it: Escape closes the card alone.
    const escape = (event: KeyboardEvent): void => {
      if (event.key !== 'Escape' || !isValueCardOpen()) return;
      event.preventDefault();
      event.stopPropagation();
      closeValueCard();
    };
    document.addEventListener('keydown', escape, { capture: true });
    document.addEventListener('pointerover', enter);
    document.addEventListener('focusin', focus);
    document.addEventListener('click', press);
    document.documentElement.addEventListener('pointerleave', leave);
    return () => {
      clearTimeout(timer);
      document.removeEventListener('keydown', escape, { capture: true });
      document.removeEventListener('pointerover', enter);
      document.removeEventListener('focusin', focus);
      document.removeEventListener('click', press);
      document.documentElement.removeEventListener('pointerleave', leave);
    };
  }, []);
  if (!target) return null;
  return (
    <Suspense fallback={null}>
      <ValueCardPopover key={target.value} target={target} />
    </Suspense>
  );
}
