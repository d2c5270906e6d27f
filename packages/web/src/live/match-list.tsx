import type { JSX, ReactNode } from 'react';
import type { Match } from '@comity/protocol/api';
import { AlarmMark, TlpChip } from '../kit/chips.tsx';
import { Moment } from '../kit/moment.tsx';
import { ProblemNote } from '../kit/problem-note.tsx';
import { RowList } from '../kit/row-list.tsx';
import type { Column } from '../kit/row-list.tsx';
import { Skeleton } from '../kit/skeleton.tsx';
import { ValueText } from '../kit/value-text.tsx';
import { visibleText } from '../words/visible-text.ts';
import { useWords } from '../words/use-words.ts';
import type { Words } from '../words/use-words.ts';
import type { MatchFeed } from './use-match-feed.ts';

export interface MatchListProps {
  readonly feed: MatchFeed;
  readonly label: string;
  readonly openId?: string | undefined;
  readonly onOpen: (id: string) => void;
  readonly empty: ReactNode;
}

/** Matches as they come; what is read does not move: newcomers wait behind a pill. */
export function MatchList({ feed, label, openId, onOpen, empty }: MatchListProps): JSX.Element {
  const words = useWords();
  if (feed.status === 'error') return <ProblemNote error={feed.error} onRetry={feed.retry} />;
  if (feed.status === 'pending') return <Skeleton />;
  return (
    <div className="match-list">
      {feed.waitingCount > 0 && (
        <button type="button" className="newcomers" onClick={feed.showWaiting}>
          {words.say('matches.new', { count: feed.waitingCount })}
        </button>
      )}
      <RowList
        label={label}
        layout="rows-matches"
        rows={feed.rows}
        keyOf={(match) => match.id}
        columns={matchColumns(words)}
        openKey={openId}
        onOpen={(match) => onOpen(match.id)}
        hasMore={feed.hasMore}
        onMore={feed.more}
        onRest={feed.setAtRest}
        empty={empty}
      />
    </div>
  );
}

function matchColumns({ say }: Words): readonly Column<Match>[] {
  return [
    {
      name: 'time',
      header: say('match.time'),
      cell: (match) => (
        <>
          <AlarmMark alarm={match.alarm} wordless />
          <Moment at={match.at} form="clock" />
        </>
      ),
    },
    { name: 'value', header: say('match.value'), cell: (match) => <ValueText value={match.value} /> },
    { name: 'relation', header: say('match.listedAs'), cell: (match) => <ListedAs match={match} /> },
    {
      name: 'where',
      header: say('match.where'),
      cell: (match) =>
        match.hunt?.found === 'seen' ? (
          <span className="muted clip" title={say('hunt.seen')}>
            {visibleText(match.sourceName)}, {say('hunt.earlier')}
          </span>
        ) : (
          <bdi className="where" dir="ltr" title={visibleText(match.file)}>
            <bdi className="clip">{visibleText(lastPart(match.file))}</bdi>
            <span className="muted figures">:{match.line}</span>
          </bdi>
        ),
    },
    {
      name: 'source',
      header: say('match.intelSource'),
      cell: (match) => <bdi className="clip">{visibleText(match.indicator.source)}</bdi>,
    },
    { name: 'tlp', header: say('match.marking'), cell: (match) => <TlpChip tlp={match.indicator.tlp} /> },
  ];
}

function ListedAs({ match }: { readonly match: Match }): JSX.Element {
  const { say } = useWords();
  const { indicator, relation, value } = match;
  if (relation === 'exact' && indicator.listed === value)
    return <span className="muted itself">{say('match.itself')}</span>;
  if (relation === 'pattern') return <span className="muted itself">{say('match.pattern')}</span>;
  return (
    <span className="listed-as">
      <span className="muted">{say(`relation.${relation}`)} </span>
      <ValueText value={indicator.listed} />
    </span>
  );
}

/** The file's own name; its folders are in the inspector. */
function lastPart(path: string): string {
  return path.slice(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1) || path;
}
