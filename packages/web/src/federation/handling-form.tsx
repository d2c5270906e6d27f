import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import type { JSX } from 'react';
import type { PeerView } from '@comity/protocol/api';
import { node } from '../app/node.ts';
import { Choice, TextField } from '../kit/fields.tsx';
import { Form } from '../kit/form.tsx';
import { useWords } from '../words/use-words.ts';
import { federationChanged } from './federation-queries.ts';

const labels = ['clear', 'green', 'amber', 'amber+strict'] as const;
const hops = ['0', '1', '2', '3', '4', '5', '6', '7'] as const;

/** Asks how far what goes to a member is tightened: what went out before is looked at again. */
export function HandlingForm({ peer, onDone }: { readonly peer: PeerView; readonly onDone: () => void }): JSX.Element {
  const { say } = useWords();
  const { handling } = peer;
  const [tlp, setTlp] = useState(handling.tlp);
  const [hop, setHop] = useState(String(handling.hops) as (typeof hops)[number]);
  const [indicatorDays, setIndicatorDays] = useState(String(handling.indicatorDays));
  const [reportDays, setReportDays] = useState(String(handling.reportDays));
  const save = useMutation({
    mutationFn: () =>
      node.setHandling({
        params: { id: peer.id },
        body: { tlp, hops: Number(hop), indicatorDays: Number(indicatorDays), reportDays: Number(reportDays) },
      }),
    onSuccess: () => {
      federationChanged();
      onDone();
    },
  });
  const isDays = (text: string): boolean => /^\d{1,3}$/.test(text) && Number(text) >= 1 && Number(text) <= 400;
  return (
    <Form work={save} act={say('act.save')} isReady={isDays(indicatorDays) && isDays(reportDays)}>
      <p className="muted">{say('handling.text', { name: peer.name })}</p>
      <Choice
        label={say('handling.tlp')}
        value={tlp}
        onChange={setTlp}
        items={labels.map((id) => ({ id, name: `TLP:${id.toUpperCase()}` }))}
      />
      <Choice
        label={say('handling.hops')}
        value={hop}
        onChange={setHop}
        items={hops.map((id) => ({ id, name: say('handling.hops.times', { count: Number(id) }) }))}
      />
      <div className="form-pair">
        <TextField label={say('handling.days')} value={indicatorDays} onChange={setIndicatorDays} type="number" />
        <TextField label={say('handling.reportDays')} value={reportDays} onChange={setReportDays} type="number" />
      </div>
    </Form>
  );
}
