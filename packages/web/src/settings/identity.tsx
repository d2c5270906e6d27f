import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { JSX } from 'react';
import type { IdentityProviderView } from '@comity/protocol/api';
import { node, queries } from '../app/node.ts';
import { Facts } from '../kit/beside.tsx';
import { Button } from '../kit/button.tsx';
import { Dialog } from '../kit/dialog.tsx';
import { ProblemNote, notifyProblem } from '../kit/problem-note.tsx';
import { Untrusted } from '../kit/untrusted.tsx';
import { useWords } from '../words/use-words.ts';
import { IdentityForm } from './identity-form.tsx';

const refresh = (): void => {
  for (const key of ['identity', 'sign-in-provider']) void queries.invalidateQueries({ queryKey: [key] });
};

/** The identity provider people sign in by, for who administers. */
export function Identity(): JSX.Element {
  const words = useWords();
  const { say } = words;
  const [isSetting, setSetting] = useState(false);
  const shown = useQuery({
    queryKey: ['identity'],
    queryFn: ({ signal }) => node.showIdentityProvider({}, { signal }),
  });
  const provider = shown.data?.provider;
  const remove = (): void => {
    node
      .removeIdentityProvider()
      .catch((error: unknown) => notifyProblem(error, words))
      .finally(refresh);
  };
  return (
    <section className="setting">
      <h2>{say('identity.title')}</h2>
      <p className="muted">{say('identity.text')}</p>
      {shown.isError && <ProblemNote error={shown.error} onRetry={() => void shown.refetch()} />}
      {shown.data && <ProviderFacts provider={provider} redirectUri={shown.data.redirectUri} />}
      <div className="setting-acts">
        <Button onPress={() => setSetting(true)} isDisabled={!shown.data}>
          {say(provider ? 'identity.change' : 'identity.set')}
        </Button>
        {provider && <Button onPress={remove}>{say('identity.remove')}</Button>}
      </div>
      <Dialog title={say('identity.title')} isOpen={isSetting} onClose={() => setSetting(false)}>
        <IdentityForm
          provider={provider}
          onDone={() => {
            setSetting(false);
            refresh();
          }}
        />
      </Dialog>
    </section>
  );
}

interface ProviderFactsProps {
  readonly provider: IdentityProviderView | undefined;
  readonly redirectUri: string;
}

function ProviderFacts({ provider, redirectUri }: ProviderFactsProps): JSX.Element {
  const { say } = useWords();
  const code = (text: string): JSX.Element => (
    <span className="mono break" dir="ltr">
      <Untrusted text={text} />
    </span>
  );
  return (
    <Facts
      facts={[
        provider && [say('tokens.name'), <Untrusted key="name" text={provider.name} />],
        provider && [say('identity.issuer'), code(provider.issuer)],
        provider && [say('identity.client'), code(provider.clientId)],
        [say('identity.redirect'), code(redirectUri)],
        provider && [
          say('identity.roles'),
          <ul key="roles">
            {provider.roles.map(({ value, role }) => (
              <li key={value}>
                {code(value)} · {say(`role.${role}`)}
              </li>
            ))}
            <li>{say(provider.others === 'viewer' ? 'identity.others.viewer' : 'identity.others.refused')}</li>
          </ul>,
        ],
      ]}
    />
  );
}
