import { Link } from '@tanstack/react-router';
import type { JSX } from 'react';
import { useWords } from '../words/use-words.ts';

/** The parts of Sharing: what decides, for whom, what is offered, and what was decided. */
export function SharingTabs(): JSX.Element {
  const { say } = useWords();
  return (
    <nav className="tabs" aria-label={say('place.sharing')}>
      <Link to="/sharing" className="tab" activeOptions={{ exact: true }}>
        {say('law.tab')}
      </Link>
      <Link to="/sharing/recipients" className="tab" activeOptions={{ includeSearch: false }}>
        {say('recipients.title')}
      </Link>
      <Link to="/sharing/collections" className="tab" activeOptions={{ includeSearch: false }}>
        {say('collections.title')}
      </Link>
      <Link to="/sharing/decisions" className="tab" activeOptions={{ includeSearch: false }}>
        {say('decisions.title')}
      </Link>
    </nav>
  );
}
