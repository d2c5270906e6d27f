import { useQuery } from '@tanstack/react-query';
import { getRouteApi, useNavigate } from '@tanstack/react-router';
import { useCallback } from 'react';
import type { JSX } from 'react';
import type { EvidenceView, LedgerStateView } from '@comity/protocol/api';
import { Place } from '../app/place.tsx';
import { sessionQuery } from '../app/shared-queries.ts';
import { saveText } from '../intel/save-text.ts';
import { Button } from '../kit/button.tsx';
import { EmptyPlace } from '../kit/empty-place.tsx';
import { Icon } from '../kit/icon.tsx';
import { Moment } from '../kit/moment.tsx';
import { ProblemNote } from '../kit/problem-note.tsx';
import { Skeleton } from '../kit/skeleton.tsx';
import { Untrusted } from '../kit/untrusted.tsx';
import { visibleText } from '../words/visible-text.ts';
import { useWords } from '../words/use-words.ts';
import { ActInspector } from './act-inspector.tsx';
import { AlarmSays } from './alarm-says.tsx';
import { FederationTabs } from './federation-tabs.tsx';
import { evidenceQuery, ledgerQuery } from './federation-queries.ts';
import { LedgerActs } from './ledger-acts.tsx';
import { Notice } from './member-marks.tsx';
import { useMemberName } from './use-member-name.ts';

const route = getRouteApi('/federation/ledger');

/** This node's ledger: how far it is, who witnesses it, what is wrong, and every act in it. */
export default function LedgerPlace(): JSX.Element {
  const { say } = useWords();
  const search = route.useSearch();
  const navigate = useNavigate();
  const ledger = useQuery(ledgerQuery);
  const mayAudit = useQuery(sessionQuery).data?.scopes.includes('audit') ?? false;
  const close = useCallback(
    () => void navigate({ to: '/federation/ledger', search: { ...search, entry: undefined }, replace: true }),
    [navigate, search],
  );
  return (
    <Place
      title={say('fed.ledger')}
      heading={say('place.federation')}
      aside={<FederationTabs />}
      inspector={
        mayAudit && search.entry !== undefined ? <ActInspector index={search.entry} onClose={close} /> : undefined
      }
    >
      <p className="muted">{say('ledger.lead')}</p>
      {ledger.isPending && <Skeleton />}
      {ledger.isError && <ProblemNote error={ledger.error} onRetry={() => void ledger.refetch()} />}
      {ledger.data && (ledger.data.logs.length === 0 ? <NoLedger /> : <State state={ledger.data} />)}
      {ledger.data && ledger.data.logs.length > 0 && (
        <section className="section">
          <h2>{say('acts.title')}</h2>
          {mayAudit ? <LedgerActs /> : <p className="muted">{say('acts.notAllowed')}</p>}
        </section>
      )}
    </Place>
  );
}

function NoLedger(): JSX.Element {
  const { say } = useWords();
  return <EmptyPlace title={say('ledger.none')}>{say('ledger.none.text')}</EmptyPlace>;
}

function State({ state }: { readonly state: LedgerStateView }): JSX.Element {
  const { say, figures } = useWords();
  const log = state.logs.at(-1);
  const evidence = useQuery(evidenceQuery);
  const answering = state.witnesses.filter(({ last }) => last?.good).length;
  if (log === undefined) return <NoLedger />;
  return (
    <>
      {log.frozen && (
        <Notice tone="critical">
          <p>
            {say('ledger.frozen')} <Moment at={log.frozen.at} />
          </p>
          <p className="muted" lang="en">
            <Untrusted text={log.frozen.reason} />
          </p>
        </Notice>
      )}
      <dl className="fed-figures">
        <Figure name={say('ledger.sequenced')} value={figures.count(log.size)} />
        <Figure
          name={say('ledger.published')}
          value={log.published === undefined ? '—' : figures.count(log.published.size)}
          side={log.published && <Moment at={log.published.at} />}
        />
        <Figure name={say('ledger.waiting')} value={figures.count(state.waiting)} />
        <Figure
          name={say('ledger.quorum')}
          value={say('ledger.quorum.of', {
            quorum: figures.count(state.quorum),
            all: figures.count(state.witnesses.length),
          })}
          side={say('ledger.quorum.answer', { count: answering })}
        />
      </dl>
      <p className="fed-origin">
        <bdi className="mono break" dir="ltr">
          {visibleText(log.origin)}
        </bdi>
        <a href={`/ledger/${log.number}/checkpoint`} target="_blank" rel="noreferrer">
          {say('ledger.checkpoint')}
        </a>
      </p>
      <Alarms alarms={state.alarms} note={log.frozen?.note} />
      <Evidence rows={evidence.data?.rows ?? []} />
      <Witnesses state={state} />
    </>
  );
}

function Figure({
  name,
  value,
  side,
}: {
  readonly name: string;
  readonly value: string;
  readonly side?: JSX.Element | string | undefined;
}): JSX.Element {
  return (
    <div className="fed-figure">
      <dt>{name}</dt>
      <dd>
        <span className="fed-figure-value figures">{value}</span>
        {side !== undefined && <span className="muted small">{side}</span>}
      </dd>
    </div>
  );
}

function Alarms({
  alarms,
  note,
}: {
  readonly alarms: LedgerStateView['alarms'];
  readonly note: string | undefined;
}): JSX.Element {
  const { say } = useWords();
  const nameOf = useMemberName();
  return (
    <section className="section">
      <h2>{say('ledger.alarms')}</h2>
      {alarms.length === 0 && (
        <p className="status verdict-good">
          <Icon name="check" />
          {say('ledger.alarms.none')}
        </p>
      )}
      <ul className="fed-verdicts">
        {alarms.map((alarm) => (
          <li
            key={`${alarm.kind} ${alarm.about}`}
            className={alarm.kind === 'stale' ? 'status verdict-open' : 'status alarm'}
          >
            <Icon name={alarm.kind === 'stale' ? 'warning' : 'alarm'} />
            <span>
              <bdi className="break">{visibleText(nameOf(alarm.about))}</bdi>
              {': '}
              <AlarmSays of={alarm} />
            </span>
          </li>
        ))}
      </ul>
      {note !== undefined && (
        <p className="section-foot">
          <Button icon="export" onPress={() => saveText(note, { name: 'checkpoint.txt', type: 'text/plain' })}>
            {say('evidence.save')}
          </Button>
        </p>
      )}
    </section>
  );
}

/** What shows that a member said two things: to be given to whoever doubts it. */
function Evidence({ rows }: { readonly rows: readonly EvidenceView[] }): JSX.Element | null {
  const { say } = useWords();
  if (rows.length === 0) return null;
  return (
    <section className="section">
      <h2>{say('evidence.title')}</h2>
      <p className="muted">{say('evidence.text')}</p>
      <ul className="fed-objects">
        {rows.map((row, at) => (
          <li key={at}>
            <span className="status alarm">
              <Icon name="alarm" />
              <Untrusted text={row.name} />
            </span>
            <span>{say(`evidence.${row.kind}`)}</span>
            {row.foundAt !== undefined && (
              <span className="muted">
                <Moment at={row.foundAt} />
              </span>
            )}
            <Button
              look="quiet"
              icon="export"
              onPress={() =>
                saveText(JSON.stringify(row, null, 2), {
                  name: `evidence-${row.member.slice(0, 16)}.json`,
                  type: 'application/json',
                })
              }
            >
              {say('evidence.save')}
            </Button>
          </li>
        ))}
      </ul>
    </section>
  );
}

function Witnesses({ state: { witnesses } }: { readonly state: LedgerStateView }): JSX.Element {
  const { say } = useWords();
  const nameOf = useMemberName();
  return (
    <section className="section">
      <h2>{say('ledger.witnesses')}</h2>
      {witnesses.length === 0 && <p className="muted">{say('ledger.witnesses.none')}</p>}
      <ul className="fed-objects">
        {witnesses.map(({ name, last }) => (
          <li key={name}>
            <Untrusted text={nameOf(name)} />
            {last === undefined ? (
              <span className="status status-waiting">
                <Icon name="clock" />
                {say('ledger.witness.notAsked')}
              </span>
            ) : (
              <span className={last.good ? 'status verdict-good' : 'status verdict-open'}>
                <Icon name={last.good ? 'check' : 'warning'} />
                <span>
                  {last.good ? (
                    say('ledger.witness.cosigned', { count: last.size ?? 0 })
                  ) : (
                    <span lang="en">
                      <Untrusted text={last.reason} />
                    </span>
                  )}{' '}
                  <span className="muted">
                    <Moment at={last.at} />
                  </span>
                </span>
              </span>
            )}
          </li>
        ))}
      </ul>
    </section>
  );
}
