import type { Page } from 'playwright-core';
import { assertAccessible, assertFits } from './stage.ts';
import type { Stage } from './stage.ts';

/** What of a one-time link a page of another host is sent to. */
export const pathOf = (link: string): string => new URL(link).pathname + new URL(link).hash;

const views = [
  ['phone', { phone: true }],
  ['pseudo-phone', { phone: true, language: 'en-XA' as const }],
  ['tablet', { tablet: true }],
  ['phone-ar', { phone: true, language: 'ar' as const }],
  ['dark', { dark: true }],
  ['dark-ar', { dark: true, language: 'ar' as const }],
] as const;

/** Looks at a place in every view: nothing sticks out, nothing is out of reach. */
export async function lookAt(
  stage: Stage,
  path: string,
  name: string,
  settled: (page: Page) => Promise<void>,
): Promise<void> {
  for (const [word, view] of views) {
    const page = await stage.open(path, view);
    await settled(page);
    await assertFits(page, `${name}-${word}`);
    await assertAccessible(page, `${name}-${word}`);
    await stage.shoot(page, `${name}-${word}`);
    await page.context().close();
  }
}
