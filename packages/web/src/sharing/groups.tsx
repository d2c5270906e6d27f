import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import type { JSX } from 'react';
import type { RecipientGroupView, RecipientView } from '@comity/protocol/api';
import { node } from '../app/node.ts';
import { Button, IconButton } from '../kit/button.tsx';
import { Dialog } from '../kit/dialog.tsx';
import { TextField } from '../kit/fields.tsx';
import { Form } from '../kit/form.tsx';
import { notify } from '../kit/notices.ts';
import { notifyProblem } from '../kit/problem-note.tsx';
import { visibleText } from '../words/visible-text.ts';
import { useWords } from '../words/use-words.ts';
import { keyOfName } from './recipient-key.ts';
import { recipientsChanged } from './sharing-queries.ts';
import { TickList } from './tick-list.tsx';
import { useRecipientNames } from './recipient-name.tsx';

export interface GroupsProps {
  readonly groups: readonly RecipientGroupView[];
  readonly recipients: readonly RecipientView[];
  readonly mayGovern: boolean;
}

/** Groups an object or a collection may be given to, with who is in each. */
export function Groups({ groups, recipients, mayGovern }: GroupsProps): JSX.Element {
  const { say } = useWords();
  const [open, setOpen] = useState<RecipientGroupView | 'new'>();
  const close = (): void => setOpen(undefined);
  return (
    <section className="section" aria-label={say('groups.title')}>
      <div className="panels-head">
        <h2>{say('groups.title')}</h2>
        {mayGovern && (
          <Button icon="plus" onPress={() => setOpen('new')}>
            {say('groups.add')}
          </Button>
        )}
      </div>
      {groups.length === 0 && <p className="muted">{say('groups.none')}</p>}
      <ul className="groups">
        {groups.map((group) => (
          <Group key={group.id} group={group} onChange={mayGovern ? () => setOpen(group) : undefined} />
        ))}
      </ul>
      <Dialog title={say(open === 'new' ? 'groups.add' : 'group.change')} isOpen={open !== undefined} onClose={close}>
        <GroupForm of={open === 'new' ? undefined : open} recipients={recipients} onDone={close} />
      </Dialog>
    </section>
  );
}

interface GroupProps {
  readonly group: RecipientGroupView;
  /** Opens its form; undefined: whoever looks may not change it. */
  readonly onChange: (() => void) | undefined;
}

function Group({ group, onChange }: GroupProps): JSX.Element {
  const words = useWords();
  const { say, figures } = words;
  const nameOf = useRecipientNames();
  const name = visibleText(group.name);
  const tell = (work: Promise<unknown>): void =>
    void work.catch((error: unknown) => notifyProblem(error, words)).finally(recipientsChanged);
  const remove = (): void =>
    tell(
      node.removeRecipientGroup({ params: { id: group.id } }).then(() =>
        notify({
          text: say('group.removed', { name }),
          undo: () => tell(node.saveRecipientGroup({ body: group })),
        }),
      ),
    );
  return (
    <li>
      <span className="group-name">
        <b>
          <bdi>{name}</bdi>
        </b>
        <bdi className="mono muted" dir="ltr">
          group:{group.id}
        </bdi>
      </span>
      <span className="muted group-members">
        {group.members.length === 0 ? say('group.nobody') : figures.list(group.members.map(nameOf))}
      </span>
      {onChange && (
        <span className="group-acts">
          <IconButton icon="edit" name={say('recipient.changeOne', { name })} onPress={onChange} />
          <IconButton icon="trash" name={say('feed.remove', { name })} onPress={remove} />
        </span>
      )}
    </li>
  );
}

interface GroupFormProps {
  readonly of: RecipientGroupView | undefined;
  readonly recipients: readonly RecipientView[];
  readonly onDone: () => void;
}

function GroupForm({ of, recipients, onDone }: GroupFormProps): JSX.Element {
  const { say } = useWords();
  const [name, setName] = useState(of?.name ?? '');
  const [members, setMembers] = useState<readonly string[]>(of?.members ?? []);
  const save = useMutation({
    mutationFn: () =>
      node.saveRecipientGroup({
        body: { id: of?.id ?? keyOfName(name, 'group'), name: name.trim(), members: [...members] },
      }),
    onSuccess: () => {
      recipientsChanged();
      onDone();
    },
  });
  return (
    <Form work={save} act={say(of === undefined ? 'groups.add' : 'act.save')} isReady={name.trim() !== ''}>
      <TextField label={say('recipient.name')} value={name} onChange={setName} isRequired takesFocus />
      <TickList
        label={say('group.members')}
        items={recipients
          .filter(({ kind }) => kind !== 'owner' && kind !== 'public')
          .map((each) => ({ id: each.key, name: visibleText(each.name) }))}
        chosen={members}
        onChange={setMembers}
        none={say('group.members.none')}
      />
    </Form>
  );
}
