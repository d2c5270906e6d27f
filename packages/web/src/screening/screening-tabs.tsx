import { Link } from '@tanstack/react-router';
import type { JSX } from 'react';
import { useWords } from '../words/use-words.ts';

/** The two parts of Screening: what is screened, and where what is found goes. */
export function ScreeningTabs(): JSX.Element {
  const { say } = useWords();
  return (
    <nav className="tabs" aria-label={say('place.screening')}>
      <Link to="/screening" className="tab" activeOptions={{ exact: true, includeSearch: false }}>
        {say('sources.tab')}
      </Link>
      <Link to="/screening/outlets" className="tab" activeOptions={{ includeSearch: false }}>
        {say('outlets.title')}
      </Link>
    </nav>
  );
}
