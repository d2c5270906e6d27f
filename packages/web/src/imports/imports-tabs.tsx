import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { JSX } from 'react';
import { overviewQuery } from '../app/shared-queries.ts';
import { useWords } from '../words/use-words.ts';

/** The three parts of Imports. */
export function ImportsTabs(): JSX.Element {
  const { say, figures } = useWords();
  const overview = useQuery(overviewQuery);
  const heldBack = overview.data?.indicators.heldBack ?? 0;
  return (
    <nav className="tabs" aria-label={say('place.imports')}>
      <Link to="/imports" className="tab" activeOptions={{ exact: true }}>
        {say('imports.tab')}
      </Link>
      <Link to="/imports/held-back" className="tab" activeOptions={{ includeSearch: false }}>
        {say('heldBack.tab')}
        {heldBack > 0 && <span className="tab-count figures">{figures.short(heldBack)}</span>}
      </Link>
      <Link to="/imports/feeds" className="tab" activeOptions={{ includeSearch: false }}>
        {say('feeds.title')}
      </Link>
    </nav>
  );
}
