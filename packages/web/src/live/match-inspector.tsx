import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { JSX } from 'react';
import type { Match } from '@comity/protocol/api';
import { node } from '../app/node.ts';
import { Facts, Inspector, Section } from '../kit/beside.tsx';
import { AlarmMark, KindMark, StateMark, TlpChip } from '../kit/chips.tsx';
import { Moment } from '../kit/moment.tsx';
import { ProblemNote } from '../kit/problem-note.tsx';
import { Skeleton } from '../kit/skeleton.tsx';
import { RecordText, Untrusted } from '../kit/untrusted.tsx';
import { ValueText } from '../kit/value-text.tsx';
import { visibleText } from '../words/visible-text.ts';
import { useWords } from '../words/use-words.ts';

export interface MatchInspectorProps {
  readonly id: string;
  readonly onClose: () => void;
}

/** One match: why it counts, the record, the indicator and where that came from. */
export default function MatchInspector({ id, onClose }: MatchInspectorProps): JSX.Element {
  const { say } = useWords();
  const match = useQuery({
    queryKey: ['match', id],
    queryFn: ({ signal }) => node.getMatch({ params: { id } }, { signal }),
    staleTime: Infinity,
  });
  return (
    <Inspector
      label={say('match.label')}
      title={match.data ? <ValueText value={match.data.value} focusable /> : say('match.label')}
      onClose={onClose}
    >
      {match.isPending && <Skeleton />}
      {match.isError && <ProblemNote error={match.error} onRetry={() => void match.refetch()} />}
      {match.data && <MatchDetail match={match.data} />}
    </Inspector>
  );
}

function MatchDetail({ match }: { readonly match: Match }): JSX.Element {
  const { say } = useWords();
  const { indicator } = match;
  return (
    <>
      <p className="inspector-marks">
        <AlarmMark alarm={match.alarm} />
        {match.relation === 'pattern' ? (
          <span className="muted">{say('match.pattern')}</span>
        ) : (
          <KindMark kind={match.kind} />
        )}
        <TlpChip tlp={indicator.tlp} />
      </p>
      <Section title={say('match.why')}>
        <p className="sentence">
          <Untrusted text={indicator.why} />
        </p>
        {match.port !== undefined && <p className="sentence">{say(`port.${match.port}`)}</p>}
        {match.hunt !== undefined && <p className="sentence">{say(`hunt.${match.hunt.found}`)}</p>}
      </Section>
      <Section title={say('match.record')}>
        <RecordText record={match.record} value={match.value} />
        <Facts
          facts={[
            [say('match.time'), <Moment key="at" at={match.at} form="both" />],
            match.hunt?.from === undefined
              ? undefined
              : [say('hunt.from'), <Moment key="from" at={match.hunt.from} form="both" />],
            match.hunt?.to === undefined
              ? undefined
              : [say('hunt.to'), <Moment key="to" at={match.hunt.to} form="both" />],
            [
              say('match.recordSource'),
              <Link key="source" to="/screening/$id" params={{ id: match.sourceId }}>
                <Untrusted text={match.sourceName} />
              </Link>,
            ],
            [
              say('match.where'),
              <span key="file" className="mono break" dir="ltr">
                <Untrusted text={match.file} />
                <span className="muted">:{match.line}</span>
              </span>,
            ],
            match.field === undefined
              ? undefined
              : [say('match.field'), <code key="field">{visibleText(match.field)}</code>],
          ]}
        />
      </Section>
      <Section title={say('match.indicator')}>
        <Facts
          facts={[
            [
              say('match.listedAs'),
              <span key="listed">
                <span className="muted">{say(`relation.${match.relation}`)} </span>
                <ValueText value={indicator.listed} focusable />
              </span>,
            ],
            [say('match.intelSource'), <Untrusted key="source" text={indicator.source} />],
            [say('intel.state'), <StateMark key="state" state={indicator.state} />],
          ]}
        />
        <p className="section-foot">
          <Link to="/intel" search={{ open: indicator.id }}>
            {say('match.openIndicator')}
          </Link>
          <Link to="/" search={{ value: match.value }}>
            {say('match.others')}
          </Link>
        </p>
      </Section>
    </>
  );
}
