import assert from 'node:assert/strict';
import type { Page } from 'playwright-core';
import { invite } from './account-journeys.ts';
import { bundleOf, tell } from './federation-nodes.ts';
import type { FederationNodes } from './federation-nodes.ts';
import type { Journey } from './journeys.ts';
import { lookAt, pathOf } from './look-at.ts';
import { assertAccessible } from './stage.ts';
import type { Stage } from './stage.ts';

const sharedId = 'indicator--b0000000-2222-4222-8222-222222222222';
const noObjects = { itemsPerDay: 1000, bytesPerDay: 1_000_000_000, objects: 0, sentBytesPerDay: 1_000_000_000 };
const thirdId = 'indicator--b0000000-4444-4444-8444-444444444444';

/** Sends JSON as the page does. */
async function post(page: Page, stage: Stage, path: string, data: unknown): Promise<void> {
  const answer = await page.request.post(`${stage.url}${path}`, { data, headers: { origin: stage.url } });
  assert.ok(answer.ok(), `${path}: ${answer.status()} ${await answer.text()}`);
}

/**
 * What an officer does with other members; needs three real nodes for itself.
 *
 * @param looks - Our node under another name, signed out: for somebody who only looks.
 */
export function federationJourneys(a: Stage, b: Stage, looks: Stage, nodes: FederationNodes): Journey[] {
  const digitsOn = async (page: Page): Promise<string> =>
    (await page.locator('.digits-text').first().textContent()) ?? '';
  return [
    {
      name: 'federation: a node becomes a member in the page, invites, and another compares digits and joins',
      async run() {
        const page = await a.open(nodes.a.signInLink);
        await page.getByRole('button', { name: 'Load the sample' }).waitFor();
        await a.keepSession(page);
        const theirs = await b.open(pathOf(nodes.b.signInLink));
        await theirs.getByRole('navigation').first().waitFor();
        await b.keepSession(theirs);
        const { rows } = (await (await page.request.get(`${a.url}/api/v1/law/starters`)).json()) as {
          rows: { name: string; text: string }[];
        };
        await post(page, a, '/api/v1/law', { name: 'open', text: rows.find(({ name }) => name === 'open')?.text });

        await page.getByRole('link', { name: 'Federation' }).click();
        await page.getByRole('heading', { name: 'This node is no member yet' }).waitFor();
        await assertAccessible(page, 'no member yet');
        await a.shoot(page, 'federation-none');
        await lookAt(a, '/federation', 'federation-none', (other) => other.locator('.fed-card').waitFor());
        await page.getByLabel('Name', { exact: true }).fill('CERT Austrina');
        await page.getByLabel('Country').fill('at');
        await page.getByLabel('Sectors').fill('energy, transport');
        await page.getByLabel('Address of the technical contact').fill('cert@austrina.example');
        await page.getByRole('button', { name: 'Become a member' }).click();
        await page.getByRole('heading', { name: 'No other member yet' }).waitFor();
        await assertAccessible(page, 'alone');
        await a.shoot(page, 'federation-alone');
        const ours = await digitsOn(page);
        assert.match(ours, /^[0-9a-f]{4}(?:-[0-9a-f]{4}){3}$/);

        await page.getByRole('button', { name: 'Invite a member' }).first().click();
        await page.getByLabel('For whom').fill('Borealis');
        await page.getByText('Its node may be at an address that is not public').click();
        await assertAccessible(page, 'form of an invitation');
        await a.shoot(page, 'federation-invite');
        await page.getByRole('button', { name: 'Make the invitation' }).click();
        const invitation = (await page.locator('pre').textContent()) ?? '';
        assert.match(invitation, /^comity1/);
        await assertAccessible(page, 'an invitation');
        await a.shoot(page, 'federation-invited');

        await theirs.goto(`${b.url}/federation/join`);
        await theirs.getByRole('textbox', { name: 'Invitation' }).fill(invitation.slice(0, -9));
        await theirs.getByRole('button', { name: 'See whom it names' }).click();
        await theirs.getByText('Check that the text is whole').waitFor();
        await b.shoot(theirs, 'federation-join-cut');
        await theirs
          .getByRole('textbox', { name: 'Invitation' })
          .fill(`${invitation.slice(0, 40)}\n ${invitation.slice(40)}`);
        await theirs.getByText('Its node may be at an address that is not public').click();
        await theirs.getByRole('button', { name: 'See whom it names' }).click();
        await theirs.getByRole('heading', { name: 'It names CERT Austrina' }).waitFor();
        assert.equal(await digitsOn(theirs), ours, 'both see the same digits');
        await assertAccessible(theirs, 'whom an invitation names');
        await b.shoot(theirs, 'federation-join');
        const take = theirs.getByRole('button', { name: 'Take it up' });
        assert.ok(await take.isDisabled(), 'nobody takes up what they have not compared');
        await theirs.getByText('I compared these digits').click();
        await take.click();
        await theirs.getByRole('heading', { name: 'CERT Austrina has to say yes' }).waitFor();
        await b.shoot(theirs, 'federation-join-waits');

        await page.getByRole('link', { name: 'CERT Borealis asks: compare and decide' }).click();
        assert.equal(
          await digitsOn(page),
          ((await (await theirs.request.get(`${b.url}/api/v1/member`)).json()) as { member: { shortId: string } })
            .member.shortId,
        );
        await assertAccessible(page, 'a member that asks');
        await a.shoot(page, 'federation-asks');
        await page.getByRole('button', { name: 'Let it in' }).click();
        const dialog = page.getByRole('dialog');
        assert.ok(await dialog.getByRole('button', { name: 'Let it in' }).isDisabled());
        await dialog.getByText('I compared these digits').click();
        await dialog.getByLabel('What it is called here').fill('borealis');
        await assertAccessible(page, 'question before a member is let in');
        await a.shoot(page, 'federation-accept');
        await dialog.getByRole('button', { name: 'Let it in' }).click();
        await page.getByText('CERT Borealis is joined').waitFor();
        await page.getByText('member:borealis').waitFor();
        await theirs.getByRole('heading', { name: 'You and CERT Austrina are joined' }).waitFor();
        await b.shoot(theirs, 'federation-joined');

        await page.goto(`${a.url}/federation/invite`);
        await page.getByText('taken up by CERT Borealis').waitFor();
        await page.getByLabel('For whom').fill('Centralis');
        await page.getByText('Join who takes it up at once').click();
        await page.getByText('Its node may be at an address that is not public').click();
        await page.getByRole('button', { name: 'Make the invitation' }).click();
        const text = (await page.locator('pre').textContent()) ?? '';
        await nodes.c.client.joinMember({ body: { invitation: text, allowPrivate: true } });
        await page.getByRole('link', { name: 'Open ISAC Centralis' }).waitFor();
        await page.context().close();
        await theirs.context().close();
      },
    },
    {
      name: 'federation: what is ours goes to both, receipts come in, and a recall is confirmed, by one that hangs later',
      async run() {
        const page = await a.open('/federation/exchange');
        await page.getByRole('heading', { name: 'Nothing was given yet' }).waitFor();
        await assertAccessible(page, 'nothing given');
        await a.shoot(page, 'federation-exchange-none');
        await page.getByRole('link', { name: 'Imports' }).click();
        await page.getByRole('button', { name: 'Paste values' }).click();
        const form = page.getByRole('dialog', { name: 'Paste values' });
        await form
          .getByLabel('Values or text')
          .fill(bundleOf(sharedId, 'Phishing kit aimed at grid operators', 'grid-login.example'));
        await form.getByText('It is our own: members may get it').click();
        await assertAccessible(page, 'form that takes in what is ours');
        await a.shoot(page, 'federation-own');
        await form.getByRole('button', { name: 'Take in' }).click();
        await page.waitForURL(/\/imports\/imp-/);
        await page.getByRole('link', { name: 'Federation' }).click();
        await page.getByRole('link', { name: 'Exchange' }).click();
        await tell(
          nodes.b,
          'indicator--b0000000-3333-4333-8333-333333333333',
          'Loader of a banking trojan',
          'loader.example',
        );
        const given = page.getByRole('row').filter({ hasText: 'Phishing kit aimed at grid operators' });
        for (const name of ['CERT Borealis', 'ISAC Centralis'])
          await given.filter({ hasText: name }).getByText('in use').waitFor();
        await assertAccessible(page, 'exchange');
        await a.shoot(page, 'federation-exchange');

        await given.first().click();
        const inspector = page.getByRole('complementary', { name: 'Object' });
        await inspector.getByRole('button', { name: 'Take it back from all' }).waitFor();
        await assertAccessible(page, 'exchange with an object open');
        await a.shoot(page, 'federation-exchange-open');
        process.kill(nodes.c.pid, 'SIGSTOP');
        try {
          await inspector.getByRole('button', { name: 'Take it back from all' }).click();
          const dialog = page.getByRole('dialog', { name: 'Take it back from everybody?' });
          await dialog.getByText('2 members will be told').waitFor();
          await dialog.getByText('ISAC Centralis').waitFor();
          await dialog.getByLabel('Why; members are told').selectOption('false-positive');
          await assertAccessible(page, 'question before a recall');
          await a.shoot(page, 'federation-recall');
          await dialog.getByRole('button', { name: 'Take it back' }).click();
          await page
            .getByText(/^1 of 2 confirmed · 1 outstanding · the last lease ends \d+ \w+ 20\d\d$/)
            .first()
            .waitFor();
          await page.keyboard.press('Escape');
          await assertAccessible(page, 'exchange with a recall');
          await a.shoot(page, 'federation-recall-open');
        } finally {
          process.kill(nodes.c.pid, 'SIGCONT');
        }
        await page.getByText('2 of 2 confirmed', { exact: true }).first().waitFor({ timeout: 60_000 });
        await a.shoot(page, 'federation-recall-done');
        await page.getByLabel('Which', { exact: true }).selectOption('refused');
        await page.getByRole('heading', { name: 'Nothing like that' }).waitFor();
        await page.goto(`${a.url}/intel/${sharedId}`);
        await page.getByText('2 of 2 confirmed').waitFor();
        await page.getByText('2 members had this from you').waitFor();
        await assertAccessible(page, 'an object that was taken back');
        await a.shoot(page, 'federation-object');
        await page.goto(`${a.url}/federation`);
        await page.getByRole('row').filter({ hasText: 'CERT Borealis' }).click();
        await page.getByText('Loader of a banking trojan').first().waitFor();
        await page.getByText('passed on from').or(page.getByText('its own')).first().waitFor();
        await page.getByText('One story').waitFor();
        await page.getByText('Its first description').waitFor();
        await assertAccessible(page, 'member');
        await a.shoot(page, 'federation-member');
        await page.context().close();
      },
    },
    {
      name: 'federation: the proof of an act is checked in the browser, and one that was spoilt is not taken',
      async run() {
        const page = await a.open('/federation/ledger');
        const acts = page.getByRole('grid', { name: 'Acts' });
        await page.getByLabel('What', { exact: true }).selectOption('sent');
        const act = acts
          .getByRole('row')
          .filter({ hasText: 'CERT Borealis' })
          .filter({ hasText: /(?<!not )published/ });
        await act.first().waitFor();
        await assertAccessible(page, 'ledger');
        await a.shoot(page, 'federation-ledger');
        await act.first().click();
        const inspector = page.getByRole('complementary', { name: 'Act of the ledger' });
        await inspector.getByText('yes: content, member and decision').waitFor();
        const check = inspector.getByRole('button', { name: /Check/ });
        await check.click();
        await inspector.getByText('Checked here: it holds').waitFor();
        await inspector.getByText(/of the entry hash to place \d+ of a tree of \d+/).waitFor();
        await inspector.getByText(/witnesses cosigned it; \d are needed/).waitFor();
        await assertAccessible(page, 'an act whose proof was checked');
        await a.shoot(page, 'federation-proof');

        // The same with one hash of another tree: the node cannot talk the browser into it.
        await page.route('**/api/v1/ledger/proofs/*', async (route) => {
          const { proof } = (await (await route.fetch()).json()) as { proof: string };
          const spoilt = proof.replace(/^index (\d+)$/m, (_, index: string) => `index ${Number(index) ^ 1}`);
          await route.fulfill({ json: { proof: spoilt } });
        });
        await page.reload();
        await check.click();
        await inspector.getByText('It does not hold').waitFor();
        await assertAccessible(page, 'an act whose proof is spoilt');
        await a.shoot(page, 'federation-proof-wrong');
        await page.unrouteAll();
        await page.getByRole('button', { name: 'Close' }).click();
        await page.getByLabel('What', { exact: true }).selectOption('open');
        await acts.getByRole('row').filter({ hasText: 'new description of us' }).first().click();
        await inspector.getByText('Everybody may read this act.').waitFor();
        await check.click();
        await inspector.getByText('Checked here: it holds').waitFor();
        await page.context().close();
      },
    },
    {
      name: 'federation: a quota and a tightened label stop what comes and goes, and both sides are told why',
      async run() {
        const page = await a.open('/federation');
        await page.getByRole('row').filter({ hasText: 'CERT Borealis' }).click();
        await page.getByRole('button', { name: 'Tighten what goes there' }).click();
        const dialog = page.getByRole('dialog');
        await dialog.getByLabel('Loosest label').selectOption('amber');
        await dialog.getByLabel('It may pass it on').selectOption('0');
        await dialog.getByLabel('Days indicators are lent').fill('7');
        await assertAccessible(page, 'form of what goes to a member');
        await a.shoot(page, 'federation-handling');
        await dialog.getByRole('button', { name: 'Save' }).click();
        await page.getByText('not passed on · indicators 7 days, reports 180 days').waitFor();
        // Nor by way of the other: what one may not lend it would pass on.
        const { rows: peers } = (await (await page.request.get(`${a.url}/api/v1/peers`)).json()) as {
          rows: { id: string }[];
        };
        for (const peer of peers) await post(page, a, `/api/v1/peers/${peer.id}/quota`, noObjects);
        await tell(nodes.b, thirdId, 'Skimmer of a card shop', 'skimmer.example');
        await page.getByText('It lends as many objects as are kept of it').waitFor({ timeout: 60_000 });
        await assertAccessible(page, 'a member that reached a limit');
        const theirs = await b.open('/federation/exchange');
        await theirs.getByLabel('Which', { exact: true }).selectOption('refused');
        const refused = theirs.getByRole('row').filter({ hasText: 'Skimmer of a card shop' });
        await refused.getByText('you lend as much as they keep of you').waitFor();
        await assertAccessible(theirs, 'what was refused');
        await b.shoot(theirs, 'federation-refused');
        await theirs.context().close();
        await page.context().close();
      },
    },
    {
      name: 'federation: a member is asked about values it does not see, and says what it knows',
      async run() {
        const page = await a.open('/federation/lookup');
        await page.getByLabel('Whom').selectOption('borealis');
        await page.getByLabel('Values').fill('loader.example, skimmer.example\nnobody-knows.example');
        await page.getByText('What CERT Borealis learns if you ask').waitFor();
        await assertAccessible(page, 'look-up');
        await a.shoot(page, 'federation-lookup');
        await page.getByRole('button', { name: 'Ask about 3 values' }).click();
        await page.getByRole('heading', { name: 'What CERT Borealis knows' }).waitFor();
        const answers = page.getByRole('listitem');
        await answers.filter({ hasText: 'loader.example' }).getByText('known here: not asked about').waitFor();
        await answers.filter({ hasText: 'skimmer.example' }).getByText('known there').waitFor();
        await answers.filter({ hasText: 'nobody-knows.example' }).getByText('known to neither').waitFor();
        await page.getByText('CERT Borealis learnt that you asked about 2 values, not which.').waitFor();
        await assertAccessible(page, 'answer of a look-up');
        await a.shoot(page, 'federation-lookup-answer');
        await page.context().close();
      },
    },
    {
      name: 'federation: who only looks is offered no act, and no act of the ledger is opened to them',
      async run() {
        const page = await a.open('/settings/access');
        const theirs = await looks.open(pathOf(await invite(page, 'vic', 'Viewer')));
        await theirs.getByRole('navigation').first().waitFor();
        for (const [path, shown] of [
          ['/federation', 'CERT Borealis'],
          ['/federation/exchange', 'Loader of a banking trojan'],
          ['/federation/ledger', 'Acts are opened to whoever has the right audit'],
          ['/federation/lookup', 'Asking takes the right write'],
        ] as const) {
          await theirs.goto(looks.url + path);
          await theirs.getByText(shown).first().waitFor();
          const acts = theirs.locator('main').getByRole('button', { name: /Invite|Take|Exchange|Ask|Check/ });
          assert.equal(await acts.count(), 0, `${path} offers nothing to who only looks`);
        }
        await theirs.context().close();
        await page.context().close();
      },
    },
    {
      name: 'federation: a relation is suspended with its meaning said before, and the map and every view show it',
      async run() {
        const page = await a.open('/federation');
        await page.getByRole('searchbox').fill('finance');
        const row = page.getByRole('row').filter({ hasText: 'ISAC Centralis' });
        await page.getByRole('row').filter({ hasText: 'CERT Borealis' }).waitFor({ state: 'detached' });
        await row.focus();
        await page.keyboard.press('Enter');
        await page.getByRole('button', { name: 'Suspend' }).click();
        const dialog = page.getByRole('dialog', { name: 'Suspend ISAC Centralis?' });
        await dialog.getByText('What it has from you it keeps until its leases end').waitFor();
        await assertAccessible(page, 'question before a member is suspended');
        await a.shoot(page, 'federation-suspend');
        await dialog.getByRole('button', { name: 'Suspend' }).click();
        await page.getByText('ISAC Centralis is suspended').waitFor();
        await page.goto(`${a.url}/federation/map`);
        const list = page.getByRole('list', { name: 'The same as a list' });
        await list.getByText('Suspended').waitFor();
        await list
          .getByText(/lends [\d,]+ object/)
          .first()
          .waitFor();
        assert.equal(await page.locator('.map-node').count(), 2);
        assert.equal(await page.locator('.map-suspended').count(), 1);
        await assertAccessible(page, 'map');
        await a.shoot(page, 'federation-map');
        await page.goto(`${a.url}/federation`);
        await row.waitFor();
        await assertAccessible(page, 'members');
        await a.shoot(page, 'federation-members');
        const { rows } = (await (await page.request.get(`${a.url}/api/v1/members`)).json()) as {
          rows: { id: string; handle: string }[];
        };
        const id = rows.find(({ handle }) => handle === 'borealis')?.id ?? '';
        for (const [path, name, settled] of [
          ['/federation', 'members', '.row .strong'],
          [`/federation/members/${id}`, 'member', '.fed-steps li'],
          ['/federation/invite', 'invite', '.fed-objects li'],
          ['/federation/join', 'join', 'textarea'],
          ['/federation/exchange', 'exchange', '.rows-given .row'],
          ['/federation/ledger', 'ledger', '.rows-acts .row'],
          ['/federation/lookup', 'lookup', 'textarea'],
          ['/federation/map', 'map', '.map-node'],
        ] as const)
          await lookAt(a, path, `federation-${name}`, (other) => other.locator(settled).first().waitFor());
        await page.goto(`${a.url}/federation/members/${rows.find(({ handle }) => handle !== 'borealis')?.id}`);
        await page.getByRole('button', { name: 'Resume' }).click();
        await page.getByRole('dialog').getByRole('button', { name: 'Resume' }).click();
        await page.getByText('ISAC Centralis is joined again').waitFor();
        await page.context().close();
      },
    },
  ];
}
