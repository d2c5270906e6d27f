import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { JSX } from 'react';
import { scopes } from '@comity/protocol/api';
import type { Scope } from '@comity/protocol/api';
import { node, queries } from '../app/node.ts';
import { Button, IconButton } from '../kit/button.tsx';
import { Dialog } from '../kit/dialog.tsx';
import { Checkbox, TextField } from '../kit/fields.tsx';
import { Form } from '../kit/form.tsx';
import { Moment } from '../kit/moment.tsx';
import { ProblemNote, notifyProblem } from '../kit/problem-note.tsx';
import { useWords } from '../words/use-words.ts';
import { visibleText } from '../words/visible-text.ts';
import { OneTimeText } from '../kit/one-time-text.tsx';

/** Tokens other programs use the node with. */
export function Tokens(): JSX.Element {
  const words = useWords();
  const { say, figures } = words;
  const [making, setMaking] = useState(false);
  const tokens = useQuery({ queryKey: ['tokens'], queryFn: ({ signal }) => node.listTokens({}, { signal }) });
  const remove = (id: string): void => {
    node
      .deleteToken({ params: { id } })
      .catch((error: unknown) => notifyProblem(error, words))
      .finally(() => void queries.invalidateQueries({ queryKey: ['tokens'] }));
  };
  return (
    <section className="setting">
      <h2>{say('tokens.title')}</h2>
      <p className="muted">{say('tokens.text')}</p>
      {tokens.isError && <ProblemNote error={tokens.error} onRetry={() => void tokens.refetch()} />}
      <ul className="tokens">
        {tokens.data?.rows.map((token) => (
          <li key={token.id}>
            <bdi className="strong">{visibleText(token.name)}</bdi>
            <span className="muted">{figures.list(token.scopes)}</span>
            <span className="muted small">
              {token.lastUsedAt === undefined ? say('tokens.unused') : <Moment at={token.lastUsedAt} />}{' '}
              <bdi>{say('tokens.madeBy', { name: token.madeBy })}</bdi>
              {token.expiresAt !== undefined && (
                <>
                  {' '}
                  {say('settings.session.until')} <Moment at={token.expiresAt} />
                </>
              )}
            </span>
            {token.needsCertificate && <span className="muted small">{say('tokens.needsCertificate')}</span>}
            {token.certificates.map(({ sha256, subject, validTo }) => (
              <span key={sha256} className="muted small">
                <bdi title={sha256}>{say('tokens.certificate', { name: visibleText(subject) })}</bdi>{' '}
                <Moment at={validTo} />
              </span>
            ))}
            <IconButton
              icon="trash"
              name={say('tokens.remove', { name: token.name })}
              onPress={() => remove(token.id)}
            />
          </li>
        ))}
      </ul>
      <div>
        <Button icon="plus" onPress={() => setMaking(true)}>
          {say('tokens.make')}
        </Button>
      </div>
      <Dialog title={say('tokens.make')} isOpen={making} onClose={() => setMaking(false)}>
        <MakeToken onDone={() => setMaking(false)} />
      </Dialog>
    </section>
  );
}

function MakeToken({ onDone }: { readonly onDone: () => void }): JSX.Element {
  const { say } = useWords();
  const [name, setName] = useState('');
  const [days, setDays] = useState('');
  const [chosen, setChosen] = useState<readonly Scope[]>(['read']);
  const make = useMutation({
    mutationFn: () =>
      node.createToken({ body: { name: name.trim(), scopes: [...chosen], expiresInDays: daysOf(days) } }),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['tokens'] }),
  });
  const made = make.data;
  if (made) {
    return (
      <OneTimeText text={made.secret} onDone={onDone}>
        {say('tokens.made')}
      </OneTimeText>
    );
  }
  return (
    <Form work={make} act={say('tokens.make')} isReady={chosen.length > 0 && name.trim() !== ''}>
      <TextField
        label={say('tokens.name')}
        hint={say('tokens.name.hint')}
        value={name}
        onChange={setName}
        isRequired
        takesFocus
      />
      <TextField
        label={say('tokens.days')}
        hint={say('tokens.days.hint')}
        value={days}
        onChange={setDays}
        type="number"
      />
      <fieldset className="scope-choice">
        <legend className="label">{say('tokens.scopes')}</legend>
        {scopes.map((scope) => (
          <Checkbox
            key={scope}
            isOn={chosen.includes(scope)}
            onChange={(on) => setChosen(on ? [...chosen, scope] : chosen.filter((one) => one !== scope))}
          >
            <b>{scope}</b> <span className="muted">{say(`scope.${scope}`)}</span>
          </Checkbox>
        ))}
      </fieldset>
    </Form>
  );
}

/** What is no number the browser does not send, since the field is of that kind; one out of range the node refuses. */
function daysOf(text: string): number | undefined {
  return text.trim() === '' ? undefined : Number(text);
}
