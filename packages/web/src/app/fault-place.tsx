import type { ErrorComponentProps } from '@tanstack/react-router';
import { useState } from 'react';
import type { JSX } from 'react';
import { ProblemNote } from '../kit/problem-note.tsx';
import { useWords } from '../words/use-words.ts';
import { node } from './node.ts';
import { Place } from './place.tsx';

/** A place that broke while it was drawn, or whose script could not be loaded: said in words, loaded again on demand. */
export function FaultPlace({ error }: ErrorComponentProps): JSX.Element {
  const { say } = useWords();
  const [shown, setShown] = useState<unknown>(error);
  // Without the node the browser would put its own error in the place of the page.
  const reload = (): void => void node.session().then(() => location.reload(), setShown);
  return (
    <Place title={say('fault.title')}>
      <ProblemNote error={shown} onRetry={reload} />
    </Place>
  );
}
