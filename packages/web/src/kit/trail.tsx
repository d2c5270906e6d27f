import { Link } from '@tanstack/react-router';
import type { JSX } from 'react';
import { useWords } from '../words/use-words.ts';
import { Icon } from './icon.tsx';

export interface TrailProps {
  /** The place whose list this is one of. */
  readonly from: 'screening' | 'sharing' | 'federation' | 'imports';
  /** Fit to be shown. */
  readonly name: string;
}

/** A heading with the way back to the list. */
export function Trail({ from, name }: TrailProps): JSX.Element {
  const { say } = useWords();
  return (
    <>
      <Link to={`/${from}`} className="crumb">
        {say(`place.${from}`)}
      </Link>
      <Icon name="forward" />
      <bdi className="clip">{name}</bdi>
    </>
  );
}
