import assert from 'node:assert/strict';
import { appendFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { focusedIndex, focusedText, hasDirection, hasFewerRowsThan, hasFocusOn, hasTheme } from './in-page.ts';
import { assertAccessible, assertFits, dropFile } from './stage.ts';
import type { Stage } from './stage.ts';
import type { ScratchNode } from './started-node.ts';

export interface Journey {
  readonly name: string;
  readonly run: () => Promise<void>;
}

/** A line of a resolver's log that asks for a name. */
const query = (name: string): string =>
  `23-Nov-2026 09:15:07.120 queries: info: client @0x7f 192.0.2.14#53211 (${name}): query: ${name} IN A +E(0)K (192.0.2.53)\n`;

/** What a user does in the first quarter of an hour, in this order, on one real node. */
export function realJourneys(stage: Stage, node: ScratchNode): Journey[] {
  const listed = 'portal.listed.example';
  return [
    {
      name: 'signed out, the page says how to get a link',
      async run() {
        const page = await stage.open('/');
        await page.getByText('./comity sign-in').waitFor();
        await assertAccessible(page, 'signed out');
        await stage.shoot(page, 'signed-out');
        await page.context().close();
      },
    },
    {
      name: 'the printed link signs in, once, and leaves no code in the address',
      async run() {
        const page = await stage.open(node.signInLink);
        await page.getByRole('button', { name: 'Load the sample' }).waitFor();
        await stage.keepSession(page);
        assert.equal(page.url(), `${node.url}/`);
        await stage.shoot(page, 'first-steps');
        await assertAccessible(page, 'first steps');
        await page.context().close();
        const again = await stage.open(node.signInLink, { language: 'en' });
        await again.waitForURL(/\/(?:sign-in)?$/);
        await again.context().close();
      },
    },
    {
      name: 'the sample is one press away and its matches appear live',
      async run() {
        const page = await stage.open('/');
        await page.getByRole('button', { name: 'Load the sample' }).click();
        const first = page.getByRole('grid', { name: 'Matches' }).getByRole('row').nth(1);
        await first.waitFor();
        await stage.shoot(page, 'overview');
        await first.click();
        const inspector = page.getByRole('complementary', { name: 'Match' });
        await inspector.getByText('Why it counts').waitFor();
        assert.ok(await inspector.locator('mark').first().isVisible(), 'the value is marked in its record');
        await assertAccessible(page, 'overview with a match open');
        await stage.shoot(page, 'match');
        await page.keyboard.press('Escape');
        await inspector.waitFor({ state: 'detached' });
        await page.context().close();
      },
    },
    {
      name: 'search finds a value, the inspector says why, its page has an address',
      async run() {
        const page = await stage.open('/intel');
        await page.getByRole('searchbox').fill('login-bank');
        const row = page.getByRole('row', { name: /login-bank\.example/ });
        await row.first().waitFor();
        await page.waitForURL(/text=login-bank/);
        await row.first().click();
        const inspector = page.getByRole('complementary', { name: 'Object' });
        await inspector.getByText('Why it is in this state').waitFor();
        await inspector.getByRole('button', { name: /Show the text/ }).click();
        await inspector.getByText('"type"').first().waitFor();
        await assertAccessible(page, 'intelligence with an object open');
        await stage.shoot(page, 'object');
        await inspector.getByRole('link', { name: 'Open on a page of its own' }).click();
        await page.waitForURL(/\/intel\/indicator--/);
        await page.getByRole('heading', { level: 1, name: /login-bank/ }).waitFor();
        await stage.shoot(page, 'object-page');
        await page.context().close();
      },
    },
    {
      name: 'a value under the pointer tells what is known about it',
      async run() {
        const page = await stage.open('/intel');
        await page.locator('.row [data-value]').first().hover();
        const card = page.getByRole('dialog', { name: /What is known about/ });
        await card.getByRole('button', { name: 'Copy defanged' }).waitFor();
        await stage.shoot(page, 'value-card');
        await page.context().close();
      },
    },
    {
      name: 'pasted values come with a report that names the line it rejects',
      async run() {
        const page = await stage.open('/imports');
        await page.getByRole('button', { name: 'Paste values' }).click();
        await page.getByLabel('Values or text').fill(`${listed}\nhxxp://198.51.100[.]23/a\n???\n`);
        await page.getByLabel('Where it is from').fill('Desk');
        await stage.shoot(page, 'paste');
        await page.getByRole('button', { name: 'Take in' }).click();
        await page.waitForURL(/\/imports\/imp-/);
        await page
          .getByRole('row', { name: /rejected/ })
          .first()
          .waitFor();
        await assertAccessible(page, 'import report');
        await stage.shoot(page, 'report');
        await page.context().close();
      },
    },
    {
      name: 'a held-back value is released with a reason, and the release can be undone',
      async run() {
        const page = await stage.open('/imports/held-back');
        const rows = page.getByRole('grid', { name: 'Held back' }).getByRole('row');
        await rows.nth(1).waitFor();
        const before = await rows.count();
        await stage.shoot(page, 'held-back');
        await rows.nth(1).getByRole('button', { name: 'Release' }).click();
        await page.getByLabel('Reason').fill('Seen in an incident of ours');
        await assertAccessible(page, 'release dialog');
        await page.getByRole('dialog').getByRole('button', { name: 'Release' }).click();
        await page.getByText('Released 1 value').waitFor();
        await page.waitForFunction(hasFewerRowsThan, before - 1);
        await stage.shoot(page, 'released');
        await page.getByRole('button', { name: 'Undo' }).click();
        await page.getByText('1 value is held back again').waitFor();
        await rows.nth(before - 1).waitFor();
        await page.context().close();
      },
    },
    {
      name: 'a log dropped anywhere is screened and shows its matches',
      async run() {
        const page = await stage.open('/settings');
        await page.getByRole('heading', { level: 1, name: 'Settings' }).waitFor();
        const text = query('www.example.com') + query(`deep.${listed}`) + query(listed);
        await dropFile(page, { name: 'dropped.log', text }, '[data-drop="screen"]');
        await page.waitForURL(/\/screening\/src-/);
        const rows = page.getByRole('grid', { name: 'Matches' }).getByRole('row');
        await rows.nth(1).waitFor();
        await page.getByText('Done').first().waitFor();
        await assertAccessible(page, 'result of a dropped file');
        await stage.shoot(page, 'dropped');
        await page.context().close();
      },
    },
    {
      name: 'a clean log says that nothing known was found',
      async run() {
        const page = await stage.open('/screening');
        await page.getByRole('heading', { level: 1, name: 'Screening' }).waitFor();
        await dropFile(page, { name: 'clean.log', text: query('www.example.com') }, '[data-drop="screen"]');
        await page.getByText('Nothing known was found').waitFor();
        await stage.shoot(page, 'clean');
        await page.context().close();
      },
    },
    {
      name: 'a file that grows is followed: what is written to it is a match on the overview at once',
      async run() {
        const log = join(node.scratchDir, 'resolver.log');
        writeFileSync(log, query('www.example.com'));
        const page = await stage.open('/screening?add=true');
        await page.getByLabel('Kind').selectOption('file');
        await page.getByLabel('Path on the node’s machine').fill(log);
        await page.getByLabel('Name').fill('Resolver');
        await stage.shoot(page, 'add-source');
        await page.getByRole('button', { name: 'Start screening' }).click();
        await page.waitForURL(/\/screening\/src-/);
        const overview = await stage.open('/');
        await overview.getByRole('grid', { name: 'Matches' }).waitFor();
        await overview.getByRole('banner').getByText('Live', { exact: true }).waitFor();
        appendFileSync(log, query(`fresh.${listed}`));
        await overview
          .getByRole('row', { name: new RegExp(`fresh\\.${listed.slice(0, 8)}`) })
          .first()
          .waitFor();
        await stage.shoot(overview, 'live');
        await overview.context().close();
        await page.getByRole('button', { name: 'Pause' }).click();
        await page.getByText('Paused').first().waitFor();
        await stage.shoot(page, 'source');
        await page.context().close();
      },
    },
    {
      name: 'a path that cannot be read is said in words, and nothing is started',
      async run() {
        const page = await stage.open('/screening?add=true');
        await page.getByLabel('Path on the node’s machine').fill(join(node.scratchDir, 'not-there'));
        await page.getByRole('button', { name: 'Start screening' }).click();
        const alert = page.getByRole('alert');
        await alert.waitFor();
        assert.match(await alert.innerText(), /not-there[\s\S]*Nothing was/);
        await stage.shoot(page, 'source-refused');
        await page.context().close();
      },
    },
    {
      name: 'a feed in a private network is refused until allowed; one that fails says why and what stays',
      async run() {
        const server = createServer((_, response) => void response.writeHead(503).end('busy'));
        await new Promise<void>((done) => server.listen(0, '127.0.0.1', () => done()));
        const { port } = server.address() as AddressInfo;
        const page = await stage.open('/imports/feeds?add=true');
        await page.getByLabel('Address').fill(`http://127.0.0.1:${port}/list.txt`);
        await page.getByRole('dialog').getByRole('button', { name: 'Add a feed' }).click();
        const words = page.getByRole('alert').or(page.getByText('What it brought before stays in use'));
        await words.first().waitFor();
        await stage.shoot(page, 'feed-refused');
        if (await page.getByRole('dialog').isVisible()) {
          await page.getByText('It is in a private network').click();
          await page.getByRole('dialog').getByRole('button', { name: 'Add a feed' }).click();
        }
        await page.getByText('What it brought before stays in use').waitFor();
        await page.getByRole('heading', { level: 2, name: '127.0.0.1' }).waitFor();
        await assertAccessible(page, 'feeds');
        await stage.shoot(page, 'feed-failing');
        server.close();
        await page.context().close();
      },
    },
    {
      name: 'everything on the list of intelligence goes by keyboard alone',
      async run() {
        const page = await stage.open('/');
        await page.getByRole('grid', { name: 'Matches' }).waitFor();
        await page.keyboard.press('Tab');
        assert.equal(await page.evaluate(focusedText), 'Skip to the content');
        await page.keyboard.press('g');
        await page.keyboard.press('i');
        await page.waitForURL(/\/intel/);
        await page.getByRole('grid', { name: 'Intelligence' }).getByRole('row').nth(1).waitFor();
        await page.keyboard.press('/');
        const answered = page.waitForResponse(/\/api\/v1\/intel\?.*text=example/);
        await page.keyboard.type('example');
        await answered;
        await page.waitForURL(/text=example/);
        await page.locator('.rows-body .row').nth(2).waitFor();
        await page.keyboard.press('Enter');
        const focused = (): Promise<string | null | undefined> => page.evaluate(focusedIndex);
        assert.equal(await focused(), '0');
        await page.keyboard.press('j');
        await page.waitForFunction(hasFocusOn, '1');
        await page.keyboard.press('x');
        await page.getByRole('toolbar').getByText('1 chosen').waitFor();
        await page.keyboard.press('Enter');
        const inspector = page.getByRole('complementary', { name: 'Object' });
        await inspector.waitFor();
        await stage.shoot(page, 'keyboard');
        await page.keyboard.press('k');
        await page.waitForFunction(hasFocusOn, '0');
        await page.keyboard.press('Escape');
        await inspector.waitFor({ state: 'detached' });
        assert.equal(await focused(), '0', 'the list has the focus again');
        await page.keyboard.press('Enter');
        await inspector.getByRole('button').first().focus();
        await page.keyboard.press('Escape');
        await inspector.waitFor({ state: 'detached' });
        assert.equal(await focused(), '0', 'and again when the focus was in what closed');
        await page.keyboard.press('i');
        await page.getByRole('dialog', { name: /What is known about/ }).waitFor();
        await page.keyboard.press('Escape');
        await page.keyboard.press('?');
        await page.getByRole('dialog', { name: 'Keys' }).waitFor();
        await stage.shoot(page, 'keys');
        await page.context().close();
      },
    },
    {
      name: 'an export is a file of STIX',
      async run() {
        const page = await stage.open('/intel');
        await page.getByRole('button', { name: 'Export' }).click();
        const download = page.waitForEvent('download');
        await page.getByRole('link', { name: 'Save the file' }).click();
        const stream = await (await download).createReadStream();
        let text = '';
        for await (const chunk of stream) text += String(chunk);
        assert.equal((JSON.parse(text) as { type: string }).type, 'bundle');
        await page.context().close();
      },
    },
    {
      name: 'colours and language are chosen in the settings and kept',
      async run() {
        const page = await stage.open('/settings');
        await page.getByLabel('Colours').selectOption('Dark');
        await page.waitForFunction(hasTheme, 'dark');
        await assertAccessible(page, 'settings, dark');
        await stage.shoot(page, 'settings-dark');
        await page.getByLabel('Language', { exact: true }).selectOption('العربية');
        await page.waitForFunction(hasDirection, 'rtl');
        await page.getByRole('heading', { level: 1, name: 'الإعدادات' }).waitFor();
        await stage.shoot(page, 'settings-rtl');
        await page.context().close();
      },
    },
    ...everyPlace(stage),
  ];
}

/** Each place in each view: no finding of axe, nothing sticking out. */
function everyPlace(stage: Stage): Journey[] {
  const places = [
    '/',
    '/intel',
    '/screening',
    '/screening/outlets',
    '/imports',
    '/imports/held-back',
    '/imports/feeds',
    '/settings',
    '/settings/access',
    '/settings/audit',
  ];
  const views = [
    { name: 'light', view: {} },
    { name: 'dark', view: { dark: true } },
    { name: 'tablet', view: { tablet: true } },
    { name: 'phone', view: { phone: true } },
    { name: 'phone-dark', view: { phone: true, dark: true } },
    { name: 'arabic', view: { language: 'ar' as const } },
    { name: 'arabic-phone', view: { language: 'ar' as const, phone: true } },
    { name: 'pseudo', view: { language: 'en-XA' as const } },
    { name: 'pseudo-phone', view: { language: 'en-XA' as const, phone: true } },
  ];
  return views.map(({ name, view }) => ({
    name: `every place, ${name}: accessible and within its window`,
    async run() {
      for (const place of places) {
        const page = await stage.open(place, view);
        await page.locator('h1').waitFor();
        await page.locator('.skeleton').waitFor({ state: 'detached' });
        await page.waitForTimeout(150);
        assert.equal(await page.locator('h1').count(), 1);
        await assertFits(page, `${place}, ${name}`);
        await stage.shoot(page, `${name}${place.replaceAll('/', '-').replace(/-$/, '-overview')}`);
        await assertAccessible(page, `${place}, ${name}`);
        await page.context().close();
      }
    },
  }));
}
