import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { useState } from 'react';
import type { JSX } from 'react';
import { Place } from '../app/place.tsx';
import { sessionQuery } from '../app/shared-queries.ts';
import { ProblemNote } from '../kit/problem-note.tsx';
import { Skeleton } from '../kit/skeleton.tsx';
import { Trail } from '../kit/trail.tsx';
import { visibleText } from '../words/visible-text.ts';
import { useWords } from '../words/use-words.ts';
import { DryRunSection } from './dry-run-section.tsx';
import { LawFacts } from './law-facts.tsx';
import { LawRules } from './law-rules.tsx';
import { lawQuery, useMayGovern } from './sharing-queries.ts';

const route = getRouteApi('/sharing/law/$hash');

/** A law that is proposed or past. Whoever did not propose it agrees here, after the same dry run. */
export default function LawReviewPlace(): JSX.Element {
  const { say } = useWords();
  const { hash } = route.useParams();
  const law = useQuery(lawQuery(hash));
  const session = useQuery(sessionQuery);
  const mayGovern = useMayGovern();
  const [asked, setAsked] = useState<{ readonly text: string; readonly days: number }>();
  const name = law.data === undefined ? say('law.tab') : visibleText(law.data.entry.name);
  const waits = law.data?.entry.state === 'proposed';
  const isOwn = law.data?.entry.proposedBy === session.data?.name;
  return (
    <Place title={name} heading={<Trail from="sharing" name={name} />}>
      {law.isPending && <Skeleton />}
      {law.isError && <ProblemNote error={law.error} onRetry={() => void law.refetch()} />}
      {law.data && (
        <div className="law">
          <LawFacts entry={law.data.entry} />
          {waits && isOwn && <p className="muted">{say('law.waits.yours')}</p>}
          {waits && mayGovern && (
            <DryRunSection
              text={law.data.law.text}
              isSound
              asked={asked}
              onAsk={setAsked}
              name={law.data.entry.name}
              act={say(isOwn ? 'law.activate' : 'law.agree')}
            />
          )}
          <h2>{say('law.rules')}</h2>
          <LawRules rules={law.data.law.rules} />
        </div>
      )}
    </Place>
  );
}
