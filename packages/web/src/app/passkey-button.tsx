import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import type { JSX } from 'react';
import { Button } from '../kit/button.tsx';
import { ProblemNote } from '../kit/problem-note.tsx';
import { useWords } from '../words/use-words.ts';
import { hasPasskeys } from './has-passkeys.ts';
import { queries } from './node.ts';

/** Signs in with a passkey; not there where browsers use none. What speaks to the device is loaded when it is pressed. */
export function PasskeyButton(): JSX.Element | null {
  const { say } = useWords();
  const navigate = useNavigate();
  const [error, setError] = useState<unknown>();
  if (!hasPasskeys()) return null;
  const signIn = async (): Promise<void> => {
    setError(undefined);
    try {
      const { signInWithPasskey } = await import('../settings/passkey-device.ts');
      const session = await signInWithPasskey();
      if (session === undefined) return;
      queries.setQueryData(['session'], session);
      await navigate({ to: '/', replace: true });
    } catch (problem) {
      setError(problem);
    }
  };
  return (
    <>
      <div>
        <Button look="primary" onPress={() => void signIn()}>
          {say('signIn.passkey')}
        </Button>
      </div>
      {error !== undefined && <ProblemNote error={error} />}
    </>
  );
}
