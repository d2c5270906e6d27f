import { queryOptions } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { JSX } from 'react';
import type { LawDiffView } from '@comity/protocol/api';
import { node } from '../app/node.ts';
import { Icon } from '../kit/icon.tsx';
import { Reason } from '../kit/reason.tsx';
import { visibleText } from '../words/visible-text.ts';
import { useWords } from '../words/use-words.ts';
import { RecipientName } from './recipient-name.tsx';

interface DryRunQuestion {
  readonly text: string;
  readonly days: number;
  readonly from: string | undefined;
}

/** What a law would change for what came in the last days, against the law `from` that is in force. */
export const dryRunQuery = ({ text, days, from }: DryRunQuestion) =>
  queryOptions({
    queryKey: ['law-diff', from, days, text],
    queryFn: ({ signal }) => node.diffLaw({ body: { text, days } }, { signal }),
    // A list that changes under the eyes of who reads it is not read.
    refetchOnWindowFocus: false,
    // There may be other recipients by then.
    refetchOnMount: 'always',
  });

/** Who would newly get what, who no longer, with a few of the objects and the reasons of the new answer. */
export function DryRun({ diff, days }: { readonly diff: LawDiffView; readonly days: number }): JSX.Element {
  const { say } = useWords();
  const { objects, newlyShared, newlyWithheld } = diff;
  // What leaves comes first: it cannot be called back.
  const changes = diff.changes.toSorted(
    (one, other) =>
      one.to.localeCompare(other.to) || other.objects - one.objects || (one.recipient < other.recipient ? -1 : 1),
  );
  return (
    <section className="dry-run" aria-label={say('dryRun.title')}>
      <h2>{say('dryRun.title')}</h2>
      <p>
        {say('dryRun.of', { objects, days })}{' '}
        <b>
          {changes.length === 0
            ? say('dryRun.nothing')
            : say('dryRun.sum', { shared: newlyShared, withheld: newlyWithheld })}
        </b>
      </p>
      <ul className="dry-run-changes">
        {changes.map((change) => (
          <Change key={`${change.recipient} ${change.action} ${change.to}`} change={change} />
        ))}
      </ul>
    </section>
  );
}

function Change({ change }: { readonly change: LawDiffView['changes'][number] }): JSX.Element {
  const { say } = useWords();
  const { recipient, action, to, objects, examples } = change;
  return (
    <li>
      <ChangeLine change={change} />
      <details>
        <summary>{say('dryRun.examples', { shown: examples.length, count: objects })}</summary>
        <ul className="dry-run-examples">
          {examples.map(({ id, reasons }) => (
            <li key={`${id} ${recipient} ${action} ${to}`}>
              <Link to="/intel/$id" params={{ id }}>
                <bdi className="mono break" dir="ltr">
                  {visibleText(id)}
                </bdi>
              </Link>
              {reasons.map((reason) => (
                <Reason key={`${reason.layer} ${reason.ruleId}`} reason={reason} />
              ))}
            </li>
          ))}
        </ul>
      </details>
    </li>
  );
}

/** One recipient, one use and what becomes of it. */
export function ChangeLine({ change }: { readonly change: LawDiffView['changes'][number] }): JSX.Element {
  const { say } = useWords();
  const { recipient, action, to, objects } = change;
  return (
    <span className={`change-line change-${to}`}>
      <Icon name={to === 'allow' ? 'plus' : 'close'} />
      <b>
        <RecipientName of={recipient} />
      </b>
      <span className="change-word">{say(`dryRun.${to}`)}</span>
      <span>{say(`sharing.action.${action}`)}</span>
      <span className="muted figures">{say('dryRun.objects', { count: objects })}</span>
    </span>
  );
}
