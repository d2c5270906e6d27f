import type { ErrorComponentProps } from '@tanstack/react-router';
import type { JSX } from 'react';
import { ProblemNote } from '../kit/problem-note.tsx';
import { useWords } from '../words/use-words.ts';
import { Place } from './place.tsx';

/** A place that broke while it was drawn, or whose script is of another build: said in words, loaded again on demand. */
export function FaultPlace({ error }: ErrorComponentProps): JSX.Element {
  const { say } = useWords();
  return (
    <Place title={say('fault.title')}>
      <ProblemNote error={error} onRetry={() => location.reload()} />
    </Place>
  );
}
