import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { JSX } from 'react';
import { Button } from '../kit/button.tsx';
import { ProblemNote } from '../kit/problem-note.tsx';
import { visibleText } from '../words/visible-text.ts';
import { useWords } from '../words/use-words.ts';
import { node } from './node.ts';

/** Leads to the identity provider, which sends the browser back; not there where none is set up. */
export function ProviderButton(): JSX.Element | null {
  const { say } = useWords();
  const [error, setError] = useState<unknown>();
  const provider = useQuery({
    queryKey: ['sign-in-provider'],
    queryFn: ({ signal }) => node.findSignInProvider({}, { signal }),
    staleTime: 60_000,
  });
  const name = provider.data?.name;
  if (name === undefined) return null;
  const begin = (): void => {
    setError(undefined);
    node.beginProviderSignIn().then(({ url }) => location.assign(url), setError);
  };
  return (
    <>
      <div>
        <Button look="primary" onPress={begin}>
          {visibleText(say('signIn.provider', { name }))}
        </Button>
      </div>
      {error !== undefined && <ProblemNote error={error} />}
    </>
  );
}
