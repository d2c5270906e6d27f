import { useQuery } from '@tanstack/react-query';
import type { JSX } from 'react';
import { node, queries } from '../app/node.ts';
import { IconButton } from '../kit/button.tsx';
import { Moment } from '../kit/moment.tsx';
import { ProblemNote, notifyProblem } from '../kit/problem-note.tsx';
import { visibleText } from '../words/visible-text.ts';
import { useWords } from '../words/use-words.ts';

/** Of the reader's own session too: it may be the one that was ended. */
const refresh = (): void => {
  for (const key of ['sessions', 'session']) void queries.invalidateQueries({ queryKey: [key] });
};

/** Where the reader, or for who administers anybody, is signed in. */
export function Sessions({ ofAll }: { readonly ofAll: boolean }): JSX.Element {
  const words = useWords();
  const { say } = words;
  const sessions = useQuery({
    queryKey: ['sessions', ofAll],
    queryFn: ({ signal }) => (ofAll ? node.listSessions({}, { signal }) : node.listOwnSessions({}, { signal })),
  });
  const end = (id: string): void => {
    const params = { id };
    (ofAll ? node.endSession({ params }) : node.endOwnSession({ params }))
      .catch((error: unknown) => notifyProblem(error, words))
      .finally(refresh);
  };
  return (
    <section className="setting">
      <h2>{say('sessions.title')}</h2>
      <p className="muted">{say('sessions.text')}</p>
      {sessions.isError && <ProblemNote error={sessions.error} onRetry={() => void sessions.refetch()} />}
      <ul className="tokens">
        {sessions.data?.rows.map((session) => (
          <li key={session.id}>
            <bdi className="strong">{visibleText(session.account)}</bdi>
            <bdi className="muted clip" title={visibleText(session.agent)}>
              {visibleText(session.address)}
            </bdi>
            <span className="muted small">
              <Moment at={session.usedAt} /> {session.isThis && `(${say('sessions.this')})`}
            </span>
            <IconButton
              icon="close"
              name={say('sessions.end', { name: session.account })}
              onPress={() => end(session.id)}
            />
          </li>
        ))}
      </ul>
    </section>
  );
}
