import { ComityError } from '@comity/protocol/base';
import { QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { I18nProvider, RouterProvider as AriaRouter } from 'react-aria-components';
import { createRoot } from 'react-dom/client';
import type { JSX } from 'react';
import { queries } from './app/node.ts';
import { router } from './app/router.tsx';
import { applyPreferences, currentPreferences, usePreferences } from './settings/preferences.ts';
import { formatLocaleOf, speak } from './words/languages.ts';
import './styles/tokens.css';
import './styles/base.css';
import './kit/kit.css';
import './kit/fields.css';
import './kit/values.css';
import './kit/overlays.css';
import './kit/rows.css';
import './app/shell.css';
import './overview/overview.css';
import './intel/intel.css';
import './screening/screening.css';
import './sharing/sharing.css';
import './federation/federation.css';
import './imports/imports.css';
import './settings/settings.css';
import './app/narrow.css';

function Page(): JSX.Element {
  const { language } = usePreferences();
  return (
    <I18nProvider locale={formatLocaleOf(language)}>
      <AriaRouter navigate={(to) => void router.navigate({ to })}>
        <QueryClientProvider client={queries}>
          <RouterProvider router={router} />
        </QueryClientProvider>
      </AriaRouter>
    </I18nProvider>
  );
}

applyPreferences();
await speak(currentPreferences().language);
const place = document.getElementById('page');
// What went wrong around the page is said on the page; the console hears of the page's own faults.
const onCaughtError = (error: unknown): void => {
  if (!(error instanceof ComityError)) console.error(error);
};
if (place) createRoot(place, { onCaughtError }).render(<Page />);
