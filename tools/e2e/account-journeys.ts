import assert from 'node:assert/strict';
import { createInterface } from 'node:readline';
import type { Page } from 'playwright-core';
import type { Journey } from './journeys.ts';
import { takeIn } from './rough-journeys.ts';
import { assertAccessible } from './stage.ts';
import type { Stage } from './stage.ts';

/** A device of the reader's that has the key and says yes, in place of a finger on a sensor. */
async function giveDevice(page: Page): Promise<void> {
  const devtools = await page.context().newCDPSession(page);
  await devtools.send('WebAuthn.enable');
  await devtools.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2',
      transport: 'internal',
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  });
}

/** The link a dialog shows this once. */
async function shownLink(page: Page): Promise<string> {
  const link = (await page.getByRole('dialog').locator('pre').textContent()) ?? '';
  assert.match(link, /\/sign-in#code=[\w-]{43}$/);
  return link;
}

/** Invites somebody, and leaves the dialog with their link open. @returns The link. */
export async function invite(page: Page, name: string, role: string): Promise<string> {
  await page.getByRole('button', { name: 'Invite somebody' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Name').fill(name);
  await dialog.getByLabel('Role').selectOption(role);
  await dialog.getByRole('button', { name: 'Invite somebody' }).click();
  await page.getByRole('dialog', { name: `New link for ${name}` }).waitFor();
  return await shownLink(page);
}

async function releaseFirst(page: Page, reason: string): Promise<void> {
  const rows = page.getByRole('grid', { name: 'Held back' }).getByRole('row');
  await rows.nth(1).getByRole('button', { name: 'Release' }).click();
  await sendRelease(page, reason);
}

async function sendRelease(page: Page, reason: string): Promise<void> {
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Reason').fill(reason);
  await dialog.getByRole('button', { name: 'Release' }).click();
}

/** The role the node says somebody has. */
async function roleOf(page: Page, name: string): Promise<string | undefined> {
  const answer = await page.request.get(new URL('/api/v1/accounts', page.url()).href);
  const { rows } = (await answer.json()) as { rows: readonly { name: string; role: string }[] };
  return rows.find((row) => row.name === name)?.role;
}

/**
 * Several people on one node; needs a stage that is signed in.
 *
 * @param named - The same node under the name localhost, where browsers use passkeys, signed out.
 */
export function accountJourneys(stage: Stage, named: Stage): Journey[] {
  const at = (link: string): string => new URL(link).pathname + new URL(link).hash;
  return [
    {
      name: 'accounts: somebody who is invited signs in by the link and sees what their role may',
      async run() {
        const page = await stage.open('/settings/access');
        await page.getByText('operator').first().waitFor();
        await assertAccessible(page, 'access');
        const link = await invite(page, 'ada', 'Officer');
        await stage.shoot(page, 'access-invited');
        await page.keyboard.press('Escape');
        await page.getByText('invited').waitFor();
        await stage.shoot(page, 'access');
        const theirs = await named.open(at(link));
        await theirs.getByRole('navigation').first().waitFor();
        await theirs.goto(`${named.url}/settings/access`);
        await theirs.getByText('Officer').waitFor();
        assert.equal(await theirs.getByRole('heading', { name: 'People' }).count(), 0, 'who administers is not there');
        await theirs.getByRole('link', { name: 'Audit trail' }).click();
        const rows = theirs.getByRole('grid', { name: 'Audit trail' }).getByRole('row');
        await rows.filter({ hasText: 'account.invited' }).first().waitFor();
        await assertAccessible(theirs, 'audit trail');
        await named.shoot(theirs, 'audit');
        await theirs.getByLabel('What').selectOption('account.role');
        await theirs.getByText('Nothing of this kind was written down').waitFor();
        await page.context().close();
        await theirs.context().close();
      },
    },
    {
      name: 'accounts: a passkey is added and signs in again; taken away it does not',
      async run() {
        const page = await stage.open('/settings/access');
        await page.getByText('Browsers use passkeys at names only').waitFor();
        await page.getByRole('button', { name: 'New link for ada' }).click();
        const link = await shownLink(page);
        const theirs = await named.open(at(link));
        await theirs.getByRole('navigation').first().waitFor();
        await giveDevice(theirs);
        await theirs.goto(`${named.url}/settings/access`);
        await theirs.getByRole('button', { name: 'Add a passkey' }).click();
        await theirs.getByRole('dialog').getByLabel('Name').fill('laptop');
        await theirs.keyboard.press('Enter');
        await theirs.getByText('laptop').waitFor();
        await named.shoot(theirs, 'passkey');
        await theirs.getByRole('button', { name: 'Sign out' }).click();
        await theirs.getByRole('button', { name: 'Sign in with a passkey' }).waitFor();
        await assertAccessible(theirs, 'signed out, with passkeys');
        await named.shoot(theirs, 'signed-out-passkey');
        await theirs.getByRole('button', { name: 'Sign in with a passkey' }).click();
        await theirs.getByRole('navigation').first().waitFor();
        await theirs.goto(`${named.url}/settings/access`);
        await theirs.getByText('(this one)').waitFor();
        await theirs.getByRole('button', { name: 'Remove laptop' }).click();
        await theirs.getByText('laptop').waitFor({ state: 'detached' });
        await theirs.getByRole('button', { name: 'Sign out' }).click();
        await theirs.getByRole('button', { name: 'Sign in with a passkey' }).click();
        await theirs.getByRole('alert').waitFor();
        await page.context().close();
        await theirs.context().close();
      },
    },
    {
      name: 'accounts: a role is given by a button, not by each step through the list',
      async run() {
        const page = await stage.open('/settings/access');
        await invite(page, 'pat', 'Viewer');
        await page.keyboard.press('Escape');
        await page.getByRole('button', { name: 'Role of pat' }).click();
        const dialog = page.getByRole('dialog', { name: 'Role of pat' });
        const list = dialog.getByLabel('Role');
        await list.focus();
        for (const role of ['analyst', 'releaser']) {
          await page.keyboard.press('ArrowDown');
          assert.equal(await list.inputValue(), role);
        }
        await assertAccessible(page, 'role dialog');
        assert.equal(await roleOf(page, 'pat'), 'viewer');
        await dialog.getByRole('button', { name: 'Change the role' }).click();
        await page.getByRole('listitem').filter({ hasText: 'pat' }).getByText('Releaser').waitFor();
        assert.equal(await roleOf(page, 'pat'), 'releaser');
        await page.getByRole('button', { name: 'Disable pat' }).click();
        await page.getByRole('button', { name: 'Enable pat' }).waitFor();
        await page.context().close();
      },
    },
    {
      name: 'accounts: signing out that fails is said; the session one is in, once ended, leads out at once',
      async run() {
        const page = await stage.open('/settings/access');
        const theirs = await named.open(at(await invite(page, 'kim', 'Viewer')));
        await theirs.getByRole('navigation').first().waitFor();
        // The end of this stream would lead out too, though later.
        await theirs.route('**/api/v1/events*', () => undefined);
        await theirs.goto(`${named.url}/settings/access`);
        await theirs.route('**/api/v1/session', (route) =>
          route.request().method() === 'DELETE' ? route.abort() : route.continue(),
        );
        await theirs.getByRole('button', { name: 'Sign out' }).click();
        await theirs.locator('.notice-failed').waitFor();
        const own = theirs.getByRole('listitem').filter({ hasText: '(this one)' });
        await own.getByRole('button', { name: 'End the session of kim' }).click();
        await theirs.getByText('You are signed out').waitFor();
        await page.context().close();
        await theirs.context().close();
      },
    },
    {
      name: 'accounts: the audit trail is saved as it is narrowed down',
      async run() {
        const page = await stage.open('/settings/audit?act=account.invited&by=operator');
        await page.getByRole('grid', { name: 'Audit trail' }).getByRole('row').nth(1).waitFor();
        const download = page.waitForEvent('download');
        await page.getByRole('link', { name: 'Save as NDJSON' }).click();
        const acts = new Set<string>();
        const stream = await (await download).createReadStream();
        for await (const line of createInterface({ input: stream })) {
          const { act, by } = JSON.parse(line) as { act: string; by: string };
          acts.add(`${act} by ${by}`);
        }
        assert.deepEqual([...acts], ['account.invited by operator']);
        await page.context().close();
      },
    },
    {
      name: 'accounts: a token whose days are no number is not made',
      async run() {
        const page = await stage.open('/settings/access');
        await page.getByRole('button', { name: 'Make a token' }).click();
        const dialog = page.getByRole('dialog');
        await dialog.getByLabel('Name').fill('for ever by mistake');
        await dialog.getByLabel('Days it works').pressSequentially('3e');
        await dialog.getByRole('button', { name: 'Make a token' }).click();
        await page.waitForTimeout(500);
        assert.equal(await dialog.getByLabel('Days it works').count(), 1, 'the form is still there');
        const { rows } = (await (await page.request.get(`${stage.url}/api/v1/tokens`)).json()) as {
          rows: { name: string }[];
        };
        assert.deepEqual(
          rows.filter(({ name }) => name === 'for ever by mistake'),
          [],
        );
        await dialog.getByLabel('Days it works').fill('30');
        await dialog.getByRole('button', { name: 'Make a token' }).click();
        await dialog.locator('pre').waitFor();
        await page.context().close();
      },
    },
    {
      name: 'held-back values of two people: what is released and what waits are both said, and what was released can be undone',
      async run() {
        const page = await stage.open('/settings/access');
        const theirs = await named.open(at(await invite(page, 'rex', 'Releaser')));
        await theirs.getByRole('navigation').first().waitFor();
        await takeIn(page, stage.url, { name: 'inside.txt', text: '10.1.2.4\n10.1.2.5\n' });
        await page.goto(`${stage.url}/imports/held-back`);
        const listed = page.getByRole('grid', { name: 'Held back' }).getByRole('row').nth(1).locator('.col-list');
        const because = await listed.locator('.clip').textContent();
        await releaseFirst(page, 'ours\u202e');
        await page.getByText('1 value waits for a second person').waitFor();
        await theirs.goto(`${named.url}/imports/held-back`);
        const rows = theirs.getByRole('grid', { name: 'Held back' }).getByRole('row');
        await rows.nth(1).getByText('operator wants it released: ours\\u202e').waitFor();
        assert.ok((await rows.nth(1).textContent())?.includes(because ?? 'nothing'), 'the list is named too');
        await assertAccessible(theirs, 'a release that waits');
        await named.shoot(theirs, 'held-back-proposed');
        for (const index of [1, 2]) await rows.nth(index).locator('.tick').click();
        await theirs.getByRole('button', { name: 'Release 2' }).click();
        await sendRelease(theirs, 'seen');
        await theirs.getByText('Released 1 value').waitFor();
        await theirs.getByText('1 value waits for a second person').waitFor();
        await named.shoot(theirs, 'held-back-released');
        await theirs.getByRole('button', { name: 'Undo' }).click();
        await theirs.getByText('1 value is held back again').waitFor();
        await page.context().close();
        await theirs.context().close();
      },
    },
    {
      name: 'accounts: who is disabled is out at once, by keyboard too',
      async run() {
        const page = await stage.open('/settings/access');
        await page.getByRole('button', { name: 'New link for ada' }).click();
        const theirs = await named.open(at(await shownLink(page)));
        await theirs.getByRole('navigation').first().waitFor();
        await page.keyboard.press('Escape');
        await page.getByRole('button', { name: 'Disable ada' }).focus();
        await page.keyboard.press('Enter');
        await page.getByRole('button', { name: 'Enable ada' }).waitFor();
        await theirs.goto(`${named.url}/intel`);
        await theirs.getByText('You are signed out').waitFor();
        await page.context().close();
        await theirs.context().close();
      },
    },
  ];
}
