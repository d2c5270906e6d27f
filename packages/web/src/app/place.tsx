import { useEffect } from 'react';
import type { JSX, ReactNode } from 'react';

export interface PlaceProps {
  readonly title: string;
  /** Shown as the heading where the title alone is not enough (a value, a way back). */
  readonly heading?: ReactNode;
  /** At the end of the heading's line. */
  readonly aside?: ReactNode;
  /** The inspector, when something is open. */
  readonly inspector?: ReactNode;
  /** The content fills the height and scrolls by itself (a list). */
  readonly fills?: boolean;
  readonly children: ReactNode;
}

/** One place of the page: its one heading, its content and the inspector beside it. */
export function Place({ title, heading, aside, inspector, fills = false, children }: PlaceProps): JSX.Element {
  useEffect(() => {
    document.title = `${title} · Comity`;
  }, [title]);
  return (
    <div className={inspector ? 'place place-inspected' : 'place'}>
      <main id="content" className={fills ? 'content content-fills' : 'content'} tabIndex={-1}>
        <header className="place-head">
          <h1>{heading ?? title}</h1>
          {aside !== undefined && <div className="place-aside">{aside}</div>}
        </header>
        {children}
      </main>
      {inspector}
    </div>
  );
}
