import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import type { JSX } from 'react';
import { Section } from '../kit/beside.tsx';
import { Button } from '../kit/button.tsx';
import { FirstFew } from '../kit/first-few.tsx';
import { visibleText } from '../words/visible-text.ts';
import { useMayGovern } from '../sharing/sharing-queries.ts';
import { useWords } from '../words/use-words.ts';
import { deliveriesQuery, ownMemberQuery } from './federation-queries.ts';
import { RecallDialog } from './recall-dialog.tsx';
import { LeaseEnds } from './lease-ends.tsx';
import { ReceiptSays, recallSentence } from './receipt-says.tsx';

const membersFirst = 8;

/** Which members have an object from here, what they say they did with it, and the way to take it back. Nothing where nobody has it. */
export function ObjectDeliveries({ id }: { readonly id: string }): JSX.Element | null {
  const words = useWords();
  const { say } = words;
  const [isRecalling, setRecalling] = useState(false);
  const mayGovern = useMayGovern();
  const deliveries = useQuery(deliveriesQuery(id));
  const self = useQuery(ownMemberQuery).data?.member?.id;
  const rows = deliveries.data?.rows ?? [];
  if (rows.length === 0) return null;
  const ours = rows.filter(({ origin }) => origin === self);
  const recalled = ours.filter(({ state }) => state === 'recalled');
  return (
    <Section title={say('exchange.holders', { count: rows.length })}>
      {recalled.length > 0 && <p className="sentence strong">{recallSentence(recalled, words)}</p>}
      <FirstFew className="fed-objects" count={membersFirst}>
        {rows.map((row) => (
          <li key={`${row.member} ${row.origin}`}>
            <Link to="/federation/members/$id" params={{ id: row.member }} className="clip">
              <bdi>{visibleText(row.name)}</bdi>
            </Link>
            <span className="muted">{say(`exchange.state.${row.state}`)}</span>
            <ReceiptSays of={row} />
            <LeaseEnds at={row.leaseUntil} />
          </li>
        ))}
      </FirstFew>
      <p className="section-foot">
        {mayGovern && ours.some(({ state }) => state === 'lent') && (
          <Button icon="undo" onPress={() => setRecalling(true)}>
            {say('recall.take')}
          </Button>
        )}
        <Link to="/federation">{say('exchange.narrow')}</Link>
      </p>
      <RecallDialog object={isRecalling ? id : undefined} onClose={() => setRecalling(false)} />
    </Section>
  );
}
