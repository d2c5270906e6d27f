import { useQuery } from '@tanstack/react-query';
import { ComityError } from '@comity/protocol/base';
import { Link } from '@tanstack/react-router';
import type { JSX } from 'react';
import type { ExchangeActView } from '@comity/protocol/api';
import { node } from '../app/node.ts';
import { Facts, Inspector, Section } from '../kit/beside.tsx';
import { FirstFew } from '../kit/first-few.tsx';
import { Icon } from '../kit/icon.tsx';
import { Moment } from '../kit/moment.tsx';
import { ProblemNote } from '../kit/problem-note.tsx';
import { Skeleton } from '../kit/skeleton.tsx';
import { TextBlock } from '../kit/text-block.tsx';
import { visibleText } from '../words/visible-text.ts';
import { useWords } from '../words/use-words.ts';
import { whatIs } from './ledger-acts.tsx';
import { ProofCheck } from './proof-check.tsx';

const objectsFirst = 8;

/** An act as far as this node can open it: of what everybody may read there is only the entry. */
async function openAct(
  index: number,
  signal: AbortSignal,
): Promise<{ readonly entry: string; readonly exchange: ExchangeActView | undefined }> {
  try {
    const exchange = await node.showExchangeAct({ params: { index } }, { signal });
    return { entry: exchange.entry, exchange };
  } catch (error) {
    if (!(error instanceof ComityError) || error.code !== 'NOT_FOUND') throw error;
    const { entry } = await node.getLedgerEntry({ params: { index } }, { signal });
    return { entry, exchange: undefined };
  }
}

/** One act of the ledger, opened, with its proof. */
export function ActInspector({
  index,
  onClose,
}: {
  readonly index: number;
  readonly onClose: () => void;
}): JSX.Element {
  const { say } = useWords();
  // Opening an act is written down in the audit trail: it is done once, not with every look.
  const act = useQuery({
    queryKey: ['act', index],
    queryFn: ({ signal }) => openAct(index, signal),
    staleTime: Number.POSITIVE_INFINITY,
    refetchOnWindowFocus: false,
  });
  return (
    <Inspector title={say('act.title', { index })} label={say('act.label')} onClose={onClose}>
      {act.isPending && <Skeleton />}
      {act.isError && <ProblemNote error={act.error} onRetry={() => void act.refetch()} />}
      {act.data && (
        <>
          {act.data.exchange ? <Opened act={act.data.exchange} /> : <OpenToAll entry={act.data.entry} />}
          <ProofCheck index={index} entry={act.data.entry} />
          <Section title={say('act.entry')}>
            <TextBlock look="record">{visibleText(textOf(act.data.entry))}</TextBlock>
          </Section>
        </>
      )}
    </Inspector>
  );
}

function Opened({ act }: { readonly act: ExchangeActView }): JSX.Element {
  const { say, figures } = useWords();
  const { direction, name, member, at, payloads, holds, objects, erased, due } = act;
  const isWhole = holds !== undefined && Object.values(holds).every(Boolean);
  return (
    <>
      {erased && (
        <p className="sentence">
          {say('act.erased', { reason: say(`act.erased.${erased.reason}`), count: erased.approvals })}{' '}
          <Moment at={erased.at} />
        </p>
      )}
      {due && <p className="sentence">{say('act.due')}</p>}
      <Facts
        facts={[
          [say('acts.what'), whatIs({ type: 'exchange', direction }, say)],
          member === undefined
            ? undefined
            : [
                say('acts.with'),
                <Link key="with" to="/federation/members/$id" params={{ id: member }}>
                  <bdi>{visibleText(name ?? member)}</bdi>
                </Link>,
              ],
          [say('acts.hour'), <Moment key="at" at={at} form="both" />],
          payloads && [
            say('act.law'),
            <bdi key="law" className="mono break" dir="ltr">
              {visibleText(payloads.decision.lawHash)}
            </bdi>,
          ],
          payloads && payloads.decision.rules.length > 0 && [say('act.rules'), figures.list(payloads.decision.rules)],
          holds && [
            say('act.opens'),
            <span key="opens" className={isWhole ? 'status verdict-good' : 'status alarm'}>
              <Icon name={isWhole ? 'check' : 'alarm'} />
              {say(isWhole ? 'act.opens.yes' : 'act.opens.no')}
            </span>,
          ],
        ].map((fact) => (fact === undefined || fact === false ? undefined : (fact as [string, JSX.Element | string])))}
      />
      <Section title={say('act.objects', { count: objects.length })}>
        <FirstFew className="fed-objects" count={objectsFirst}>
          {objects.map(({ id, version }) => (
            <li key={id}>
              <Link to="/intel/$id" params={{ id }} className="clip">
                <bdi className="mono" dir="ltr">
                  {visibleText(id)}
                </bdi>
              </Link>
              <span className="muted">
                {version === undefined ? say('act.ended') : say('act.version', { version })}
              </span>
            </li>
          ))}
        </FirstFew>
      </Section>
    </>
  );
}

function OpenToAll({ entry }: { readonly entry: string }): JSX.Element {
  const { say } = useWords();
  const { type, at } = headOf(entry);
  return (
    <>
      <p className="muted">{say('act.open')}</p>
      <Facts
        facts={[
          [say('acts.what'), whatIs({ type: type ?? 'other' }, say)],
          at === undefined ? undefined : [say('acts.hour'), <Moment key="at" at={at} form="both" />],
        ]}
      />
    </>
  );
}

function textOf(entry: string): string {
  return new TextDecoder().decode(Uint8Array.from(atob(entry), (sign) => sign.charCodeAt(0)));
}

function headOf(entry: string): { readonly type?: string; readonly at?: string } {
  try {
    const { type, at } = JSON.parse(textOf(entry)) as Record<string, unknown>;
    return { ...(typeof type === 'string' && { type }), ...(typeof at === 'string' && { at }) };
  } catch {
    return {};
  }
}
