import type { JSX } from 'react';
import type { DeliveryView, GivenView } from '@comity/protocol/api';
import { Icon } from '../kit/icon.tsx';
import type { IconName } from '../kit/icon.tsx';
import { Moment } from '../kit/moment.tsx';
import { useWords } from '../words/use-words.ts';
import type { Words } from '../words/use-words.ts';

type Delivered = Pick<DeliveryView, 'state' | 'receipt' | 'leaseUntil'> & Partial<Pick<GivenView, 'isTaken'>>;

const icons: Record<string, IconName> = {
  applied: 'check',
  stored: 'check',
  withdrawn: 'check',
  refused: 'close',
  waiting: 'clock',
};

/** What a member says it did with an object, and why where that is not all. */
export function ReceiptSays({ of: delivery }: { readonly of: Delivered }): JSX.Element {
  const { say } = useWords();
  const { receipt, isTaken = false } = delivery;
  const effect = receipt?.effect ?? 'waiting';
  return (
    <span className={`status receipt-${isConfirmed(delivery) ? 'good' : effect}`}>
      <Icon name={icons[effect] ?? 'clock'} />
      <span>
        {receipt === undefined ? say(isTaken ? 'receipt.read' : 'receipt.none') : say(`receipt.${receipt.effect}`)}
        {receipt?.reason !== undefined && <span className="muted">: {say(`receipt.why.${receipt.reason}`)}</span>}
        {receipt !== undefined && (
          <span className="muted">
            {' '}
            <Moment at={receipt.at} />
          </span>
        )}
      </span>
    </span>
  );
}

/** Whether what the member says is what was wanted of it: of a recall, that it has the object in use no longer. */
export function isConfirmed({ state, receipt }: Delivered): boolean {
  if (receipt === undefined) return false;
  if (receipt.effect === 'refused') return state !== 'lent' && receipt.reason === 'not-ours';
  return state === 'lent' ? true : receipt.effect === 'withdrawn';
}

/** "7 of 9 confirmed, 2 outstanding; what is outstanding ends by itself 3 Dec 2026 at the latest". */
export function recallSentence(deliveries: readonly DeliveryView[], { say, figures }: Words): string {
  const open = deliveries.filter((each) => !isConfirmed(each));
  const count = deliveries.length;
  const confirmed = say('recall.confirmed', { count: figures.count(count - open.length), all: figures.count(count) });
  if (open.length === 0) return confirmed;
  const leases = open.flatMap(({ leaseUntil }) => leaseUntil ?? []).toSorted();
  const last = leases.at(-1);
  const outstanding = say('recall.outstanding', { count: open.length });
  return [
    confirmed,
    outstanding,
    ...(last === undefined ? [] : [say('recall.leaseEnds', { date: figures.day(Date.parse(last)) })]),
  ].join(' · ');
}
