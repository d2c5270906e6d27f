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
  for (const key of ['people', 'sessions', 'session']) void queries.invalidateQueries({ queryKey: [key] });
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
  const [choosing, setChoosing] = useState(false);
  return (
    <li>
      <bdi className="strong break">{visibleText(name)}</bdi>
      <span>{say(`role.${role}`)}</span>
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
        <IconButton icon="shield" name={say('people.roleOf', { name })} onPress={() => setChoosing(true)} />
        <IconButton icon="link" name={say('people.renew', { name })} isDisabled={isDisabled} onPress={onRenew} />
        <IconButton
          icon={isDisabled ? 'play' : 'pause'}
          name={say(isDisabled ? 'people.enable' : 'people.disable', { name })}
          onPress={() => act(node.changeAccount({ params: { id: name }, body: { isDisabled: !isDisabled } }))}
        />
      </span>
      <Dialog title={say('people.roleOf', { name })} isOpen={choosing} onClose={() => setChoosing(false)}>
        <ChangeRole person={person} onDone={() => setChoosing(false)} />
      </Dialog>
    </li>
  );
}

/** A role is given by the button: by keyboard, a list changes at each step on the way to another. */
function ChangeRole({ person, onDone }: { readonly person: AccountView; readonly onDone: () => void }): JSX.Element {
  const words = useWords();
  const { say } = words;
  const [role, setRole] = useState(person.role);
  const change = useMutation({
    mutationFn: () => node.changeAccount({ params: { id: person.name }, body: { role } }),
    onSuccess: () => {
      onDone();
      refresh();
    },
  });
  return (
    <Form work={change} act={say('people.changeRole')} isReady={role !== person.role}>
      <Choice label={say('people.role')} value={role} items={rolesOffered(words)} onChange={setRole} />
    </Form>
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
