import type { JSX } from 'react';
import { Moment } from '../kit/moment.tsx';
import { useWords } from '../words/use-words.ts';

/** When a loan ends by itself; nothing of what has no lease. */
export function LeaseEnds({ at }: { readonly at: string | undefined }): JSX.Element | undefined {
  const { say } = useWords();
  if (at === undefined) return undefined;
  return (
    <span className="muted small">
      {say('exchange.leaseEnds')} <Moment at={at} form="day" />
    </span>
  );
}
