import { Link } from '@tanstack/react-router';
import type { JSX, ReactNode } from 'react';
import type { FeedView, RecordSourceView } from '@comity/protocol/api';
import { Moment } from '../kit/moment.tsx';
import { FeedStatus, SourceStatus } from '../kit/status.tsx';
import { useWords } from '../words/use-words.ts';
import { visibleText } from '../words/visible-text.ts';

/** Rows shown of each; the place itself has them all. */
const shownMax = 6;

/** What needs attention comes first. */
function byNeed<T extends { readonly status: string }>(rows: readonly T[]): T[] {
  const need = (row: T): number =>
    row.status === 'failing' ? 0 : row.status === 'full' ? 1 : row.status === 'done' ? 3 : 2;
  return rows.toSorted((a, b) => need(a) - need(b)).slice(0, shownMax);
}

export function SourceHealth({ sources }: { readonly sources: readonly RecordSourceView[] }): JSX.Element {
  const { figures, say } = useWords();
  return (
    <Health of="sources" place="/screening" count={sources.length}>
      {byNeed(sources).map((source) => (
        <HealthRow
          key={source.id}
          name={
            <Link to="/screening/$id" params={{ id: source.id }} className="health-name" dir="auto">
              {visibleText(source.name)}
            </Link>
          }
          side={
            source.status === 'running' && source.kind !== 'upload'
              ? figures.bytesPerSecond(source.bytesPerSecond)
              : say('source.matches', { count: source.matches })
          }
          state={<SourceStatus source={source} />}
        />
      ))}
    </Health>
  );
}

export function FeedHealth({ feeds }: { readonly feeds: readonly FeedView[] }): JSX.Element {
  return (
    <Health of="feeds" place="/imports/feeds" count={feeds.length}>
      {byNeed(feeds).map((feed) => (
        <HealthRow
          key={feed.id}
          name={
            <Link to="/imports/feeds" className="health-name" dir="auto">
              {visibleText(feed.name)}
            </Link>
          }
          side={feed.nextPullAt !== undefined && feed.enabled && <Moment at={feed.nextPullAt} />}
          state={<FeedStatus feed={feed} />}
        />
      ))}
    </Health>
  );
}

interface HealthProps {
  readonly of: 'sources' | 'feeds';
  readonly place: '/screening' | '/imports/feeds';
  readonly count: number;
  readonly children: ReactNode;
}

/** A short list beside the matches, with the way to all of them or to the first. */
function Health({ of, place, count, children }: HealthProps): JSX.Element {
  const { say } = useWords();
  return (
    <section className="health">
      <header className="list-head">
        <h2>{say(`${of}.title`)}</h2>
        {count > 0 && (
          <Link to={place} className="small">
            {say('list.all', { count })}
          </Link>
        )}
      </header>
      {count === 0 && (
        <p className="muted">
          {say(`${of}.none`)} ·{' '}
          <Link to={place} search={{ add: true }}>
            {say(`${of}.add`)}
          </Link>
        </p>
      )}
      <ul>{children}</ul>
    </section>
  );
}

interface HealthRowProps {
  readonly name: ReactNode;
  readonly side: ReactNode;
  readonly state: ReactNode;
}

function HealthRow({ name, side, state }: HealthRowProps): JSX.Element {
  return (
    <li className="health-row">
      {name}
      <span className="health-side figures">{side}</span>
      <span className="health-state">{state}</span>
    </li>
  );
}
