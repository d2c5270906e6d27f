import assert from 'node:assert/strict';
import { clientId, clientSecret, serveProvider } from '../../packages/node/src/http/identity/provider-for-tests.ts';
import type { Journey } from './journeys.ts';
import { assertAccessible, assertFits } from './stage.ts';
import type { Stage } from './stage.ts';

/**
 * Signing in by an identity provider at another site, so that browsers treat it as one.
 *
 * @param stage - Signed in as somebody who administers.
 * @param outside - The same node, signed out.
 */
export function identityJourneys(stage: Stage, outside: Stage): Journey[] {
  const withProvider = async (act: (provider: Awaited<ReturnType<typeof serveProvider>>) => Promise<void>) => {
    const cleanups: (() => unknown)[] = [];
    try {
      await act(await serveProvider({ after: (fn) => void cleanups.push(fn) }, 'localhost'));
    } finally {
      for (const fn of cleanups) await fn();
    }
  };
  return [
    {
      name: 'identity: an administrator sets the provider up, and somebody signs in by it',
      run: () =>
        withProvider(async (provider) => {
          const page = await stage.open('/settings/access');
          await page.getByRole('button', { name: 'Set up' }).click();
          const dialog = page.getByRole('dialog', { name: 'Identity provider' });
          await dialog.getByLabel('Name', { exact: true }).fill('CERT ID');
          await dialog.getByLabel('Issuer').fill(provider.url);
          await dialog.getByLabel('Client ID').fill(clientId);
          await dialog.getByLabel('Client secret').fill('wrong');
          await dialog.getByLabel('Value', { exact: true }).fill('cert-analysts');
          await dialog.getByLabel('Role', { exact: true }).selectOption('analyst');
          await dialog.getByRole('button', { name: 'Ask it and save' }).click();
          await dialog.getByRole('alert').getByText('is no public address').waitFor();
          await dialog.getByText('It is in a private network').click();
          await stage.shoot(page, 'identity-form');
          await assertAccessible(page, 'identity form');
          await dialog.getByRole('button', { name: 'Ask it and save' }).click();
          await page.getByRole('button', { name: 'Change', exact: true }).waitFor();
          assert.equal(await page.getByText('/sign-in/provider').count(), 1);
          await page.getByText('cert-analysts').scrollIntoViewIfNeeded();
          await stage.shoot(page, 'identity');
          await assertAccessible(page, 'identity provider');

          const theirs = await outside.open('/', { leadsTo: provider.url });
          const button = theirs.getByRole('button', { name: 'Sign in with CERT ID' });
          await button.waitFor();
          await assertAccessible(theirs, 'signed out, with a provider');
          await outside.shoot(theirs, 'signed-out-provider');
          provider.behave({ asks: true });
          await button.click();
          await theirs.getByRole('link', { name: 'It is me' }).click();
          await theirs.getByText('does not accept this node').waitFor();
          assert.equal(theirs.url(), `${outside.url}/sign-in/provider`, 'no code stays in the address');
          await assertAccessible(theirs, 'refused by the provider');
          await outside.shoot(theirs, 'provider-refused');

          await page.getByRole('button', { name: 'Change', exact: true }).click();
          await dialog.getByLabel('Client secret').fill(clientSecret);
          await dialog.getByRole('button', { name: 'Ask it and save' }).click();
          await dialog.waitFor({ state: 'detached' });
          await button.click();
          await theirs.getByRole('link', { name: 'It is me' }).click();
          await theirs.getByRole('navigation').first().waitFor();
          assert.equal(theirs.url(), `${outside.url}/`);
          await theirs.goto(`${outside.url}/settings/access`);
          await theirs.getByText('Analyst').first().waitFor();
          assert.equal(await theirs.getByRole('heading', { name: 'Identity provider' }).count(), 0);
          await theirs.context().close();
          await page.context().close();
        }),
    },
    {
      name: 'identity: the page fits everywhere, and removed the button is gone',
      run: () =>
        withProvider(async (provider) => {
          const page = await stage.open('/settings/access');
          const set = await page.request.post(`${stage.url}/api/v1/identity-provider`, {
            data: {
              name: 'CERT ID',
              issuer: provider.url,
              clientId,
              clientSecret,
              allowPrivate: true,
              roles: [
                { value: 'cert-analysts', role: 'analyst' },
                { value: 'cn=officers,ou=groups,dc=cert,dc=example', role: 'officer' },
              ],
            },
          });
          assert.equal(set.status(), 200);
          for (const [name, view] of [
            ['phone', { phone: true }],
            ['phone-arabic-dark', { phone: true, dark: true, language: 'ar' }],
            ['dark', { dark: true }],
            ['arabic', { language: 'ar' }],
          ] as const) {
            const signedOut = await outside.open('/', view);
            await signedOut.getByRole('button', { name: /CERT ID/ }).waitFor();
            await assertFits(signedOut, `signed out, ${name}`);
            await outside.shoot(signedOut, `signed-out-provider-${name}`);
            await signedOut.context().close();
            const settings = await stage.open('/settings/access', view);
            await settings.getByText('cn=officers').scrollIntoViewIfNeeded();
            await assertFits(settings, `identity provider, ${name}`);
            await stage.shoot(settings, `identity-${name}`);
            const isArabic = 'language' in view;
            await settings.getByRole('button', { name: isArabic ? 'تغيير' : 'Change', exact: true }).click();
            await settings.getByRole('dialog').waitFor();
            await assertFits(settings, `identity form, ${name}`);
            await stage.shoot(settings, `identity-form-${name}`);
            await settings.getByRole('dialog').getByRole('textbox').last().scrollIntoViewIfNeeded();
            await stage.shoot(settings, `identity-form-end-${name}`);
            await settings.context().close();
          }
          await page.reload();
          await page.getByRole('button', { name: 'Remove the identity provider' }).click();
          await page.getByRole('button', { name: 'Set up' }).waitFor();
          const signedOut = await outside.open('/');
          await signedOut.getByText('./comity sign-in').waitFor();
          assert.equal(await signedOut.getByRole('button', { name: /CERT ID/ }).count(), 0);
          await signedOut.context().close();
          await page.context().close();
        }),
    },
  ];
}
