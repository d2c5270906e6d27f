import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { JSX } from 'react';
import { hasPasskeys } from '../app/has-passkeys.ts';
import { node, queries } from '../app/node.ts';
import { Button, IconButton } from '../kit/button.tsx';
import { Dialog } from '../kit/dialog.tsx';
import { TextField } from '../kit/fields.tsx';
import { Form } from '../kit/form.tsx';
import { Moment } from '../kit/moment.tsx';
import { notify } from '../kit/notices.ts';
import { ProblemNote, notifyProblem } from '../kit/problem-note.tsx';
import { visibleText } from '../words/visible-text.ts';
import { useWords } from '../words/use-words.ts';
import { addPasskey, nameOfThisMachine } from './passkey-device.ts';

const refresh = (): void => void queries.invalidateQueries({ queryKey: ['passkeys'] });

/** The reader's own passkeys. */
export function Passkeys(): JSX.Element {
  const words = useWords();
  const { say } = words;
  const [adding, setAdding] = useState(false);
  const passkeys = useQuery({ queryKey: ['passkeys'], queryFn: ({ signal }) => node.listPasskeys({}, { signal }) });
  const remove = (id: string): void => {
    node
      .removePasskey({ params: { id } })
      .catch((error: unknown) => notifyProblem(error, words))
      .finally(refresh);
  };
  const works = hasPasskeys();
  return (
    <section className="setting">
      <h2>{say('passkeys.title')}</h2>
      <p className="muted">{works ? say('passkeys.text') : say('passkeys.unfit', { url: nameOfThisMachine() })}</p>
      {passkeys.isError && <ProblemNote error={passkeys.error} onRetry={() => void passkeys.refetch()} />}
      <ul className="tokens">
        {passkeys.data?.rows.map((passkey) => (
          <li key={passkey.id}>
            <bdi className="strong">{visibleText(passkey.name)}</bdi>
            <bdi className="muted">{visibleText(passkey.host)}</bdi>
            <span className="muted small">
              {passkey.usedAt === undefined ? say('tokens.unused') : <Moment at={passkey.usedAt} />}
            </span>
            <IconButton
              icon="trash"
              name={say('feed.remove', { name: passkey.name })}
              onPress={() => remove(passkey.id)}
            />
          </li>
        ))}
      </ul>
      <div>
        <Button icon="plus" isDisabled={!works} onPress={() => setAdding(true)}>
          {say('passkeys.add')}
        </Button>
      </div>
      <Dialog title={say('passkeys.add')} isOpen={adding} onClose={() => setAdding(false)}>
        <AddPasskey onDone={() => setAdding(false)} />
      </Dialog>
    </section>
  );
}

function AddPasskey({ onDone }: { readonly onDone: () => void }): JSX.Element {
  const { say } = useWords();
  const [name, setName] = useState('');
  const add = useMutation({
    mutationFn: () => addPasskey(name.trim()),
    onSuccess: (made) => {
      if (!made) notify({ text: say('passkeys.stopped') });
      onDone();
      refresh();
    },
  });
  return (
    <Form work={add} act={say('passkeys.add')} isReady={name.trim() !== ''}>
      <TextField
        label={say('tokens.name')}
        hint={say('passkeys.name.hint')}
        value={name}
        onChange={setName}
        isRequired
        takesFocus
      />
    </Form>
  );
}
