import { Link } from '@tanstack/react-router';
import type { JSX } from 'react';
import { useWords } from '../words/use-words.ts';
import { Place } from './place.tsx';

export function LostPlace(): JSX.Element {
  const { say } = useWords();
  return (
    <Place title={say('lost.title')}>
      <p className="muted">{say('lost.text')}</p>
      <p>
        <Link to="/">{say('place.overview')}</Link>
      </p>
    </Place>
  );
}
