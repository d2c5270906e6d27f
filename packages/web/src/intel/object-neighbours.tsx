import { Link } from '@tanstack/react-router';
import type { JSX } from 'react';
import type { IntelObjectView } from '@comity/protocol/api';
import { Section } from '../kit/beside.tsx';
import { Icon } from '../kit/icon.tsx';
import { Untrusted } from '../kit/untrusted.tsx';
import { ValueText } from '../kit/value-text.tsx';
import { visibleText } from '../words/visible-text.ts';
import { useWords } from '../words/use-words.ts';

export interface NeighboursProps {
  readonly object: IntelObjectView;
}

/** Objects that list the same value. */
export function Correlations({ object }: NeighboursProps): JSX.Element | null {
  const { say } = useWords();
  const { correlations, correlationsCut } = object;
  if (correlations.length === 0 && correlationsCut === undefined) return null;
  return (
    <Section title={say('object.correlations', { count: correlations.length })}>
      <ul className="neighbours">
        {correlations.map((one) => (
          <li key={`${one.id} ${one.via.value}`}>
            <Link to="/intel" search={{ open: one.id }}>
              <Untrusted text={one.name || one.via.value} />
            </Link>
            <span className="muted">
              <bdi>{visibleText(one.type)}</bdi>
            </span>
            {one.name !== '' && one.name !== one.via.value && (
              <span className="muted neighbour-how">
                {say('object.via')} <ValueText value={one.via.value} focusable />
              </span>
            )}
          </li>
        ))}
      </ul>
      {correlationsCut !== undefined && (
        <p className="muted">
          <Untrusted text={correlationsCut} />
        </p>
      )}
    </Section>
  );
}

/** What STIX relationships say about the object. */
export function Relationships({ object }: NeighboursProps): JSX.Element | null {
  const { say } = useWords();
  if (object.relationships.length === 0) return null;
  return (
    <Section title={say('object.relationships', { count: object.relationships.length })}>
      <ul className="neighbours">
        {object.relationships.map((one) => (
          <li key={one.id}>
            <span className="muted neighbour-type">
              {one.direction === 'in' && <Icon name="back" />}
              <bdi>{visibleText(one.type)}</bdi>
              {one.direction === 'out' && <Icon name="forward" />}
            </span>
            <Link to="/intel" search={{ open: one.otherId }}>
              <Untrusted text={one.otherName} />
            </Link>
          </li>
        ))}
      </ul>
    </Section>
  );
}
