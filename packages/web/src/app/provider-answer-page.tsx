import { ComityError } from '@comity/protocol/base';
import { useNavigate } from '@tanstack/react-router';
import { useEffect, useState } from 'react';
import type { JSX } from 'react';
import { Icon, Mark } from '../kit/icon.tsx';
import { ProblemNote } from '../kit/problem-note.tsx';
import { Untrusted } from '../kit/untrusted.tsx';
import { useWords } from '../words/use-words.ts';
import { node, queries } from './node.ts';
import { HowToSignIn } from './signed-out-page.tsx';

/**
 * Trades what the identity provider sent the browser back with for a session: asked by this page, so that the browser sends the
 * cookie it keeps from other sites.
 */
export default function ProviderAnswerPage(): JSX.Element {
  const { say } = useWords();
  const navigate = useNavigate();
  const [isWorking, setWorking] = useState(location.search !== '');
  const [error, setError] = useState<unknown>();
  useEffect(() => {
    document.title = `${say('signIn.title')} · Comity`;
  }, [say]);
  useEffect(() => {
    const query = location.search;
    if (query === '') return;
    // Out of the address, and with it out of the history of this browser, before it is used.
    history.replaceState(history.state, '', '/sign-in/provider');
    const signIn = async (): Promise<void> => {
      try {
        queries.setQueryData(['session'], await node.signInByProvider({ body: { query } }));
        await navigate({ to: '/', replace: true });
      } catch (problem) {
        setError(problem);
        setWorking(false);
      }
    };
    void signIn();
  }, [navigate]);
  return (
    <main className="gate">
      <Mark />
      <h1>{say('signIn.title')}</h1>
      {error !== undefined && <Refusal error={error} />}
      {isWorking ? <p className="muted">{say('signIn.working')}</p> : <HowToSignIn />}
    </main>
  );
}

/** In the node's own words: what to do about a session or a link would not help here. */
function Refusal({ error }: { readonly error: unknown }): JSX.Element {
  const { say } = useWords();
  if (!(error instanceof ComityError) || error.code === 'NODE_UNREACHABLE') return <ProblemNote error={error} />;
  return (
    <div className="problem" role="alert">
      <Icon name="warning" />
      <div>
        <p>
          <Untrusted text={error.message} />
        </p>
        <p className="muted">{say('signIn.provider.failed')}</p>
      </div>
    </div>
  );
}
