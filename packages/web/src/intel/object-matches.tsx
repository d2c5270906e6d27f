import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { JSX } from 'react';
import { node } from '../app/node.ts';
import { Section } from '../kit/beside.tsx';
import { AlarmMark } from '../kit/chips.tsx';
import { Moment } from '../kit/moment.tsx';
import { Untrusted } from '../kit/untrusted.tsx';
import { ValueText } from '../kit/value-text.tsx';
import { useWords } from '../words/use-words.ts';

export interface ObjectMatchesProps {
  readonly id: string;
  readonly count: number;
}

/** Matches shown here; all of them are one link away. */
const shownMax = 5;

/** Where an indicator was found. */
export function ObjectMatches({ id, count }: ObjectMatchesProps): JSX.Element {
  const { say } = useWords();
  const matches = useQuery({
    queryKey: ['matches', 'of', id],
    queryFn: ({ signal }) => node.listMatches({ query: { indicator: id, limit: shownMax } }, { signal }),
    enabled: count > 0,
  });
  return (
    <Section title={say('object.matches', { count })}>
      {count === 0 && <p className="muted">{say('object.noMatches')}</p>}
      <ul className="found-list">
        {matches.data?.rows.map((match) => (
          <li key={match.id}>
            <Link
              to="/screening/$id"
              params={{ id: match.sourceId }}
              search={{ match: match.id }}
              className="found-row"
            >
              <AlarmMark alarm={match.alarm} wordless />
              <Moment at={match.at} />
              <ValueText value={match.value} silent />
              <span className="muted clip">
                <Untrusted text={match.sourceName} />
              </span>
            </Link>
          </li>
        ))}
      </ul>
      {count > shownMax && (
        <p className="section-foot">
          <Link to="/" search={{ indicator: id }}>
            {say('list.all', { count })}
          </Link>
        </p>
      )}
    </Section>
  );
}
