import { Link } from '@tanstack/react-router';
import type { JSX } from 'react';
import { useWords } from '../words/use-words.ts';

const tabs = [
  { to: '/federation', name: 'fed.members' },
  { to: '/federation/exchange', name: 'fed.exchange' },
  { to: '/federation/ledger', name: 'fed.ledger' },
  { to: '/federation/lookup', name: 'fed.lookup' },
  { to: '/federation/map', name: 'fed.map' },
] as const;

/** The parts of Federation: who the members are, what goes between us, what is written down, what can be asked. */
export function FederationTabs(): JSX.Element {
  const { say } = useWords();
  return (
    <nav className="tabs" aria-label={say('place.federation')}>
      {tabs.map(({ to, name }) => (
        <Link key={to} to={to} className="tab" activeOptions={{ exact: to === '/federation', includeSearch: false }}>
          {say(name)}
        </Link>
      ))}
    </nav>
  );
}
