import type { JSX } from 'react';
import { useNow } from '../kit/clock.ts';
import { usePreferences } from '../settings/preferences.ts';
import { useWords } from '../words/use-words.ts';
import { useLive } from './live.ts';

/** Whether what is shown is what is: live, or since when it is not. */
export function LiveMark(): JSX.Element {
  const { say, figures } = useWords();
  const live = useLive();
  const { utc } = usePreferences();
  const now = useNow();
  const since = figures.clock(live.sinceMs, Math.max(now, live.sinceMs), utc);
  return (
    <span className={`live live-${live.status}`} role="status">
      <span className="live-dot" />
      {live.status === 'stalled' ? say('live.stalled', { since }) : say(`live.${live.status}`)}
    </span>
  );
}
