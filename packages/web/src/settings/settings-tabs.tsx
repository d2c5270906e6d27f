import { Link } from '@tanstack/react-router';
import { useQuery } from '@tanstack/react-query';
import type { JSX } from 'react';
import { sessionQuery } from '../app/shared-queries.ts';
import { useWords } from '../words/use-words.ts';

/** The parts of Settings; who may not read the audit trail is not offered it. */
export function SettingsTabs(): JSX.Element {
  const { say } = useWords();
  const session = useQuery(sessionQuery);
  return (
    <nav className="tabs" aria-label={say('place.settings')}>
      <Link to="/settings" className="tab" activeOptions={{ exact: true }}>
        {say('settings.tab')}
      </Link>
      <Link to="/settings/access" className="tab">
        {say('access.title')}
      </Link>
      {session.data?.scopes.includes('audit') && (
        <Link to="/settings/audit" className="tab" activeOptions={{ includeSearch: false }}>
          {say('audit.title')}
        </Link>
      )}
    </nav>
  );
}
