import assert from 'node:assert/strict';
import { mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { axeFindings, keepPreferences, overflowPx, stickingOut, transferOf } from './in-page.ts';

const shotsDir = resolve(import.meta.dirname, '../../test-results/e2e');
const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

type State = Awaited<ReturnType<BrowserContext['storageState']>>;

/** How the page is looked at; in a wide light window in English where nothing is said. */
interface View {
  readonly phone?: boolean;
  /** Upright: wider than a phone and narrower than what the lists are laid out for. */
  readonly tablet?: boolean;
  readonly dark?: boolean;
  readonly language?: 'en' | 'ar' | 'en-XA';
  /** Origin of a server the page may lead to, beside the node. */
  readonly leadsTo?: string;
  /** Script that does not arrive, until `page.unrouteAll`. */
  readonly withoutScript?: RegExp;
}

/** One browser against one node: pages in any view, all watched for what must never happen. */
export interface Stage {
  readonly url: string;
  /** A page in a context of its own, signed in once `keepSession` was called. */
  readonly open: (path: string, view?: View) => Promise<Page>;
  /** Later pages have the session of this one. */
  readonly keepSession: (page: Page) => Promise<void>;
  readonly shoot: (page: Page, name: string) => Promise<void>;
  /** What went wrong on any page so far: console errors, refused content, requests elsewhere. */
  readonly takeProblems: () => string[];
}

export function createStage(browser: Browser, url: string): Stage {
  const problems: string[] = [];
  let session: State | undefined;
  mkdirSync(shotsDir, { recursive: true });
  return {
    url,
    async open(path, view = {}) {
      const context = await browser.newContext({
        viewport: windowOf(view),
        colorScheme: view.dark ? 'dark' : 'light',
        reducedMotion: 'reduce',
        locale: 'en-GB',
        timezoneId: 'UTC',
        ...(session ? { storageState: session } : {}),
      });
      const language = view.language ?? 'en';
      await context.addInitScript(keepPreferences, JSON.stringify({ language }));
      const page = await context.newPage();
      page.setDefaultTimeout(20_000);
      if (view.withoutScript) await page.route(view.withoutScript, (route) => route.abort());
      watch(page, [new URL(url).origin, ...(view.leadsTo ? [view.leadsTo] : [])], problems);
      await page.goto(new URL(path, url).href);
      return page;
    },
    async keepSession(page) {
      session = await page.context().storageState();
    },
    async shoot(page, name) {
      await page.screenshot({ path: join(shotsDir, `${name}.png`) });
    },
    takeProblems: () => problems.splice(0),
  };
}

function windowOf({ phone, tablet }: View): { width: number; height: number } {
  if (phone) return { width: 390, height: 844 };
  return tablet ? { width: 768, height: 1024 } : { width: 1440, height: 900 };
}

function watch(page: Page, origins: readonly string[], problems: string[]): void {
  page.on('console', (message) => {
    const text = message.text();
    // The browser itself writes an error for every answer that is no success; what the page makes of it is tested.
    if (message.type() === 'error' && !text.startsWith('Failed to load resource')) problems.push(`console: ${text}`);
    if (text.includes('Content Security Policy')) problems.push(`refused: ${text}`);
  });
  page.on('pageerror', (error) => problems.push(`fault: ${error.stack ?? error.message}`));
  page.on('request', (request) => {
    const to = new URL(request.url());
    if (!origins.includes(to.origin) && to.protocol !== 'blob:') problems.push(`request off origin: ${to.href}`);
  });
}

/** No finding of axe, WCAG 2.2 A and AA with best practices, on what is now shown. */
export async function assertAccessible(page: Page, what: string): Promise<void> {
  await page.evaluate(axeSource);
  const findings = await page.evaluate(axeFindings);
  assert.deepEqual(findings, [], `${what}:\n${findings.join('\n')}`);
}

/** Nothing sticks out at the side of its place. */
export async function assertFits(page: Page, what: string): Promise<void> {
  const over = await page.evaluate(overflowPx);
  if (over <= 0) return;
  const out = await page.evaluate(stickingOut);
  assert.fail(`${what} is ${over} px wider than its place: ${out.join(', ')}`);
}

/** Puts files under the pointer and lets them go over an element, as dragging from the desktop does. */
export async function dropFile(page: Page, file: { name: string; text: string }, onto: string): Promise<void> {
  const carried = await page.evaluateHandle(transferOf, file);
  await page.dispatchEvent('#page', 'dragover', { dataTransfer: carried });
  await page.waitForSelector(onto);
  await page.dispatchEvent(onto, 'dragover', { dataTransfer: carried });
  await page.dispatchEvent(onto, 'drop', { dataTransfer: carried });
}
