import type { JSX } from 'react';
import type { FeedView } from '@comity/protocol/api';
import { Moment } from '../kit/moment.tsx';
import { useWords } from '../words/use-words.ts';

/** How far a TAXII collection was read: the date of its server, and the pages while it is not at its end. */
export function FeedProgress({ progress }: { readonly progress: NonNullable<FeedView['progress']> }): JSX.Element {
  const { say } = useWords();
  const { reachedAt, pages, isWhole } = progress;
  return (
    <span>
      {reachedAt === undefined ? '–' : <Moment at={reachedAt} />}
      {!isWhole && ` (${say('feed.partly', { count: pages })})`}
    </span>
  );
}
