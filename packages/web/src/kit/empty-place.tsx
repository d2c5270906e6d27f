import type { JSX, ReactNode } from 'react';

export interface EmptyPlaceProps {
  readonly title: string;
  /** What belongs here. */
  readonly children: ReactNode;
  /** The first step. */
  readonly action?: ReactNode;
}

export function EmptyPlace({ title, children, action }: EmptyPlaceProps): JSX.Element {
  return (
    <div className="empty">
      <h2>{title}</h2>
      <p className="muted">{children}</p>
      {action !== undefined && <div className="empty-action">{action}</div>}
    </div>
  );
}
