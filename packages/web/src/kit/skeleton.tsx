import { useEffect, useState } from 'react';
import type { JSX } from 'react';
import { useWords } from '../words/use-words.ts';

/** Waits shorter than this show nothing at all, in ms. */
const patienceMs = 200;

/** Grey lines where content will be; nothing until the wait is long enough to be noticed. */
export function Skeleton({ lines = 6 }: { readonly lines?: number }): JSX.Element | null {
  const { say } = useWords();
  const [due, setDue] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setDue(true), patienceMs);
    return () => clearTimeout(timer);
  }, []);
  if (!due) return null;
  return (
    <div className="skeleton" role="status">
      <span className="unseen">{say('wait.loading')}</span>
      {Array.from({ length: lines }, (_, index) => (
        <span key={index} className="skeleton-line" />
      ))}
    </div>
  );
}
