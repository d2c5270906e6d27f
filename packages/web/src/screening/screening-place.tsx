import { useQuery } from '@tanstack/react-query';
import { getRouteApi, useNavigate } from '@tanstack/react-router';
import type { JSX } from 'react';
import type { RecordSourceView } from '@comity/protocol/api';
import { Place } from '../app/place.tsx';
import { sourcesQuery } from '../app/shared-queries.ts';
import { screenFiles } from '../app/take-files.ts';
import { Button } from '../kit/button.tsx';
import { Dialog } from '../kit/dialog.tsx';
import { EmptyPlace } from '../kit/empty-place.tsx';
import { FilePick } from '../kit/file-pick.tsx';
import { Icon } from '../kit/icon.tsx';
import type { IconName } from '../kit/icon.tsx';
import { ProblemNote } from '../kit/problem-note.tsx';
import { RowList } from '../kit/row-list.tsx';
import type { Column } from '../kit/row-list.tsx';
import { Skeleton } from '../kit/skeleton.tsx';
import { SourceStatus } from '../kit/status.tsx';
import { visibleText } from '../words/visible-text.ts';
import { useWords } from '../words/use-words.ts';
import type { Words } from '../words/use-words.ts';
import { AddSourceForm } from './add-source-form.tsx';
import { ScreeningTabs } from './screening-tabs.tsx';

const route = getRouteApi('/screening');

const sourceIcons: Record<RecordSourceView['kind'], IconName> = {
  file: 'file',
  folder: 'folder',
  'syslog-udp': 'socket',
  'syslog-tcp': 'socket',
  http: 'http',
  upload: 'imports',
};

/** What is screened, how fast, and how far behind. */
export default function ScreeningPlace(): JSX.Element {
  const words = useWords();
  const { say } = words;
  const { add } = route.useSearch();
  const navigate = useNavigate();
  const sources = useQuery(sourcesQuery);
  const setAdding = (open: boolean): void => {
    void navigate({ to: '/screening', search: open ? { add: true } : {} });
  };
  const pick = (
    <FilePick name={say('screening.pick')} onPick={(files) => void screenFiles(files, { words, navigate })} />
  );
  const addSource = (
    <Button look="primary" icon="plus" onPress={() => setAdding(true)}>
      {say('sources.add')}
    </Button>
  );
  return (
    <Place
      title={say('place.screening')}
      fills
      aside={
        <>
          <ScreeningTabs />
          <div className="place-acts">
            {pick}
            {sources.data?.rows.length !== 0 && addSource}
          </div>
        </>
      }
    >
      {sources.isPending && <Skeleton />}
      {sources.isError && <ProblemNote error={sources.error} onRetry={() => void sources.refetch()} />}
      {sources.data && (
        <RowList
          label={say('sources.title')}
          layout="rows-sources"
          rows={sources.data.rows}
          keyOf={(source) => source.id}
          columns={sourceColumns(words)}
          onOpen={(source) => void navigate({ to: '/screening/$id', params: { id: source.id } })}
          empty={
            <EmptyPlace title={say('sources.none')} action={addSource}>
              {say('sources.none.text')}
            </EmptyPlace>
          }
        />
      )}
      <Dialog title={say('sources.add')} isOpen={add === true} onClose={() => setAdding(false)}>
        <AddSourceForm onAdded={(id) => void navigate({ to: '/screening/$id', params: { id } })} />
      </Dialog>
    </Place>
  );
}

function sourceColumns({ say, figures }: Words): readonly Column<RecordSourceView>[] {
  return [
    {
      name: 'name',
      header: say('source.name'),
      cell: (source) => (
        <>
          <Icon name={sourceIcons[source.kind]} />
          <bdi className="clip strong">{visibleText(source.name)}</bdi>
          <bdi className="clip muted mono" dir="ltr">
            {source.location === source.name ? '' : visibleText(source.location)}
          </bdi>
        </>
      ),
    },
    { name: 'status', header: say('source.status'), cell: (source) => <SourceStatus source={source} /> },
    {
      name: 'rate',
      header: say('source.rate'),
      numeric: true,
      cell: (source) => (source.status === 'running' ? figures.bytesPerSecond(source.bytesPerSecond) : '–'),
    },
    {
      name: 'lag',
      header: say('source.lag'),
      numeric: true,
      cell: (source) => (source.lagBytes === undefined ? '–' : figures.bytes(source.lagBytes)),
    },
    { name: 'records', header: say('source.records'), numeric: true, cell: (source) => figures.count(source.records) },
    {
      name: 'matches',
      header: say('intel.matches'),
      numeric: true,
      cell: (source) =>
        source.matches > 0 ? <b>{figures.count(source.matches)}</b> : <span className="muted">0</span>,
    },
  ];
}
