import { useQuery } from '@tanstack/react-query';
import { getRouteApi, useNavigate } from '@tanstack/react-router';
import { Suspense, useCallback } from 'react';
import type { JSX } from 'react';
import type { RecordSourceView } from '@comity/protocol/api';
import { later } from '../kit/later.ts';
import { node, queries } from '../app/node.ts';
import { Place } from '../app/place.tsx';
import type { MatchSearch } from '../app/search.ts';
import { Button } from '../kit/button.tsx';
import { EmptyPlace } from '../kit/empty-place.tsx';
import { notify } from '../kit/notices.ts';
import { ProblemNote, notifyProblem } from '../kit/problem-note.tsx';
import { Skeleton } from '../kit/skeleton.tsx';
import { Trail } from '../kit/trail.tsx';
import { SourceStatus } from '../kit/status.tsx';
import { visibleText } from '../words/visible-text.ts';
import { MatchList } from '../live/match-list.tsx';
import { useMatchFeed } from '../live/use-match-feed.ts';
import { useWords } from '../words/use-words.ts';

const MatchInspector = later(() => import('../live/match-inspector.tsx'));
const route = getRouteApi('/screening/$id');

/** One source: how it does and what was found in it. For a dropped file this is the result. */
export default function SourcePlace(): JSX.Element {
  const { say } = useWords();
  const { id } = route.useParams();
  const search = route.useSearch();
  const navigate = useNavigate();
  const source = useQuery({
    queryKey: ['source', id],
    queryFn: ({ signal }) => node.getSource({ params: { id } }, { signal }),
    refetchInterval: ({ state }) => (state.data?.status === 'done' ? false : 5000),
  });
  const feed = useMatchFeed({ source: id, alarmsOnly: search.alarms });
  const goTo = useCallback(
    (to: MatchSearch) => void navigate({ to: '/screening/$id', params: { id }, search: to }),
    [navigate, id],
  );
  const openMatch = search.match;
  const close = useCallback(() => goTo({ ...search, match: undefined }), [goTo, search]);
  const name = visibleText(source.data?.name ?? say('source.label'));
  const isDone = source.data?.status === 'done';
  return (
    <Place
      title={name}
      heading={<Trail from="screening" name={name} />}
      fills
      aside={source.data && <SourceActs source={source.data} />}
      inspector={
        openMatch !== undefined && (
          <Suspense fallback={null}>
            <MatchInspector id={openMatch} onClose={close} />
          </Suspense>
        )
      }
    >
      {source.isPending && <Skeleton lines={2} />}
      {source.isError && <ProblemNote error={source.error} onRetry={() => void source.refetch()} />}
      {source.data && <SourceFigures source={source.data} />}
      {source.data && (
        <section className="overview-matches" aria-label={say('matches.title')}>
          <header className="list-head">
            <h2>{say('matches.title')}</h2>
          </header>
          <MatchList
            feed={feed}
            label={say('matches.title')}
            openId={openMatch}
            onOpen={(match) => goTo({ ...search, match })}
            empty={
              <EmptyPlace title={say(isDone ? 'source.clean' : 'source.noneYet')}>
                {say(isDone ? 'source.clean.text' : 'source.noneYet.text')}
              </EmptyPlace>
            }
          />
        </section>
      )}
    </Place>
  );
}

function SourceFigures({ source }: { readonly source: RecordSourceView }): JSX.Element {
  const { say, figures } = useWords();
  const parts: readonly (readonly [string, string] | undefined)[] = [
    [say('intel.matches'), figures.count(source.matches)],
    [say('source.records'), figures.count(source.records)],
    [say('source.read'), figures.bytes(source.bytes)],
    source.status === 'running' ? [say('source.rate'), figures.bytesPerSecond(source.bytesPerSecond)] : undefined,
    source.lagBytes === undefined || source.status === 'done'
      ? undefined
      : [say('source.lag'), figures.bytes(source.lagBytes)],
    source.dropped > 0 ? [say('source.dropped'), figures.count(source.dropped)] : undefined,
    [say('source.format'), source.format],
  ];
  return (
    <div className="source-figures">
      <SourceStatus source={source} />
      <dl>
        {parts.map(
          (part) =>
            part && (
              <div key={part[0]}>
                <dt>{part[0]}</dt>
                <dd className="figures">{part[1]}</dd>
              </div>
            ),
        )}
      </dl>
      {source.kind === 'http' && <PushHint id={source.id} />}
    </div>
  );
}

/** How to push records to a source of kind http. */
function PushHint({ id }: { readonly id: string }): JSX.Element {
  const { say } = useWords();
  return (
    <p className="push-hint">
      <span className="muted">{say('source.push')}</span>
      <code dir="ltr">POST {`${location.origin}/api/v1/sources/${id}/records`}</code>
    </p>
  );
}

function SourceActs({ source }: { readonly source: RecordSourceView }): JSX.Element | null {
  const words = useWords();
  const { say } = words;
  const navigate = useNavigate();
  const tell = (error: unknown): void => notifyProblem(error, words);
  const setPaused = (paused: boolean): void => {
    node.changeSource({ params: { id: source.id }, body: { paused } }).then((changed) => {
      queries.setQueryData(['source', source.id], changed);
      void queries.invalidateQueries({ queryKey: ['sources'] });
    }, tell);
  };
  const remove = (): void => {
    node.deleteSource({ params: { id: source.id } }).then(() => {
      void queries.invalidateQueries({ queryKey: ['sources'] });
      void queries.invalidateQueries({ queryKey: ['overview'] });
      notify({ text: say('source.removed', { name: source.name }) });
      void navigate({ to: '/screening' });
    }, tell);
  };
  const isPaused = source.status === 'paused';
  return (
    <>
      {source.kind !== 'upload' && source.status !== 'done' && (
        <Button icon={isPaused ? 'play' : 'pause'} onPress={() => setPaused(!isPaused)}>
          {say(isPaused ? 'source.resume' : 'source.pause')}
        </Button>
      )}
      <Button look="quiet" icon="trash" onPress={remove}>
        {say('source.remove')}
      </Button>
    </>
  );
}
