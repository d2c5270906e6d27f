import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { JSX } from 'react';
import type { RecallView } from '@comity/protocol/api';
import { FirstFew } from '../kit/first-few.tsx';
import { Icon } from '../kit/icon.tsx';
import { ProblemNote } from '../kit/problem-note.tsx';
import { Untrusted } from '../kit/untrusted.tsx';
import { useWords } from '../words/use-words.ts';
import { recallsQuery } from './federation-queries.ts';
import { ObjectTitle } from './object-title.tsx';
import { isConfirmed, ReceiptSays, recallSentence } from './receipt-says.tsx';

const recallsFirst = 5;

/** What was taken back, how many confirmed it, and who has not. */
export function Recalls(): JSX.Element | null {
  const { say } = useWords();
  const recalls = useQuery(recallsQuery);
  const rows = recalls.data?.rows ?? [];
  if (recalls.data && rows.length === 0) return null;
  return (
    <section className="section" aria-live="polite">
      <h2>{say('recall.title')}</h2>
      {recalls.isError && <ProblemNote error={recalls.error} onRetry={() => void recalls.refetch()} />}
      <FirstFew className="fed-recalls" count={recallsFirst}>
        {rows.map((row) => (
          <Recall key={row.object} recall={row} />
        ))}
      </FirstFew>
      {recalls.data?.next !== undefined && (
        <p className="section-foot">
          <Link to="/federation/exchange" search={{ only: 'recalled' }}>
            {say('exchange.all')}
          </Link>
        </p>
      )}
    </section>
  );
}

function Recall({ recall }: { readonly recall: RecallView }): JSX.Element {
  const words = useWords();
  const { deliveries, reason } = recall;
  const open = deliveries.filter((each) => !isConfirmed(each));
  return (
    <li>
      <div className="fed-recall-head">
        <ObjectTitle of={recall} />
        {reason !== undefined && <span className="muted">{words.say(`recall.why.${reason}`)}</span>}
      </div>
      <span className={open.length === 0 ? 'status verdict-good' : 'status verdict-open'}>
        <Icon name={open.length === 0 ? 'check' : 'clock'} />
        {recallSentence(deliveries, words)}
      </span>
      {open.length > 0 && (
        <ul className="fed-objects fed-open">
          {open.map((row) => (
            <li key={row.member}>
              <Untrusted text={row.name} />
              <ReceiptSays of={row} />
            </li>
          ))}
        </ul>
      )}
    </li>
  );
}
