import { Link } from '@tanstack/react-router';
import type { JSX } from 'react';
import type { FeedView, RecordSourceView } from '@comity/protocol/api';
import { Moment } from '../kit/moment.tsx';
import { visibleText } from '../words/visible-text.ts';
import { FeedStatus, SourceStatus } from '../kit/status.tsx';
import { useWords } from '../words/use-words.ts';

/** Rows shown of each; the place itself has them all. */
const shownMax = 6;

/** What needs attention comes first. */
function byNeed<T extends { readonly status: string; readonly name: string }>(rows: readonly T[]): T[] {
  const need = (row: T): number =>
    row.status === 'failing' ? 0 : row.status === 'full' ? 1 : row.status === 'done' ? 3 : 2;
  return rows.toSorted((a, b) => need(a) - need(b)).slice(0, shownMax);
}

export function SourceHealth({ sources }: { readonly sources: readonly RecordSourceView[] }): JSX.Element {
  const { say, figures } = useWords();
  return (
    <section className="health">
      <header className="list-head">
        <h2>{say('sources.title')}</h2>
        {sources.length > 0 && (
          <Link to="/screening" className="small">
            {say('list.all', { count: sources.length })}
          </Link>
        )}
      </header>
      {sources.length === 0 && (
        <p className="muted">
          {say('sources.none')} ·{' '}
          <Link to="/screening" search={{ add: true }}>
            {say('sources.add')}
          </Link>
        </p>
      )}
      <ul>
        {byNeed(sources).map((source) => (
          <li key={source.id} className="health-row">
            <Link to="/screening/$id" params={{ id: source.id }} className="health-name" dir="auto">
              {visibleText(source.name)}
            </Link>
            <span className="health-side figures">
              {source.status === 'running' && source.kind !== 'upload'
                ? figures.bytesPerSecond(source.bytesPerSecond)
                : say('source.matches', { count: source.matches })}
            </span>
            <span className="health-state">
              <SourceStatus source={source} />
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}

export function FeedHealth({ feeds }: { readonly feeds: readonly FeedView[] }): JSX.Element {
  const { say } = useWords();
  return (
    <section className="health">
      <header className="list-head">
        <h2>{say('feeds.title')}</h2>
        {feeds.length > 0 && (
          <Link to="/imports/feeds" className="small">
            {say('list.all', { count: feeds.length })}
          </Link>
        )}
      </header>
      {feeds.length === 0 && (
        <p className="muted">
          {say('feeds.none')} ·{' '}
          <Link to="/imports/feeds" search={{ add: true }}>
            {say('feeds.add')}
          </Link>
        </p>
      )}
      <ul>
        {byNeed(feeds).map((feed) => (
          <li key={feed.id} className="health-row">
            <Link to="/imports/feeds" className="health-name" dir="auto">
              {visibleText(feed.name)}
            </Link>
            <span className="health-side">
              {feed.nextPullAt !== undefined && feed.enabled && <Moment at={feed.nextPullAt} />}
            </span>
            <span className="health-state">
              <FeedStatus feed={feed} />
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}
