import { useQuery } from '@tanstack/react-query';
import type { JSX } from 'react';
import type { MemberStepView } from '@comity/protocol/api';
import { Section } from '../kit/beside.tsx';
import { FirstFew } from '../kit/first-few.tsx';
import { Icon } from '../kit/icon.tsx';
import { Moment } from '../kit/moment.tsx';
import { ProblemNote } from '../kit/problem-note.tsx';
import { useWords } from '../words/use-words.ts';
import { stepsQuery } from './federation-queries.ts';

const stepsFirst = 4;
/** Signs of a key's id that people compare. */
const idChars = 12;

/** The keys a member signs with, and how they came one after the other. */
export function MemberKeys({ id }: { readonly id: string }): JSX.Element {
  const { say } = useWords();
  const steps = useQuery(stepsQuery(id));
  const [current] = steps.data?.rows ?? [];
  return (
    <Section title={say('member.keys')}>
      {steps.isError && <ProblemNote error={steps.error} onRetry={() => void steps.refetch()} />}
      {current && <Keys of={current} />}
      {steps.data && (
        <>
          <h3>{say('member.history')}</h3>
          <FirstFew className="fed-steps" count={stepsFirst}>
            {steps.data.rows.map((step) => (
              <li key={step.sequence}>
                <span className={`status step-${step.step}`}>
                  <Icon name={step.step === 'recovery' ? 'warning' : step.step === 'rotation' ? 'refresh' : 'edit'} />
                  {say(`member.step.${step.step}`)}
                </span>
                <span>
                  {say(`member.step.${step.step}.text`)}{' '}
                  <span className="muted">
                    {say('member.description.number', { number: step.sequence })} · <Moment at={step.issuedAt} />
                  </span>
                </span>
              </li>
            ))}
          </FirstFew>
        </>
      )}
    </Section>
  );
}

function Keys({ of: { keys, announced } }: { readonly of: MemberStepView }): JSX.Element {
  const { say } = useWords();
  const key = (role: string, id: string): JSX.Element => (
    <li key={id}>
      <span>{role}</span>
      <bdi className="mono" dir="ltr" title={id}>
        {id.slice(0, idChars)}
      </bdi>
    </li>
  );
  return (
    <ul className="fed-keys">
      {keys.map(({ role, id }) => key(say(`member.key.${role}`), id))}
      {key(say('member.key.announced'), announced)}
    </ul>
  );
}
