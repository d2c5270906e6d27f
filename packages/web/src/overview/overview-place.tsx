import { useQuery } from '@tanstack/react-query';
import { getRouteApi, useNavigate } from '@tanstack/react-router';
import { Suspense, useCallback } from 'react';
import type { JSX } from 'react';
import { later } from '../kit/later.ts';
import { Place } from '../app/place.tsx';
import type { MatchSearch } from '../app/search.ts';
import { overviewQuery } from '../app/shared-queries.ts';
import { Button } from '../kit/button.tsx';
import { EmptyPlace } from '../kit/empty-place.tsx';
import { ProblemNote } from '../kit/problem-note.tsx';
import { Skeleton } from '../kit/skeleton.tsx';
import { LiveMark } from '../live/live-mark.tsx';
import { MatchList } from '../live/match-list.tsx';
import { useMatchFeed } from '../live/use-match-feed.ts';
import { useWords } from '../words/use-words.ts';
import { FeedHealth, SourceHealth } from './health.tsx';
import { FirstSteps } from './first-steps.tsx';
import { Summary } from './summary.tsx';

const MatchInspector = later(() => import('../live/match-inspector.tsx'));
const route = getRouteApi('/');

/** What the node sees now: matches as they come, and whether everything that should run does. */
export function OverviewPlace(): JSX.Element {
  const { say } = useWords();
  const search = route.useSearch();
  const navigate = useNavigate();
  const overview = useQuery(overviewQuery);
  const close = useCallback(
    () => void navigate({ to: '/', search: (old: MatchSearch) => ({ ...old, match: undefined }) }),
    [navigate],
  );
  const inspector = search.match !== undefined && (
    <Suspense fallback={null}>
      <MatchInspector id={search.match} onClose={close} />
    </Suspense>
  );
  return (
    <Place
      title={say('place.overview')}
      aside={<LiveMark />}
      inspector={inspector}
      fills={overview.data?.empty === false}
    >
      {overview.isPending && <Skeleton />}
      {overview.isError && <ProblemNote error={overview.error} onRetry={() => void overview.refetch()} />}
      {overview.data?.empty === true && <FirstSteps />}
      {overview.data?.empty === false && (
        <>
          <Summary overview={overview.data} />
          <div className="overview">
            <Matches search={search} />
            <div className="overview-side">
              <SourceHealth sources={overview.data.sources} />
              <FeedHealth feeds={overview.data.feeds} />
            </div>
          </div>
        </>
      )}
    </Place>
  );
}

function Matches({ search }: { readonly search: MatchSearch }): JSX.Element {
  const { say } = useWords();
  const navigate = useNavigate();
  const { value, indicator, alarms } = search;
  const feed = useMatchFeed({ value, indicator, alarmsOnly: alarms });
  const change = (to: Partial<MatchSearch>): void => {
    void navigate({ to: '/', search: { ...search, ...to } });
  };
  const narrowed = value ?? indicator;
  return (
    <section className="overview-matches" aria-label={say('matches.title')}>
      <header className="list-head">
        <h2>{say('matches.title')}</h2>
        {narrowed !== undefined && (
          <Button
            look="quiet"
            icon="close"
            onPress={() => void navigate({ to: '/', search: alarms === true ? { alarms } : {} })}
          >
            {value === undefined ? say('matches.ofIndicator') : say('matches.ofValue', { value: value })}
          </Button>
        )}
        <div className="segments" role="group" aria-label={say('matches.which')}>
          <button type="button" aria-pressed={alarms !== true} onClick={() => change({ alarms: undefined })}>
            {say('matches.all')}
          </button>
          <button type="button" aria-pressed={alarms === true} onClick={() => change({ alarms: true })}>
            {say('matches.alarms')}
          </button>
        </div>
      </header>
      <MatchList
        feed={feed}
        label={say('matches.title')}
        openId={search.match}
        onOpen={(match) => change({ match })}
        empty={<EmptyPlace title={say('matches.none')}>{say('matches.none.text')}</EmptyPlace>}
      />
    </section>
  );
}
