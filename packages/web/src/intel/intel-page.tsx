import { useQuery } from '@tanstack/react-query';
import { Link, getRouteApi } from '@tanstack/react-router';
import type { JSX } from 'react';
import { Place } from '../app/place.tsx';
import { intelObjectQuery } from '../app/shared-queries.ts';
import { Icon } from '../kit/icon.tsx';
import { ProblemNote } from '../kit/problem-note.tsx';
import { Skeleton } from '../kit/skeleton.tsx';
import { ValueText } from '../kit/value-text.tsx';
import { visibleText } from '../words/visible-text.ts';
import { useWords } from '../words/use-words.ts';
import ObjectDetail from './object-detail.tsx';

const route = getRouteApi('/intel/$id');

/** One object on a page of its own, at an address that can be handed on. */
export default function IntelPage(): JSX.Element {
  const { say } = useWords();
  const { id } = route.useParams();
  const object = useQuery(intelObjectQuery(id));
  const first = object.data?.values[0];
  const name = visibleText(first?.value ?? object.data?.name ?? say('object.label'));
  return (
    <Place
      title={name}
      heading={first ? <ValueText value={first.value} port={first.port} focusable /> : <bdi>{name}</bdi>}
      aside={
        <Link to="/intel" search={{ open: id }} className="button button-quiet">
          <Icon name="back" />
          {say('object.backToList')}
        </Link>
      }
    >
      {object.isPending && <Skeleton />}
      {object.isError && <ProblemNote error={object.error} onRetry={() => void object.refetch()} />}
      {object.data && (
        <div className="object-page">
          <ObjectDetail object={object.data} />
        </div>
      )}
    </Place>
  );
}
