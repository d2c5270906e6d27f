import assert from 'node:assert/strict';
import type { Page } from 'playwright-core';
import { invite } from './account-journeys.ts';
import { selectedText } from './in-page.ts';
import type { Journey } from './journeys.ts';
import { takeIn } from './rough-journeys.ts';
import { lookAt, pathOf } from './look-at.ts';
import { assertAccessible } from './stage.ts';
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

/** What a client gets from an address with a token: the status, and the text. */
async function pull(url: string, secret: string): Promise<readonly [number, string]> {
  const answer = await fetch(url, { headers: { authorization: `Bearer ${secret}` } });
  return [answer.status, await answer.text()];
}

/**
 * Who may have what, and why; needs a stage that is signed in, and nobody else who may change the law.
 *
 * @param named - The same node under another name, signed out: for a second person.
 */
export function sharingJourneys(stage: Stage, named: Stage): Journey[] {
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
        const wrong = sound.slice(0, sound.indexOf('context.personalData')).split('\n').length;
        const error = page.getByText(`Cannot use the law in line ${wrong}`);
        await error.waitFor();
        await page.locator('.code-line-wrong', { hasText: String(wrong) }).waitFor();
        await page.getByRole('button', { name: `Line ${wrong}` }).click();
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
        await line.getByText('may now').waitFor();
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
    {
      name: 'sharing: a recipient with a token pulls the list of a collection, and what it got is written down with its rule',
      async run() {
        const page = await stage.open('/sharing/recipients');
        await page.getByRole('button', { name: 'Add a recipient' }).click();
        const form = page.getByRole('dialog');
        await form.getByLabel('Kind').selectOption('organisation');
        await form.getByLabel('Name', { exact: true }).fill('Our sensors');
        await form.getByText('For ever: organisation:our-sensors').waitFor();
        await form.getByText('Make a token of scope share for it').click();
        await assertAccessible(page, 'form of a recipient');
        await stage.shoot(page, 'recipient-form');
        await form.getByRole('button', { name: 'Add a recipient' }).click();
        const shown = page.getByRole('dialog').locator('pre');
        await shown.waitFor();
        const secret = (await shown.textContent()) ?? '';
        await page.keyboard.press('Escape');
        const sensors = page.getByRole('row').filter({ hasText: 'organisation:our-sensors' });
        await sensors.waitFor();
        await page.getByRole('button', { name: 'Add a group' }).click();
        await form.getByLabel('Name', { exact: true }).fill('Watchers');
        await form.getByText('Our sensors').click();
        await form.getByRole('button', { name: 'Add a group' }).click();
        await sensors.getByText('Watchers').waitFor();
        await assertAccessible(page, 'recipients');
        await stage.shoot(page, 'recipients');
        await lookAt(stage, '/sharing/recipients', 'recipients', (other) =>
          other.getByText('group:watchers').waitFor(),
        );
        await page.getByRole('link', { name: 'Collections' }).click();
        await page.getByRole('heading', { name: 'Nothing is offered yet' }).waitFor();
        await page.getByRole('button', { name: 'Add a collection' }).click();
        await form.getByLabel('Name', { exact: true }).fill('Watch');
        await form.getByLabel('Alias').fill('watch');
        await form.getByRole('group', { name: 'For' }).getByText('Watchers').click();
        await assertAccessible(page, 'form of a collection');
        await stage.shoot(page, 'collection-form');
        await form.getByRole('button', { name: 'Add a collection' }).click();
        const watch = page.getByRole('listitem').filter({ hasText: 'Watchers (Our sensors)' });
        await watch.getByText('Indicators · of any kind · from any source').waitFor();
        await watch.getByLabel('Form of the list').selectOption('domains');
        const url = (await watch.locator('.address bdi').last().textContent()) ?? '';
        assert.ok(url.endsWith('/api/v1/lists/watch/domains'), url);
        const [status, list] = await pull(url, secret);
        assert.deepEqual([status, list.split('\n').includes('told.example')], [200, true], list);
        await assertAccessible(page, 'collections');
        await stage.shoot(page, 'collections');
        await lookAt(stage, '/sharing/collections', 'collections', (other) =>
          other.getByText('/api/v1/lists/watch/values').waitFor(),
        );
        await page.getByRole('link', { name: 'Decisions' }).click();
        await page.getByLabel('Recipients', { exact: true }).selectOption('organisation:our-sensors');
        const decision = page.getByRole('listitem').filter({ hasText: sharedId });
        await decision.getByText('The member and its organisations may look at').waitFor();
        await decision.getByText('open.own-use').waitFor();
        await assertAccessible(page, 'decisions');
        await stage.shoot(page, 'decisions');
        await page.getByLabel('Answer').selectOption('deny');
        await decision.waitFor({ state: 'detached' });
        await lookAt(stage, '/sharing/decisions', 'decisions', (other) => other.locator('.decision').first().waitFor());
        await page.goto(new URL(`/intel/${sharedId}`, stage.url).href);
        await page.getByText('open.own-use').first().waitFor();
        await stage.shoot(page, 'object-sharing');
        await page.goto(new URL('/sharing/collections', stage.url).href);
        await watch.getByRole('button', { name: 'Remove Watch' }).click();
        const question = page.getByRole('dialog', { name: 'Remove this collection?' });
        await question.getByText('Watchers (Our sensors)').waitFor();
        await stage.shoot(page, 'collection-remove');
        await question.getByRole('button', { name: 'Remove' }).click();
        await page.getByRole('heading', { name: 'Nothing is offered yet' }).waitFor();
        assert.equal((await pull(url, secret))[0], 404);
        await page.getByRole('link', { name: 'Recipients' }).click();
        await sensors.getByRole('button', { name: 'Remove Our sensors' }).click();
        await sensors.waitFor({ state: 'detached' });
        await page.getByRole('button', { name: 'Undo' }).click();
        await sensors.getByText('Watchers').waitFor();
        await page.context().close();
      },
    },
    {
      name: 'sharing: of two who may change the law one proposes, and the other agrees after the same dry run',
      async run() {
        const page = await stage.open('/settings/access');
        const theirs = await named.open(pathOf(await invite(page, 'olga', 'Officer')));
        await theirs.getByRole('navigation').first().waitFor();
        const before = await lawInForce(page, stage.url);
        await theirs.goto(`${named.url}/sharing/edit`);
        await theirs.getByLabel('Begin with').selectOption('closed');
        const ask = { name: 'See what it would change' };
        await theirs.getByRole('button', ask).and(theirs.locator(':enabled')).click();
        await theirs.getByText('may no longer').first().waitFor();
        await theirs.getByRole('button', { name: 'Put in force' }).click();
        const question = theirs.getByRole('dialog');
        await question.getByText('Nobody would newly get anything').waitFor();
        await question.getByLabel('Name').fill('Back home');
        await question.getByRole('button', { name: 'Put in force' }).click();
        await theirs.getByText('The law Back home waits for a second person').waitFor();
        assert.equal(await lawInForce(page, stage.url), before, 'one alone changes nothing');
        await theirs.getByRole('link', ask).click();
        await theirs.getByText('You proposed it').waitFor();
        await page.goto(new URL('/sharing', stage.url).href);
        await page.getByText('olga proposes the law Back home').waitFor();
        await assertAccessible(page, 'a proposed law');
        await stage.shoot(page, 'law-proposed');
        await page.getByRole('link', ask).click();
        const agree = page.getByRole('button', { name: 'Agree and put in force' });
        await agree.waitFor();
        assert.ok(await agree.isDisabled(), 'nobody agrees to what they have not seen');
        await page.getByRole('button', ask).click();
        await page.getByText('may no longer').first().waitFor();
        await assertAccessible(page, 'a law to agree to');
        await stage.shoot(page, 'law-agree');
        await agree.click();
        await page.getByRole('dialog').getByRole('button', { name: 'Put in force' }).click();
        await page.getByText('The law Back home is in force').waitFor();
        assert.notEqual(await lawInForce(page, stage.url), before);
        await page.getByRole('heading', { name: 'Earlier laws' }).waitFor();
        await theirs.context().close();
        await page.goto(new URL('/settings/access', stage.url).href);
        const looks = await named.open(pathOf(await invite(page, 'vic', 'Viewer')));
        await looks.getByRole('navigation').first().waitFor();
        for (const [place, shown] of [
          ['/sharing', 'Law in force'],
          ['/sharing/recipients', 'Our sensors'],
          ['/sharing/collections', 'Nothing is offered yet'],
        ] as const) {
          await looks.goto(named.url + place);
          await looks.getByText(shown).first().waitFor();
          const acts = looks.locator('main').getByRole('button', { name: /Change|Add|Remove/ });
          assert.equal(await acts.count(), 0, `${place} offers nothing to who only looks`);
        }
        await page.context().close();
        await looks.context().close();
      },
    },
  ];
}
