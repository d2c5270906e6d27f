import type { JSX } from 'react';
import type { MemberLedgerView } from '@comity/protocol/api';
import { Moment } from '../kit/moment.tsx';
import { Untrusted } from '../kit/untrusted.tsx';
import { useWords } from '../words/use-words.ts';

/** What is wrong with a ledger, in the reader's words; then since when, and what the node says of it. */
export function AlarmSays({
  of: { kind, reason, since },
}: {
  readonly of: MemberLedgerView['alarms'][number];
}): JSX.Element {
  const { say } = useWords();
  return (
    <>
      {say(`ledger.alarm.${kind}`)}{' '}
      <span className="muted">
        <Moment at={since} />{' '}
        <span lang="en">
          (<Untrusted text={reason} />)
        </span>
      </span>
    </>
  );
}
