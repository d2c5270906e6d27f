import { useEffect } from 'react';
import type { JSX } from 'react';
import { Mark } from '../kit/icon.tsx';
import { ProblemNote } from '../kit/problem-note.tsx';
import { useWords } from '../words/use-words.ts';
import { PasskeyButton } from './passkey-button.tsx';
import { ProviderButton } from './provider-button.tsx';

/** By the identity provider, by a passkey, or how to get a link: on the machine itself, so that no password is needed to be safe. */
export function HowToSignIn(): JSX.Element {
  const { say } = useWords();
  return (
    <>
      <ProviderButton />
      <PasskeyButton />
      <p>{say('signIn.how')}</p>
      <pre className="command" dir="ltr">
        ./comity sign-in
      </pre>
      <p className="muted">{say('signIn.once')}</p>
    </>
  );
}

export function SignedOutPage(): JSX.Element {
  const { say } = useWords();
  useEffect(() => {
    document.title = `${say('signIn.out')} · Comity`;
  }, [say]);
  return (
    <main className="gate">
      <Mark />
      <h1>{say('signIn.out')}</h1>
      <HowToSignIn />
    </main>
  );
}

export interface UnreachablePageProps {
  readonly error: unknown;
  readonly onRetry: () => void;
}

export function UnreachablePage({ error, onRetry }: UnreachablePageProps): JSX.Element {
  const { say } = useWords();
  return (
    <main className="gate">
      <Mark />
      <h1>{say('signIn.unreachable')}</h1>
      <ProblemNote error={error} onRetry={onRetry} />
    </main>
  );
}
