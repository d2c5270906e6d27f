import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import type { JSX } from 'react';
import type { LawEntryView } from '@comity/protocol/api';
import { Place } from '../app/place.tsx';
import { Button } from '../kit/button.tsx';
import { Icon } from '../kit/icon.tsx';
import { Moment } from '../kit/moment.tsx';
import { ProblemNote } from '../kit/problem-note.tsx';
import { Skeleton } from '../kit/skeleton.tsx';
import { Untrusted } from '../kit/untrusted.tsx';
import { visibleText } from '../words/visible-text.ts';
import { useWords } from '../words/use-words.ts';
import { LawFacts } from './law-facts.tsx';
import { LawRules } from './law-rules.tsx';
import { SharingTabs } from './sharing-tabs.tsx';
import { lawQuery, useMayGovern } from './sharing-queries.ts';

/** The law in force as rules one can read, what is proposed in its place, and what was in force before. */
export default function LawPlace(): JSX.Element {
  const { say } = useWords();
  const navigate = useNavigate();
  const law = useQuery(lawQuery());
  const mayGovern = useMayGovern();
  // One line a law: a text that was proposed and then put in force stands in the history twice.
  const earlier = law.data?.history.filter(
    ({ hash, state }, index, all) =>
      state !== 'active' && hash !== law.data.entry.hash && all.findIndex((each) => each.hash === hash) === index,
  );
  return (
    <Place title={say('law.tab')} heading={say('place.sharing')} aside={<SharingTabs />}>
      <div className="panels-head">
        <p className="muted">{say('law.lead')}</p>
        {mayGovern && (
          <Button look="primary" icon="edit" onPress={() => void navigate({ to: '/sharing/edit' })}>
            {say('law.edit')}
          </Button>
        )}
      </div>
      {law.isPending && <Skeleton />}
      {law.isError && <ProblemNote error={law.error} onRetry={() => void law.refetch()} />}
      {law.data && (
        <div className="law">
          {earlier
            ?.filter(({ state }) => state === 'proposed')
            .map((entry) => (
              <Proposal key={entry.hash} entry={entry} />
            ))}
          <h2>{say('law.inForce')}</h2>
          <LawFacts entry={law.data.entry} />
          <LawRules rules={law.data.law.rules} />
          <EarlierLaws entries={earlier?.filter(({ state }) => state === 'past') ?? []} />
        </div>
      )}
    </Place>
  );
}

function Proposal({ entry }: { readonly entry: LawEntryView }): JSX.Element {
  const { say } = useWords();
  return (
    <div className="proposal">
      <Icon name="clock" />
      <span>
        {say('law.proposal', { by: entry.proposedBy, name: entry.name })} <Moment at={entry.proposedAt} />
      </span>
      <Link to="/sharing/law/$hash" params={{ hash: entry.hash }}>
        {say('law.proposal.look')}
      </Link>
    </div>
  );
}

function EarlierLaws({ entries }: { readonly entries: readonly LawEntryView[] }): JSX.Element | null {
  const { say } = useWords();
  if (entries.length === 0) return null;
  return (
    <section className="section">
      <h2>{say('law.earlier')}</h2>
      <ul className="law-history">
        {entries.map(({ hash, name, activatedBy, activatedAt, proposedBy, proposedAt }) => (
          <li key={hash}>
            <Link to="/sharing/law/$hash" params={{ hash }}>
              <bdi>{visibleText(name)}</bdi>
            </Link>
            <span className="muted">
              {say(activatedAt === undefined ? 'law.proposedBy' : 'law.activatedBy')}{' '}
              <Untrusted text={activatedBy ?? proposedBy} /> <Moment at={activatedAt ?? proposedAt} />
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}
