import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Journey } from './journeys.ts';
import { assertAccessible, assertFits } from './stage.ts';
import type { Stage } from './stage.ts';

/** A tool that takes matches, on this machine. */
async function startReceiver() {
  const bodies: string[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (chunk: string) => (body += chunk));
    request.on('end', () => {
      bodies.push(body);
      response.end();
    });
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  return {
    bodies,
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

/** Matches that leave on their own; needs a stage that is signed in, and the sample. */
export function outletJourneys(stage: Stage): Journey[] {
  return [
    {
      name: 'outlets: one is added, tried, and says what it keeps back and why',
      async run() {
        const receiver = await startReceiver();
        const page = await stage.open('/screening');
        await page.getByRole('link', { name: 'Outlets' }).click();
        await page.getByRole('heading', { name: 'Matches stay here' }).waitFor();
        await assertAccessible(page, 'no outlet');
        await stage.shoot(page, 'outlets-none');
        await page.getByRole('button', { name: 'Add an outlet' }).click();
        const dialog = page.getByRole('dialog');
        await dialog.getByLabel('Address', { exact: true }).fill(receiver.url);
        await dialog.getByLabel('Name', { exact: true }).fill('SOC');
        await dialog.getByLabel('Name of the organisation').fill('Our SOC');
        await dialog.getByLabel('Begin').selectOption('start');
        await dialog.getByText('It is in a private network').click();
        await assertAccessible(page, 'form of an outlet');
        await stage.shoot(page, 'outlet-form');
        await dialog.getByRole('button', { name: 'Add an outlet' }).click();
        const key = page.getByRole('dialog').locator('pre');
        await key.waitFor();
        assert.match((await key.textContent()) ?? '', /^whsec_[A-Za-z0-9+/=]+$/);
        await stage.shoot(page, 'outlet-key');
        await page.getByRole('button', { name: 'Close' }).last().click();
        // The law that comes with a node lets nothing leave: everything is kept here, and it says so.
        await page.getByText(/may not go there/).waitFor();
        await page
          .getByText(/law\.no-permit|closed/)
          .first()
          .waitFor();
        await page.getByRole('button', { name: 'Send a test' }).click();
        await page.getByText('SOC took the test').waitFor();
        assert.deepEqual(
          receiver.bodies.map((body) => (JSON.parse(body) as { type: string }[]).map(({ type }) => type)),
          [['test']],
          'the test alone left',
        );
        await assertAccessible(page, 'outlets');
        await stage.shoot(page, 'outlets');
        receiver.close();
        await page.getByRole('button', { name: 'Send a test' }).click();
        await page.getByText(/The test was not taken/).waitFor();
        await page.context().close();
        for (const [name, view] of [
          ['outlets-phone', { phone: true }],
          ['outlets-phone-ar', { phone: true, language: 'ar' as const }],
          ['outlets-dark', { dark: true }],
          ['outlets-dark-ar', { dark: true, language: 'ar' as const }],
        ] as const) {
          const other = await stage.open('/screening/outlets', view);
          await other.getByText('organisation:our-soc').waitFor();
          await assertFits(other, name);
          await assertAccessible(other, name);
          await stage.shoot(other, name);
          if (name.includes('phone')) {
            await other.goto(new URL('/screening/outlets?add=true', stage.url).href);
            await other.getByRole('dialog').waitFor();
            await stage.shoot(other, name.replace('outlets', 'outlet-form'));
            await other.goto(new URL('/screening', stage.url).href);
            await other.getByRole('grid').first().waitFor();
            await assertFits(other, 'screening');
            await stage.shoot(other, name.replace('outlets', 'screening'));
          }
          await other.context().close();
        }
        const last = await stage.open('/screening/outlets');
        await last.getByText('On', { exact: true }).click();
        await last.getByText('Paused').waitFor();
        await last.getByRole('button', { name: 'Remove SOC' }).click();
        await last.getByRole('heading', { name: 'Matches stay here' }).waitFor();
        await last.context().close();
      },
    },
  ];
}
