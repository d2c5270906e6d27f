import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { JSX } from 'react';
import { roleNames } from '@comity/protocol/api';
import type { AccountView, Role } from '@comity/protocol/api';
import { node, queries } from '../app/node.ts';
import { Button, IconButton } from '../kit/button.tsx';
import { Dialog } from '../kit/dialog.tsx';
import { Choice, TextField } from '../kit/fields.tsx';
import { Form } from '../kit/form.tsx';
import { Moment } from '../kit/moment.tsx';
import { ProblemNote, notifyProblem } from '../kit/problem-note.tsx';
import { visibleText } from '../words/visible-text.ts';
import { useWords } from '../words/use-words.ts';
import type { Words } from '../words/use-words.ts';
import { OneTimeText } from '../kit/one-time-text.tsx';

const rolesOffered = ({ say }: Words) =>
  roleNames.map((id) => ({ id, name: say(`role.${id}`), hint: say(`role.${id}.text`) }));
const refresh = (): void => {
  for (const key of ['people', 'sessions']) void queries.invalidateQueries({ queryKey: [key] });
};

/** Everybody who may sign in, for who administers. */
export function People(): JSX.Element {
  const words = useWords();
  const { say } = words;
  const [inviting, setInviting] = useState(false);
  const [link, setLink] = useState<{ readonly name: string; readonly url: string }>();
  const people = useQuery({ queryKey: ['people'], queryFn: ({ signal }) => node.listAccounts({}, { signal }) });
  const act = (work: Promise<unknown>): void =>
    void work.catch((error: unknown) => notifyProblem(error, words)).finally(refresh);
  const renew = async (name: string): Promise<void> => {
    const { url } = await node.renewAccountLink({ params: { id: name }, body: {} });
    setLink({ name, url });
  };
  return (
    <section className="setting">
      <h2>{say('people.title')}</h2>
      <p className="muted">{say('people.text')}</p>
      {people.isError && <ProblemNote error={people.error} onRetry={() => void people.refetch()} />}
      <ul className="people">
        {people.data?.rows.map((person) => (
          <Person key={person.name} person={person} act={act} onRenew={() => act(renew(person.name))} />
        ))}
      </ul>
      <div>
        <Button icon="plus" onPress={() => setInviting(true)}>
          {say('people.invite')}
        </Button>
      </div>
      <Dialog title={say('people.invite')} isOpen={inviting} onClose={() => setInviting(false)}>
        <Invite
          onInvited={(invited) => {
            setInviting(false);
            setLink(invited);
            refresh();
          }}
        />
      </Dialog>
      <Dialog
        title={say('people.renew', { name: link?.name ?? '' })}
        isOpen={link !== undefined}
        onClose={() => setLink(undefined)}
      >
        {link && (
          <OneTimeText text={link.url} onDone={() => setLink(undefined)}>
            {say('people.link', { name: link.name })}
          </OneTimeText>
        )}
      </Dialog>
    </section>
  );
}

interface PersonProps {
  readonly person: AccountView;
  readonly act: (work: Promise<unknown>) => void;
  readonly onRenew: () => void;
}

function Person({ person, act, onRenew }: PersonProps): JSX.Element {
  const words = useWords();
  const { say } = words;
  const { name, role, state, lastSignInAt } = person;
  const isDisabled = state === 'disabled';
  const change = (body: { role?: Role; isDisabled?: boolean }): void =>
    act(node.changeAccount({ params: { id: name }, body }));
  return (
    <li>
      <bdi className="strong break">{visibleText(name)}</bdi>
      <Choice
        label={say('people.roleOf', { name })}
        look="chip"
        value={role}
        items={rolesOffered(words)}
        onChange={(chosen) => change({ role: chosen })}
      />
      <span className="muted small">
        {say(`people.${state}`)}
        {state === 'active' && lastSignInAt !== undefined && (
          <>
            {' · '}
            <Moment at={lastSignInAt} />
          </>
        )}
      </span>
      <span className="person-acts">
        <IconButton icon="link" name={say('people.renew', { name })} isDisabled={isDisabled} onPress={onRenew} />
        <IconButton
          icon={isDisabled ? 'play' : 'pause'}
          name={say(isDisabled ? 'people.enable' : 'people.disable', { name })}
          onPress={() => change({ isDisabled: !isDisabled })}
        />
      </span>
    </li>
  );
}

function Invite({
  onInvited,
}: {
  readonly onInvited: (invited: { readonly name: string; readonly url: string }) => void;
}): JSX.Element {
  const words = useWords();
  const { say } = words;
  const [name, setName] = useState('');
  const [role, setRole] = useState<Role>('viewer');
  const invite = useMutation({
    mutationFn: () => node.inviteAccount({ body: { name: name.trim(), role } }),
    onSuccess: ({ account, url }) => onInvited({ name: account.name, url }),
  });
  return (
    <Form work={invite} act={say('people.invite')} isReady={name.trim() !== ''}>
      <TextField
        label={say('tokens.name')}
        hint={say('people.name.hint')}
        value={name}
        onChange={setName}
        isRequired
        takesFocus
        mono
      />
      <Choice label={say('people.role')} value={role} items={rolesOffered(words)} onChange={setRole} />
    </Form>
  );
}
