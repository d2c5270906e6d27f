import { useQuery } from '@tanstack/react-query';
import type { JSX } from 'react';
import { node, queries } from '../app/node.ts';
import { Place } from '../app/place.tsx';
import { sessionQuery } from '../app/shared-queries.ts';
import { Facts } from '../kit/beside.tsx';
import { Button } from '../kit/button.tsx';
import { Moment } from '../kit/moment.tsx';
import { ProblemNote, notifyProblem } from '../kit/problem-note.tsx';
import { Untrusted } from '../kit/untrusted.tsx';
import { useWords } from '../words/use-words.ts';
import { Identity } from './identity.tsx';
import { Passkeys } from './passkeys.tsx';
import { People } from './people.tsx';
import { Sessions } from './sessions.tsx';
import { SettingsTabs } from './settings-tabs.tsx';
import { Tokens } from './tokens.tsx';

/** Who is signed in, how they sign in, and, for who administers, who else may. */
export default function AccessPlace(): JSX.Element {
  const { say } = useWords();
  const session = useQuery(sessionQuery);
  const administers = session.data?.scopes.includes('admin') ?? false;
  return (
    <Place title={say('access.title')} heading={say('place.settings')} aside={<SettingsTabs />}>
      <div className="settings">
        <OwnSession />
        <Passkeys />
        {administers && <People />}
        {administers && <Identity />}
        <Sessions ofAll={administers} />
        {administers && <Tokens />}
      </div>
    </Place>
  );
}

function OwnSession(): JSX.Element {
  const words = useWords();
  const { say, figures } = words;
  const session = useQuery(sessionQuery);
  const end = async (): Promise<void> => {
    try {
      await node.signOut();
      queries.clear();
      location.assign('/');
    } catch (error) {
      notifyProblem(error, words);
    }
  };
  return (
    <section className="setting">
      <h2>{say('settings.session')}</h2>
      {session.isError && <ProblemNote error={session.error} onRetry={() => void session.refetch()} />}
      {session.data && (
        <Facts
          facts={[
            [say('settings.session.name'), <Untrusted key="name" text={session.data.name} />],
            session.data.role && [say('people.role'), say(`role.${session.data.role}`)],
            [say('settings.session.scopes'), figures.list(session.data.scopes)],
            session.data.expiresAt === undefined
              ? undefined
              : [say('settings.session.until'), <Moment key="until" at={session.data.expiresAt} form="both" />],
          ]}
        />
      )}
      <div>
        <Button onPress={() => void end()}>{say('settings.signOut')}</Button>
      </div>
    </section>
  );
}
