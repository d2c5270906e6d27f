import { Link } from '@tanstack/react-router';
import type { JSX } from 'react';
import type { MemberView } from '@comity/protocol/api';
import { Icon } from '../kit/icon.tsx';
import { useWords } from '../words/use-words.ts';

export interface JoinStep {
  readonly text: string;
  readonly state: 'done' | 'now' | 'later';
}

const icons = { done: 'check', now: 'clock', later: 'recorded' } as const;

/** How far two members are on their way to each other; told anew as it changes, also to those who hear it. */
export function JoinProgress({
  steps,
  member,
}: {
  readonly steps: readonly JoinStep[];
  readonly member: MemberView | undefined;
}): JSX.Element {
  const { say } = useWords();
  return (
    <div aria-live="polite">
      <ol className="fed-progress">
        {steps.map(({ text, state }) => (
          <li key={text} className={`status progress-${state}`} aria-current={state === 'now' ? 'step' : undefined}>
            <Icon name={icons[state]} />
            <span>
              {text} <span className="unseen">{say(`join.step.${state}`)}</span>
            </span>
          </li>
        ))}
      </ol>
      {member && (
        <p>
          <Link to="/federation/members/$id" params={{ id: member.id }}>
            {say(member.state === 'asking' ? 'join.decide' : 'join.open', { name: member.name })}
          </Link>
        </p>
      )}
    </div>
  );
}
