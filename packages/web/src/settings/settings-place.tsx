import { useQuery } from '@tanstack/react-query';
import type { JSX } from 'react';
import { node } from '../app/node.ts';
import { Place } from '../app/place.tsx';
import { overviewQuery, sessionQuery } from '../app/shared-queries.ts';
import { Facts } from '../kit/beside.tsx';
import { Choice, Switch } from '../kit/fields.tsx';
import { Moment } from '../kit/moment.tsx';
import { Untrusted } from '../kit/untrusted.tsx';
import { Icon } from '../kit/icon.tsx';
import { offeredLanguages } from '../words/languages.ts';
import { useWords } from '../words/use-words.ts';
import { KnownGoodLists } from './known-good-lists.tsx';
import { prefer, usePreferences } from './preferences.ts';
import { SettingsTabs } from './settings-tabs.tsx';

/** How the page looks in this browser, what is known to be good, and what the node is. */
export default function SettingsPlace(): JSX.Element {
  const { say } = useWords();
  return (
    <Place title={say('place.settings')} aside={<SettingsTabs />}>
      <div className="settings">
        <Appearance />
        <KnownGoodLists />
        <About />
      </div>
    </Place>
  );
}

function Appearance(): JSX.Element {
  const { say } = useWords();
  const { theme, language, direction, utc } = usePreferences();
  const languages = offeredLanguages.map((one) => ({ id: one.language as typeof language, name: one.name }));
  return (
    <section className="setting">
      <h2>{say('settings.look')}</h2>
      <p className="muted">{say('settings.look.text')}</p>
      <div className="setting-fields">
        <Choice
          label={say('settings.language')}
          value={language}
          onChange={(chosen) => void prefer({ language: chosen })}
          items={language === 'en-XA' ? [...languages, { id: language, name: language }] : languages}
        />
        <Choice
          label={say('settings.theme')}
          value={theme}
          onChange={(chosen) => void prefer({ theme: chosen })}
          items={(['system', 'light', 'dark'] as const).map((id) => ({ id, name: say(`settings.theme.${id}`) }))}
        />
        <Choice
          label={say('settings.direction')}
          value={direction}
          onChange={(chosen) => void prefer({ direction: chosen })}
          items={(['language', 'ltr', 'rtl'] as const).map((id) => ({ id, name: say(`settings.direction.${id}`) }))}
        />
      </div>
      <Switch isOn={utc} onChange={(on) => void prefer({ utc: on })}>
        {say('settings.utc')}
      </Switch>
    </section>
  );
}

function About(): JSX.Element {
  const { say, figures } = useWords();
  const overview = useQuery(overviewQuery);
  const session = useQuery(sessionQuery);
  const doctor = useQuery({
    queryKey: ['doctor'],
    queryFn: ({ signal }) => node.doctor({}, { signal }),
    staleTime: 60_000,
    enabled: session.data?.scopes.includes('admin') ?? false,
  });
  return (
    <section className="setting">
      <h2>{say('settings.about')}</h2>
      {overview.data && (
        <Facts
          facts={[
            [say('settings.version'), <code key="version">{overview.data.version}</code>],
            [say('settings.started'), <Moment key="started" at={overview.data.startedAt} form="both" />],
            [say('settings.objects'), figures.count(overview.data.objects)],
            [
              say('settings.api'),
              <a key="api" href="/api/v1/openapi.json">
                OpenAPI
              </a>,
            ],
          ]}
        />
      )}
      {doctor.data && (
        <ul className="checks" aria-label={say('settings.checks')}>
          {doctor.data.checks.map((check) => (
            <li
              key={check.name}
              className={`status status-${check.state === 'ok' ? 'done' : check.state === 'warning' ? 'full' : 'failing'}`}
            >
              <Icon name={check.state === 'ok' ? 'check' : 'warning'} />
              <span>
                <b>{check.name}</b> <Untrusted text={check.message} />
              </span>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}
