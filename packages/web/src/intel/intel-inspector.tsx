import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Suspense } from 'react';
import type { JSX } from 'react';
import { later } from '../kit/later.ts';
import { intelObjectQuery } from '../app/shared-queries.ts';
import { Inspector } from '../kit/beside.tsx';
import { Icon } from '../kit/icon.tsx';
import { ProblemNote } from '../kit/problem-note.tsx';
import { Skeleton } from '../kit/skeleton.tsx';
import { ValueText } from '../kit/value-text.tsx';
import { visibleText } from '../words/visible-text.ts';
import { useWords } from '../words/use-words.ts';

const ObjectDetail = later(() => import('./object-detail.tsx'));

export interface IntelInspectorProps {
  readonly id: string;
  readonly onClose: () => void;
}

/** One object beside the list. */
export function IntelInspector({ id, onClose }: IntelInspectorProps): JSX.Element {
  const { say } = useWords();
  const object = useQuery(intelObjectQuery(id));
  const first = object.data?.values[0];
  return (
    <Inspector
      label={say('object.label')}
      title={
        first ? (
          <ValueText value={first.value} port={first.port} focusable />
        ) : (
          <bdi>{visibleText(object.data?.name || object.data?.type || say('object.label'))}</bdi>
        )
      }
      onClose={onClose}
      actions={
        <Link
          to="/intel/$id"
          params={{ id }}
          className="button button-quiet button-icon"
          aria-label={say('object.full')}
        >
          <Icon name="full" />
        </Link>
      }
    >
      {object.isPending && <Skeleton />}
      {object.isError && <ProblemNote error={object.error} onRetry={() => void object.refetch()} />}
      {object.data && (
        <Suspense fallback={<Skeleton />}>
          <ObjectDetail object={object.data} />
        </Suspense>
      )}
    </Inspector>
  );
}
