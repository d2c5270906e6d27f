import type { JSX } from 'react';
import { usePreferences } from '../settings/preferences.ts';
import { useWords } from '../words/use-words.ts';
import { useNow } from './clock.ts';

export interface MomentProps {
  /** RFC 3339 UTC. */
  readonly at: string;
  /** `clock` for rows of a log, `span` for how long it has been, `day` for what is days away, `both` where there is room, else `relative`. */
  readonly form?: 'relative' | 'clock' | 'span' | 'day' | 'both';
}

/** An instant; the exact one appears when it, or the row it stands in, is pointed at or focused. */
export function Moment({ at, form = 'relative' }: MomentProps): JSX.Element {
  const { figures } = useWords();
  const { utc } = usePreferences();
  const now = useNow();
  const atMs = Date.parse(at);
  const exact = figures.exact(atMs, utc);
  const relative = figures.relative(atMs, Math.max(now, form === 'clock' ? atMs : now));
  if (form === 'both') {
    return (
      <time dateTime={at} className="figures">
        {exact} <span className="muted">({relative})</span>
      </time>
    );
  }
  const shown = {
    clock: () => figures.clock(atMs, now, utc),
    span: () => figures.span(atMs, now),
    day: () => figures.day(atMs),
    relative: () => relative,
  }[form]();
  return (
    <time dateTime={at} data-exact={exact} className="moment figures">
      {shown}
    </time>
  );
}
