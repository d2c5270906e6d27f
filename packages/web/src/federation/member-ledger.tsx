import { useQuery } from '@tanstack/react-query';
import type { JSX } from 'react';
import type { MemberLedgerView } from '@comity/protocol/api';
import { Facts, Section } from '../kit/beside.tsx';
import { Icon } from '../kit/icon.tsx';
import { Moment } from '../kit/moment.tsx';
import { ProblemNote } from '../kit/problem-note.tsx';
import { Untrusted } from '../kit/untrusted.tsx';
import { visibleText } from '../words/visible-text.ts';
import { useWords } from '../words/use-words.ts';
import { AlarmSays } from './alarm-says.tsx';
import { memberLedgerQuery } from './federation-queries.ts';

/** What this node saw of a member's ledger, and what its monitor says of it. */
export function MemberLedger({ id }: { readonly id: string }): JSX.Element {
  const { say } = useWords();
  const query = useQuery(memberLedgerQuery(id));
  return (
    <Section title={say('member.itsLedger')}>
      {query.isError && <ProblemNote error={query.error} onRetry={() => void query.refetch()} />}
      {query.data && query.data.ledger === undefined && <p className="muted">{say('member.itsLedger.none')}</p>}
      {query.data?.ledger && <Seen ledger={query.data.ledger} />}
    </Section>
  );
}

function Seen({ ledger }: { readonly ledger: MemberLedgerView }): JSX.Element {
  const { say, figures } = useWords();
  const { origin, checked, isFresh, isTrusted, alarms } = ledger;
  return (
    <>
      <ul className="fed-verdicts">
        <Verdict isGood={isTrusted} text={say(isTrusted ? 'monitor.one' : 'monitor.two')} />
        <Verdict isGood={checked !== undefined} text={say(checked === undefined ? 'monitor.unseen' : 'monitor.grew')} />
        <Verdict isGood={isFresh} text={say(isFresh ? 'monitor.fresh' : 'monitor.old')} />
        {alarms
          .filter(({ kind }) => kind !== 'stale')
          .map((alarm) => (
            <li key={alarm.kind} className="status alarm">
              <Icon name="alarm" />
              <span>
                <AlarmSays of={alarm} />
              </span>
            </li>
          ))}
      </ul>
      <Facts
        facts={[
          [
            say('ledger.origin'),
            <bdi key="origin" className="mono break" dir="ltr">
              {visibleText(origin)}
            </bdi>,
          ],
          checked && [say('ledger.size'), figures.count(checked.size)],
          checked && [say('ledger.checked'), <Moment key="seen" at={checked.seenAt} form="both" />],
          checked && [
            say('ledger.cosigned'),
            checked.cosignatures.length === 0 ? (
              say('ledger.cosigned.none')
            ) : (
              <ul key="cosigned">
                {checked.cosignatures.map(({ name, at }) => (
                  <li key={name}>
                    <Untrusted text={name} />{' '}
                    <span className="muted">
                      <Moment at={at} />
                    </span>
                  </li>
                ))}
              </ul>
            ),
          ],
        ]}
      />
    </>
  );
}

function Verdict({ isGood, text }: { readonly isGood: boolean; readonly text: string }): JSX.Element {
  return (
    <li className={isGood ? 'status verdict-good' : 'status verdict-open'}>
      <Icon name={isGood ? 'check' : 'warning'} />
      {text}
    </li>
  );
}
