import type { UseQueryResult } from '@tanstack/react-query';
import { Fragment } from 'react';
import type { JSX, ReactNode } from 'react';
import { EmptyPlace } from './empty-place.tsx';
import { ProblemNote } from './problem-note.tsx';
import { Skeleton } from './skeleton.tsx';

export interface PanelsProps<Row> {
  /** What they are for, in a sentence. */
  readonly lead: string;
  /** What an empty place says: that there is none, and what belongs there. */
  readonly none: { readonly title: string; readonly text: string };
  readonly query: UseQueryResult<{ readonly rows: readonly Row[] }>;
  /** What adds one; it stands where the eye is, in the head or in the middle of an empty place. */
  readonly act: ReactNode;
  /** One of them, as an item of the list. */
  readonly children: (row: Row) => JSX.Element;
}

/** A few things of one kind, each on a panel of its own with how it does. */
export function Panels<Row extends { readonly id: string }>({
  lead,
  none,
  query,
  act,
  children,
}: PanelsProps<Row>): JSX.Element {
  const rows = query.data?.rows;
  return (
    <>
      <div className="panels-head">
        <p className="muted">{lead}</p>
        {rows?.length !== 0 && act}
      </div>
      {query.isPending && <Skeleton />}
      {query.isError && <ProblemNote error={query.error} onRetry={() => void query.refetch()} />}
      {rows?.length === 0 && (
        <EmptyPlace title={none.title} action={act}>
          {none.text}
        </EmptyPlace>
      )}
      <ul className="panels">
        {rows?.map((row) => (
          <Fragment key={row.id}>{children(row)}</Fragment>
        ))}
      </ul>
    </>
  );
}
