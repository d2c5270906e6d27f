import assert from 'node:assert/strict';
import type { Page } from 'playwright-core';
import { focusedText, hasLoadedScript, headingOverlapPx, loseNetwork, textOfPage } from './in-page.ts';
import type { Journey } from './journeys.ts';
import { assertAccessible, assertFits } from './stage.ts';
import type { Stage } from './stage.ts';

const override = '\u202e';
const idOf = (type: string, number: number): string => `${type}--${number}0000000-1111-4111-8111-111111111111`;
const longName = Array.from({ length: 5 }, (_, index) => `${'label-of-fifty-letters-'.repeat(2)}${index}`).join('.');
const hostileName = `safe${override}gpj.exe\u2066<img src=x onerror=alert(1)>${'y'.repeat(200)}`;

/** A bundle of which every name plays a trick. */
function hostileBundle(): string {
  const at = '2026-11-01T00:00:00.000Z';
  const versioned = { spec_version: '2.1', created: at, modified: at };
  const indicator = (number: number, name: string, value: string) => ({
    ...versioned,
    type: 'indicator',
    id: idOf('indicator', number),
    name,
    pattern: `[domain-name:value = '${value}']`,
    pattern_type: 'stix',
    valid_from: at,
  });
  const objects = [
    indicator(1, `${longName}.example`, `${longName}.example`),
    indicator(2, hostileName, 'hostile-name.example'),
    indicator(3, 'مؤشر تصيّد ضد البنوك، الموجة الثالثة', 'arabic-name.example'),
    indicator(4, '针对银行的钓鱼网站指标,第三波攻击', 'chinese-name.example'),
    { ...versioned, type: 'malware', id: idOf('malware', 5), name: hostileName, is_family: false },
    {
      ...versioned,
      type: 'relationship',
      id: idOf('relationship', 6),
      relationship_type: 'indicates',
      source_ref: idOf('indicator', 2),
      target_ref: idOf('malware', 5),
    },
  ];
  return JSON.stringify({ type: 'bundle', id: idOf('bundle', 7), objects });
}

/** Takes a file in as whoever is signed in on the page. @returns Id of the import. */
export async function takeIn(page: Page, url: string, { name, text }: { name: string; text: string }): Promise<string> {
  const answer = await page.request.post(`${url}/api/v1/imports?name=${encodeURIComponent(name)}`, {
    data: text,
    headers: { 'content-type': 'application/octet-stream', origin: url },
  });
  assert.equal(answer.status(), 201);
  return ((await answer.json()) as { id: string }).id;
}

/** An indicator that keeps few rules of the standard, and enough beside it that the report has rows. */
function carelessBundle(): string {
  const at = '2026-11-01T00:00:00.000Z';
  const careless = {
    type: 'indicator',
    spec_version: '2.1',
    id: idOf('indicator', 8),
    created: at,
    modified: '2026-10-01T00:00:00.000Z',
    name: 'Careless',
    pattern: "[domain-name:value = 'careless.example']",
    pattern_type: 'stix',
    valid_from: at,
    confidence: 150,
    labels: [],
    external_references: [{ source_name: 'x' }, { url: 'no address' }],
  };
  const rejected = Array.from({ length: 12 }, (_, index) => ({ type: 'indicator', id: `indicator--${index}` }));
  return JSON.stringify({ type: 'bundle', id: idOf('bundle', 9), objects: [careless, ...rejected] });
}

/** What goes wrong around the page: names that play tricks, a node that is away, a machine without a network. */
export function roughJourneys(stage: Stage): Journey[] {
  return [
    {
      name: 'names that are long, hostile or of another script stay in their places and turn no line round',
      async run() {
        const first = await stage.open('/imports');
        const importId = await takeIn(first, stage.url, { name: `${hostileName}.json`, text: hostileBundle() });
        await first.context().close();
        const places = [
          `/imports/${importId}`,
          '/imports',
          `/intel/${idOf('indicator', 1)}`,
          `/intel/${idOf('indicator', 2)}`,
          `/intel?open=${idOf('indicator', 2)}`,
        ];
        for (const view of [{}, { phone: true }, { language: 'ar' as const }]) {
          const page = await stage.open('/', view);
          for (const place of places) {
            await page.goto(new URL(place, stage.url).href);
            await page
              .getByText(/label-of-fifty|hostile-name|safe\\u202egpj/)
              .filter({ visible: true })
              .first()
              .waitFor();
            await page.locator('.skeleton').waitFor({ state: 'detached' });
            await assertFits(page, place);
            assert.ok((await page.evaluate(headingOverlapPx)) <= 0, `the heading of ${place} covers what is below it`);
            assert.ok(!(await page.evaluate(textOfPage)).includes(override), `${place} holds an override`);
          }
          await assertAccessible(page, 'a hostile name');
          await page.context().close();
        }
      },
    },
    {
      name: 'what an object breaks of the standard is said, the worst first, and takes no place from what became of it',
      async run() {
        const first = await stage.open('/imports');
        const importId = await takeIn(first, stage.url, { name: 'careless.json', text: carelessBundle() });
        await first.context().close();
        for (const view of [{}, { phone: true }, { language: 'ar' as const, phone: true }]) {
          const page = await stage.open(`/imports/${importId}`, view);
          // Who gets an object is listed in the same form.
          const lines = page.locator('.findings:has(.finding-error) li');
          await lines.first().locator('.finding-error').waitFor();
          const shown = await lines.count();
          await page.locator('.findings + button').focus();
          await page.keyboard.press('Enter');
          await lines.nth(shown).waitFor();
          assert.equal(await page.evaluate(focusedText), await lines.nth(shown).textContent(), 'the first that came');
          const row = page.locator('.rows-body .row').first();
          await row.scrollIntoViewIfNeeded();
          await row.click({ trial: true });
          await assertFits(page, 'a report with findings');
          await assertAccessible(page, 'a report with findings');
          await page.goto(new URL(`/intel/${idOf('indicator', 8)}`, stage.url).href);
          await lines.first().locator('.finding-error').waitFor();
          await lines.first().scrollIntoViewIfNeeded();
          await assertFits(page, 'an object with findings');
          await assertAccessible(page, 'an object with findings');
          await stage.shoot(page, `findings${view.phone ? '-phone' : ''}${view.language ? '-arabic' : ''}`);
          await page.context().close();
        }
      },
    },
    {
      name: 'while the node is away every place still opens and says so, and goes on once it is back',
      async run() {
        const page = await stage.open('/');
        await page.getByRole('grid', { name: 'Matches' }).waitFor();
        await page.waitForFunction(hasLoadedScript, 'settings-place');
        await page.route('**/*', (route) => route.abort());
        for (const name of ['Intelligence', 'Screening', 'Imports']) {
          await page.getByRole('link', { name }).first().click();
          await page.getByRole('heading', { level: 1, name }).waitFor();
          await page.getByText('Screening goes on if the node runs').first().waitFor();
        }
        await assertAccessible(page, 'the node is away');
        await stage.shoot(page, 'node-away');
        await page.unrouteAll();
        await page.getByRole('button', { name: 'Try again' }).click();
        await page.getByRole('grid', { name: 'Imports' }).getByRole('row').nth(1).waitFor();
        await page.context().close();
      },
    },
    {
      name: 'a part of the page that cannot be loaded is said in words, and is there once the node is back',
      async run() {
        const page = await stage.open('/settings', {
          withoutScript: /intel-place/,
        });
        await page.getByRole('heading', { level: 1, name: 'Settings' }).waitFor();
        await page.getByRole('link', { name: 'Intelligence' }).first().click();
        await page.getByText('Cannot load this part of the page').waitFor();
        await assertAccessible(page, 'a part is missing');
        await page.unrouteAll();
        await page.getByRole('button', { name: 'Try again' }).click();
        await page.getByRole('grid', { name: 'Intelligence' }).waitFor();
        await page.context().close();
      },
    },
    {
      name: 'on a machine without any network the node is asked all the same',
      async run() {
        const page = await stage.open('/settings');
        await page.getByRole('heading', { level: 1, name: 'Settings' }).waitFor();
        await page.evaluate(loseNetwork);
        await page.getByRole('link', { name: 'Imports' }).first().click();
        await page.getByRole('grid', { name: 'Imports' }).getByRole('row').nth(1).waitFor();
        await page.context().close();
      },
    },
  ];
}
