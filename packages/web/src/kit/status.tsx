import type { JSX } from 'react';
import type { FeedView, RecordSourceView } from '@comity/protocol/api';
import { useWords } from '../words/use-words.ts';
import { Icon } from './icon.tsx';
import type { IconName } from './icon.tsx';
import { Moment } from './moment.tsx';
import { visibleText } from '../words/visible-text.ts';

const sourceIcons: Record<RecordSourceView['status'], IconName> = {
  running: 'play',
  waiting: 'clock',
  paused: 'pause',
  failing: 'warning',
  full: 'warning',
  done: 'check',
};

/** A source's status, since when, and its last error where it fails. */
export function SourceStatus({ source }: { readonly source: RecordSourceView }): JSX.Element {
  const { say } = useWords();
  return (
    <span className={`status status-${source.status}`}>
      <Icon name={sourceIcons[source.status]} />
      <span className="nowrap">
        {say(`source.${source.status}`)}{' '}
        <Moment at={source.since} form={source.status === 'done' ? 'relative' : 'span'} />
      </span>
      {source.status === 'failing' && source.lastError !== undefined && (
        <bdi className="status-error clip" title={visibleText(source.lastError)}>
          {visibleText(source.lastError)}
        </bdi>
      )}
    </span>
  );
}

const feedIcons: Record<FeedView['status'], IconName> = {
  new: 'clock',
  ok: 'check',
  unchanged: 'check',
  failing: 'warning',
  pulling: 'refresh',
};

export function FeedStatus({ feed }: { readonly feed: FeedView }): JSX.Element {
  const { say } = useWords();
  if (!feed.enabled) {
    return (
      <span className="status status-paused">
        <Icon name="pause" />
        {say('feed.off')}
      </span>
    );
  }
  return (
    <span className={`status status-${feed.status}`}>
      <Icon name={feedIcons[feed.status]} />
      <span>
        {say(`feed.${feed.status}`)} {feed.lastPullAt !== undefined && <Moment at={feed.lastPullAt} />}
      </span>
    </span>
  );
}
