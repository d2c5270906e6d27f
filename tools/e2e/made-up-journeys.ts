import assert from 'node:assert/strict';
import { isFourthRowOtherThan, scrollMs } from './in-page.ts';
import type { Journey } from './journeys.ts';
import type { MadeUpNode } from './made-up-node.ts';
import type { Stage } from './stage.ts';

/** What a real node cannot be brought to in seconds. */
export function madeUpJourneys(stage: Stage, node: MadeUpNode): Journey[] {
  return [
    {
      name: 'matches that arrive while a row is read wait behind a pill and move nothing',
      async run() {
        const page = await stage.open('/');
        const rows = page.getByRole('grid', { name: 'Matches' }).locator('.row');
        await rows.nth(5).waitFor();
        await page.getByRole('banner').getByText('Live', { exact: true }).waitFor();
        await rows.nth(3).hover();
        const read = await rows.nth(3).innerText();
        node.sendMatches(14);
        const pill = page.getByRole('button', { name: '14 new' });
        await pill.waitFor();
        assert.equal(await rows.nth(3).innerText(), read);
        await stage.shoot(page, 'made-up-new');
        await pill.click();
        await page.waitForFunction(isFourthRowOtherThan, read);
        node.sendMatches(3000);
        await page.getByRole('button', { name: /1,000 new/ }).waitFor();
        await page.context().close();
      },
    },
    {
      name: 'a stream that stalls says since when, and is live again by itself',
      async run() {
        const page = await stage.open('/');
        await page.getByRole('banner').getByText('Live', { exact: true }).waitFor();
        node.stall();
        await page
          .getByRole('banner')
          .getByText(/Not live since/)
          .waitFor();
        await stage.shoot(page, 'made-up-stalled');
        node.resume();
        await page.getByRole('banner').getByText('Live', { exact: true }).waitFor();
        await page.context().close();
      },
    },
    {
      name: 'a million rows scroll like a hundred: few rows exist, and none is late',
      async run() {
        const page = await stage.open('/intel');
        await page.getByText('1,000,000 objects').waitFor();
        const stepsMs = await page.evaluate(scrollMs);
        const exist = await page.locator('.rows-body .row').count();
        assert.ok(exist > 10 && exist < 120, `${exist} rows exist`);
        // Three steps may meet whatever else the machine does.
        const lateMs = stepsMs.at(-4) ?? Infinity;
        assert.ok(lateMs < 200, `the fourth slowest step took ${lateMs.toFixed(0)} ms`);
        await stage.shoot(page, 'made-up-million');
        await page.context().close();
      },
    },
    {
      name: 'a name with a bidi override in it is shown as what it is',
      async run() {
        const page = await stage.open('/?match=mat-00000002b0');
        await page.locator('.record .escape', { hasText: String.raw`\u202e` }).waitFor();
        assert.ok(!(await page.locator('.record').innerText()).includes('\u202e'));
        await page.context().close();
      },
    },
  ];
}
