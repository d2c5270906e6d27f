import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { JSX } from 'react';
import { IconButton } from '../kit/button.tsx';
import { Icon, Mark } from '../kit/icon.tsx';
import { LiveMark } from '../live/live-mark.tsx';
import { prefer, usePreferences } from '../settings/preferences.ts';
import { useWords } from '../words/use-words.ts';
import { overviewQuery } from './shared-queries.ts';

const places = [
  { name: 'overview', to: '/' },
  { name: 'intel', to: '/intel' },
  { name: 'screening', to: '/screening' },
  { name: 'sharing', to: '/sharing' },
  { name: 'federation', to: '/federation' },
  { name: 'imports', to: '/imports' },
  { name: 'settings', to: '/settings' },
] as const;

/** The places of the page: a rail at the side, a bar at the foot on a phone. */
export function Rail(): JSX.Element {
  const { say, figures } = useWords();
  const { narrowRail } = usePreferences();
  const overview = useQuery(overviewQuery);
  const heldBack = overview.data?.indicators.heldBack ?? 0;
  return (
    <header className={narrowRail ? 'rail rail-narrow' : 'rail'}>
      <a className="skip" href="#content">
        {say('rail.skip')}
      </a>
      <div className="rail-head">
        <Link to="/" className="brand" aria-label="Comity">
          <Mark />
          <span className="rail-word">Comity</span>
        </Link>
      </div>
      <nav aria-label={say('rail.label')}>
        <ul className="rail-places">
          {places.map(({ name, to }) => (
            <li key={name}>
              <Link
                to={to}
                className="rail-place"
                title={narrowRail ? say(`place.${name}`) : undefined}
                activeOptions={{ exact: to === '/', includeSearch: false }}
              >
                <Icon name={name} />
                <span className="rail-word">{say(`place.${name}`)}</span>
                {name === 'imports' && heldBack > 0 && (
                  <span className="rail-count" title={say('heldBack.count', { count: heldBack })}>
                    {figures.short(heldBack)}
                    <span className="unseen">{say('heldBack.count', { count: heldBack })}</span>
                  </span>
                )}
              </Link>
            </li>
          ))}
        </ul>
      </nav>
      <div className="rail-foot">
        <LiveMark />
        <IconButton
          icon="rail"
          name={say(narrowRail ? 'rail.widen' : 'rail.narrow')}
          onPress={() => void prefer({ narrowRail: !narrowRail })}
        />
      </div>
    </header>
  );
}
