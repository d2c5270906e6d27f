import { useQuery } from '@tanstack/react-query';
import { Link, getRouteApi, useNavigate } from '@tanstack/react-router';
import type { JSX } from 'react';
import type { KeptDecisionView } from '@comity/protocol/api';
import { node } from '../app/node.ts';
import { Place } from '../app/place.tsx';
import { EmptyPlace } from '../kit/empty-place.tsx';
import { Choice } from '../kit/fields.tsx';
import { Icon } from '../kit/icon.tsx';
import { Moment } from '../kit/moment.tsx';
import { ProblemNote } from '../kit/problem-note.tsx';
import { Reason } from '../kit/reason.tsx';
import { Skeleton } from '../kit/skeleton.tsx';
import { visibleText } from '../words/visible-text.ts';
import { useWords } from '../words/use-words.ts';
import { RecipientName, useRecipientNames } from './recipient-name.tsx';
import { SharingTabs } from './sharing-tabs.tsx';
import { recipientsQuery } from './sharing-queries.ts';

const route = getRouteApi('/sharing/decisions');
const any = '';
const results = ['allow', 'deny'] as const;
const rowsMax = 100;

/** What was decided about what left and what was kept, newest first, each with its rules as sentences. */
export default function DecisionsPlace(): JSX.Element {
  const { say } = useWords();
  const search = route.useSearch();
  const decisions = useQuery({
    queryKey: ['decisions', search],
    queryFn: ({ signal }) => node.listSharingDecisions({ query: { ...search, limit: rowsMax } }, { signal }),
    placeholderData: (previous) => previous,
  });
  const rows = decisions.data?.rows ?? [];
  return (
    <Place title={say('decisions.title')} heading={say('place.sharing')} aside={<SharingTabs />}>
      <p className="muted">{say('decisions.lead')}</p>
      <Filters />
      {decisions.isPending && <Skeleton />}
      {decisions.isError && <ProblemNote error={decisions.error} onRetry={() => void decisions.refetch()} />}
      {decisions.data && rows.length === 0 && (
        <EmptyPlace title={say('decisions.none')}>{say('decisions.none.text')}</EmptyPlace>
      )}
      {rows.length > 0 && (
        <ol className="decisions" aria-label={say('decisions.title')}>
          {rows.map((row) => (
            <Decision
              key={[
                row.object,
                row.modifiedAt,
                row.recipient,
                row.action,
                row.lawHash,
                row.result,
                ...row.ruleIds,
              ].join(' ')}
              row={row}
            />
          ))}
        </ol>
      )}
      {rows.length === rowsMax && <p className="muted small">{say('decisions.last', { count: rowsMax })}</p>}
    </Place>
  );
}

/** The filters as a sentence: for whom, and with which answer. */
function Filters(): JSX.Element {
  const { say } = useWords();
  const search = route.useSearch();
  const navigate = useNavigate();
  const { data } = useQuery(recipientsQuery);
  const nameOf = useRecipientNames();
  const narrow = (change: Partial<Record<keyof typeof search, string | undefined>>): void =>
    void navigate({
      to: '/sharing/decisions',
      search: { ...search, ...change } as typeof search,
      replace: true,
    });
  const keys = [...new Set([...(data?.rows.map(({ key }) => key) ?? []), search.recipient ?? []].flat())];
  return (
    <div className="filters" role="group" aria-label={say('filter.label')}>
      <Choice
        look="chip"
        label={say('recipients.title')}
        idle={search.recipient === undefined}
        value={search.recipient ?? any}
        items={[
          { id: any, name: say('decisions.anyRecipient') },
          ...keys.map((id) => ({ id, name: visibleText(nameOf(id)) })),
        ]}
        onChange={(key) => narrow({ recipient: key === any ? undefined : key })}
      />
      <Choice
        look="chip"
        label={say('decisions.result')}
        idle={search.result === undefined}
        value={search.result ?? any}
        items={[
          { id: any, name: say('decisions.anyResult') },
          ...results.map((id) => ({ id, name: say(`decisions.${id}`) })),
        ]}
        onChange={(result) => narrow({ result: result === any ? undefined : result })}
      />
    </div>
  );
}

function Decision({ row }: { readonly row: KeptDecisionView }): JSX.Element {
  const { say } = useWords();
  const { object, recipient, action, result, ruleIds, reasons, lastAt, count } = row;
  // A rule of a law that is gone has only its id left.
  const unread = ruleIds.filter((id) => !reasons.some(({ ruleId }) => ruleId === id));
  return (
    <li className="decision">
      <span className={`status sharing-${result}`}>
        <Icon name={result === 'allow' ? 'check' : 'close'} />
        {say(`decisions.${result}`)}
      </span>
      <div className="decision-text">
        <p className="decision-line">
          <b>
            <RecipientName of={recipient} />
          </b>
          <span>{say(`sharing.action.${action}`)}</span>
          {object === undefined ? (
            <span className="muted">{say('decisions.noObject')}</span>
          ) : (
            <Link to="/intel/$id" params={{ id: object }}>
              <bdi className="mono break" dir="ltr">
                {visibleText(object)}
              </bdi>
            </Link>
          )}
        </p>
        {reasons.map((reason) => (
          <Reason key={`${reason.layer} ${reason.ruleId}`} reason={reason} />
        ))}
        {unread.map((id) => (
          <bdi key={id} className="mono muted" dir="ltr">
            {visibleText(id)}
          </bdi>
        ))}
      </div>
      <span className="muted small decision-when">
        <Moment at={lastAt} /> {count > 1 && say('decisions.count', { count })}
      </span>
    </li>
  );
}
