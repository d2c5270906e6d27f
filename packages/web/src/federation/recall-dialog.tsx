import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { JSX } from 'react';
import { node, queries } from '../app/node.ts';
import { Dialog } from '../kit/dialog.tsx';
import { Choice } from '../kit/fields.tsx';
import { Form } from '../kit/form.tsx';
import { notify } from '../kit/notices.ts';
import { ProblemNote } from '../kit/problem-note.tsx';
import { Skeleton } from '../kit/skeleton.tsx';
import { Untrusted } from '../kit/untrusted.tsx';
import { useWords } from '../words/use-words.ts';
import { deliveriesQuery, federationChanged } from './federation-queries.ts';
import { LeaseEnds } from './lease-ends.tsx';
import { ReceiptSays } from './receipt-says.tsx';

const reasons = ['false-positive', 'mistake', 'order', 'superseded', 'contract'] as const;

export interface RecallDialogProps {
  /** The object that is taken back; undefined: the dialog is closed. */
  readonly object: string | undefined;
  readonly onClose: () => void;
}

/** Asks before an object is taken back from everybody, with the list of who holds it. */
export function RecallDialog({ object, onClose }: RecallDialogProps): JSX.Element {
  const { say } = useWords();
  return (
    <Dialog title={say('recall.ask')} isOpen={object !== undefined} onClose={onClose}>
      {object !== undefined && <RecallForm object={object} onDone={onClose} />}
    </Dialog>
  );
}

function RecallForm({ object, onDone }: { readonly object: string; readonly onDone: () => void }): JSX.Element {
  const { say } = useWords();
  const [reason, setReason] = useState<(typeof reasons)[number]>('false-positive');
  const holders = useQuery(deliveriesQuery(object));
  const recall = useMutation({
    mutationFn: () => node.recallObject({ params: { id: object }, body: { reason } }),
    onSuccess: ({ rows }) => {
      federationChanged();
      for (const key of ['intel', 'intel-object', 'overview', 'lookup'])
        void queries.invalidateQueries({ queryKey: [key] });
      notify({ text: say('recall.sent', { count: rows.length }) });
      onDone();
    },
  });
  return (
    <Form work={recall} act={say('recall.do')} isReady={holders.data !== undefined}>
      <p>{say('recall.text')}</p>
      <bdi className="mono break" dir="ltr">
        {object}
      </bdi>
      <Choice
        label={say('recall.why')}
        value={reason}
        onChange={setReason}
        items={reasons.map((id) => ({ id, name: say(`recall.why.${id}`) }))}
      />
      <h3>{say('recall.holders', { count: holders.data?.rows.length ?? 0 })}</h3>
      {holders.isPending && <Skeleton />}
      {holders.isError && <ProblemNote error={holders.error} onRetry={() => void holders.refetch()} />}
      <ul className="fed-objects">
        {holders.data?.rows.map((row) => (
          <li key={`${row.member} ${row.origin}`}>
            <span className="strong">
              <Untrusted text={row.name} />
            </span>
            <ReceiptSays of={row} />
            <LeaseEnds at={row.leaseUntil} />
          </li>
        ))}
      </ul>
    </Form>
  );
}
