import { ComityError } from '@comity/protocol/base';
import { useNavigate } from '@tanstack/react-router';
import { useEffect, useState } from 'react';
import type { JSX } from 'react';
import { Icon, Mark } from '../kit/icon.tsx';
import { ProblemNote } from '../kit/problem-note.tsx';
import { useWords } from '../words/use-words.ts';
import { node, queries } from './node.ts';
import { HowToSignIn } from './signed-out-page.tsx';

/**
 * The code of the one-time link. It stands behind the `#`, so it is in no log of any server; it leaves the address, and
 * with it the history of this browser, before it is used.
 */
function takeCode(): string | undefined {
  const code = new URLSearchParams(location.hash.slice(1)).get('code') ?? undefined;
  if (code !== undefined) history.replaceState(history.state, '', '/sign-in');
  return code;
}

/** The code is wrong, used or over: what to do then is what the page says anyhow. */
const isUsed = (error: unknown): boolean => error instanceof ComityError && error.code === 'NOT_SIGNED_IN';

/** Trades the code of the link for a session. */
export function SignInPage(): JSX.Element {
  const { say } = useWords();
  const navigate = useNavigate();
  const [code] = useState(takeCode);
  const [error, setError] = useState<unknown>();
  useEffect(() => {
    document.title = `${say('signIn.title')} · Comity`;
    if (code === undefined) return;
    node.signIn({ body: { code } }).then(
      (session) => {
        queries.setQueryData(['session'], session);
        void navigate({ to: '/', replace: true });
      },
      (problem: unknown) => setError(problem),
    );
  }, [code, navigate, say]);
  return (
    <main className="gate">
      <Mark />
      <h1>{say('signIn.title')}</h1>
      {error !== undefined &&
        (isUsed(error) ? (
          <p className="problem" role="alert">
            <Icon name="warning" />
            {say('signIn.used')}
          </p>
        ) : (
          <ProblemNote error={error} />
        ))}
      {error === undefined && code !== undefined ? <p className="muted">{say('signIn.working')}</p> : <HowToSignIn />}
    </main>
  );
}
