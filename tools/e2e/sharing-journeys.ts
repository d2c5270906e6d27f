import assert from 'node:assert/strict';
import type { Page } from 'playwright-core';
import { selectedText } from './in-page.ts';
import type { Journey } from './journeys.ts';
import { takeIn } from './rough-journeys.ts';
import { assertAccessible, assertFits } from './stage.ts';
import type { Stage } from './stage.ts';

const green = 'marking-definition--bab4a63c-aed9-4cf5-a766-dfca5abac2bb';
const sharedId = 'indicator--a0000000-1111-4111-8111-111111111111';

/** One indicator of TLP:GREEN, which a law may let clients have. */
function greenBundle(): string {
  const at = '2026-11-01T00:00:00.000Z';
  const indicator = {
    type: 'indicator',
    spec_version: '2.1',
    id: sharedId,
    created: at,
    modified: at,
    name: 'Told to clients',
    pattern: "[domain-name:value = 'told.example']",
    pattern_type: 'stix',
    indicator_types: ['malicious-activity'],
    valid_from: at,
    object_marking_refs: [green],
  };
  return JSON.stringify({ type: 'bundle', id: 'bundle--a0000000-1111-4111-8111-111111111112', objects: [indicator] });
}

/** The hash of the law in force, as the node says it. */
async function lawInForce(page: Page, url: string): Promise<string> {
  const { entry } = (await (await page.request.get(`${url}/api/v1/law`)).json()) as { entry: { hash: string } };
  return entry.hash;
}

const views = [
  ['phone', { phone: true }],
  ['phone-ar', { phone: true, language: 'ar' as const }],
  ['dark', { dark: true }],
  ['dark-ar', { dark: true, language: 'ar' as const }],
] as const;

/** Looks at a place in every view: nothing sticks out, nothing is out of reach. */
async function lookAt(stage: Stage, path: string, name: string, settled: (page: Page) => Promise<void>): Promise<void> {
  for (const [word, view] of views) {
    const page = await stage.open(path, view);
    await settled(page);
    await assertFits(page, `${name}-${word}`);
    await assertAccessible(page, `${name}-${word}`);
    await stage.shoot(page, `${name}-${word}`);
    await page.context().close();
  }
}

/** Who may have what, and why; needs a stage that is signed in, and nobody else who may change the law. */
export function sharingJourneys(stage: Stage): Journey[] {
  return [
    {
      name: 'sharing: a law is changed: an error in its line, what it would change, and only then in force',
      async run() {
        const page = await stage.open('/');
        await takeIn(page, stage.url, { name: 'green.json', text: greenBundle() });
        await page.request.post(`${stage.url}/api/v1/recipients`, {
          data: { key: 'client:works', name: 'City works', sector: 'water' },
          headers: { origin: stage.url },
        });
        await page.getByRole('link', { name: 'Sharing' }).click();
        await page.getByText('The member may look at, keep, match and act on what it holds', { exact: true }).waitFor();
        await assertAccessible(page, 'law');
        await stage.shoot(page, 'law');
        await page.getByRole('button', { name: 'Change the law' }).click();
        const field = page.getByLabel('Text of the law, in Cedar');
        const activate = page.getByRole('button', { name: 'Put in force' });
        await page.getByLabel('Begin with').selectOption('open');
        await page.getByText('Sound: 4 rules').waitFor();
        const sound = await field.inputValue();
        await field.fill(sound.replace('context.personalData', 'context.personalDate'));
        const error = page.getByText(/Cannot use the law in line 34/);
        await error.waitFor();
        await page.locator('.code-line-wrong', { hasText: '34' }).waitFor();
        await page.getByRole('button', { name: 'Line 34' }).click();
        assert.ok((await page.evaluate(selectedText)).includes('context.personalDate'), 'the line is selected');
        assert.ok(await page.getByRole('button', { name: 'See what it would change' }).isDisabled());
        await assertAccessible(page, 'law with an error');
        await stage.shoot(page, 'law-error');
        await field.fill(sound);
        await error.waitFor({ state: 'detached' });
        assert.ok(await activate.isDisabled(), 'nothing is put in force unseen');
        await page.getByRole('button', { name: 'See what it would change' }).click();
        const run = page.getByRole('region', { name: 'What it would change' });
        const line = run
          .getByRole('listitem')
          .filter({ hasText: 'City works' })
          .filter({ hasText: 'be given' })
          .first();
        await line.getByText('Newly shared').waitFor();
        await line.locator('summary').click();
        await line.getByText('Clients and members get what its label allows them', { exact: true }).first().waitFor();
        await assertAccessible(page, 'dry run');
        await stage.shoot(page, 'law-dry-run');
        await field.press('End');
        await field.pressSequentially(' ');
        await run.waitFor({ state: 'detached' });
        assert.ok(await activate.isDisabled(), 'another text than the one that was looked at');
        await page.getByRole('button', { name: 'See what it would change' }).click();
        await line.locator('summary').click();
        await line.getByRole('link').first().click();
        await page.getByText('Told to clients').first().waitFor();
        await page.goBack();
        await activate.and(page.locator(':enabled')).click();
        const dialog = page.getByRole('dialog', { name: 'Put this law in force?' });
        await dialog.getByText('City works').first().waitFor();
        await assertAccessible(page, 'question before a law is put in force');
        await stage.shoot(page, 'law-activate');
        const before = await lawInForce(page, stage.url);
        await dialog.getByLabel('Name').fill('What labels allow');
        await dialog.getByRole('button', { name: 'Put in force' }).click();
        await page.getByText('The law What labels allow is in force').waitFor();
        await page.getByText('Clients and members get what its label allows them', { exact: true }).waitFor();
        assert.notEqual(await lawInForce(page, stage.url), before);
        await page.context().close();
        await lookAt(stage, '/sharing', 'law', (other) => other.locator('.law-rule').nth(3).waitFor());
        await lookAt(stage, '/sharing/edit', 'law-edit', (other) => other.locator('.status-done').waitFor());
      },
    },
  ];
}
