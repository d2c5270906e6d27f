import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { JSX } from 'react';
import type { InvitationView } from '@comity/protocol/api';
import { node } from '../app/node.ts';
import { Place } from '../app/place.tsx';
import { Button, IconButton } from '../kit/button.tsx';
import { copyText } from '../kit/copy.ts';
import { Checkbox, Choice, TextField } from '../kit/fields.tsx';
import { Form } from '../kit/form.tsx';
import { Icon } from '../kit/icon.tsx';
import { Moment } from '../kit/moment.tsx';
import { notifyProblem } from '../kit/problem-note.tsx';
import { TextBlock } from '../kit/text-block.tsx';
import { Trail } from '../kit/trail.tsx';
import { Untrusted } from '../kit/untrusted.tsx';
import { useWords } from '../words/use-words.ts';
import { federationChanged, invitationsQuery, membersQuery } from './federation-queries.ts';
import { JoinProgress } from './join-progress.tsx';

const lifetimes = ['1', '7', '30', '90'] as const;

/** Makes an invitation, says what is in it, and shows what becomes of it. */
export default function InvitePlace(): JSX.Element {
  const { say } = useWords();
  const [made, setMade] = useState<{ readonly text: string; readonly invitation: InvitationView }>();
  return (
    <Place title={say('fed.invite')} heading={<Trail from="federation" name={say('fed.invite')} />}>
      <div className="fed-column">
        {made === undefined ? <InviteForm onMade={setMade} /> : <Made {...made} onAnother={() => setMade(undefined)} />}
        <Given but={made?.invitation.id} />
      </div>
    </Place>
  );
}

function InviteForm({
  onMade,
}: {
  readonly onMade: (made: { text: string; invitation: InvitationView }) => void;
}): JSX.Element {
  const { say } = useWords();
  const [hint, setHint] = useState('');
  const [days, setDays] = useState<(typeof lifetimes)[number]>('7');
  const [accepts, setAccepts] = useState(false);
  const [allowPrivate, setAllowPrivate] = useState(false);
  const invite = useMutation({
    mutationFn: () =>
      node.inviteMember({ body: { hint: hint.trim(), hours: Number(days) * 24, accepts, allowPrivate } }),
    onSuccess: (made) => {
      federationChanged();
      onMade(made);
    },
  });
  return (
    <section className="fed-card" aria-label={say('fed.invite')}>
      <Form work={invite} act={say('invite.make')}>
        <p>{say('invite.lead')}</p>
        <TextField label={say('invite.hint')} hint={say('invite.hint.text')} value={hint} onChange={setHint} />
        <Choice
          label={say('invite.days')}
          value={days}
          onChange={setDays}
          items={lifetimes.map((id) => ({ id, name: say('invite.days.count', { count: Number(id) }) }))}
        />
        <Checkbox isOn={accepts} onChange={setAccepts}>
          {say('invite.accepts')}
        </Checkbox>
        <Checkbox isOn={allowPrivate} onChange={setAllowPrivate}>
          {say('member.allowPrivate')}
        </Checkbox>
      </Form>
    </section>
  );
}

interface MadeProps {
  readonly text: string;
  readonly invitation: InvitationView;
  readonly onAnother: () => void;
}

function Made({ text, invitation, onAnother }: MadeProps): JSX.Element {
  const { say } = useWords();
  const given = useQuery({ ...invitationsQuery, refetchInterval: 2000 });
  const members = useQuery({ ...membersQuery, refetchInterval: 2000 });
  const now = given.data?.rows.find(({ id }) => id === invitation.id) ?? invitation;
  const taker = members.data?.rows.find(({ id }) => id === now.usedBy);
  return (
    <>
      <section className="fed-card">
        <h2>{say('invite.made')}</h2>
        {now.usedBy === undefined && (
          <>
            <p>{say('invite.made.text')}</p>
            <TextBlock look="command break">{text}</TextBlock>
            <p className="section-foot">
              {/* oxlint-disable-next-line jsx-a11y/no-autofocus -- the button that was pressed is gone: else the keyboard is outside */}
              <Button autoFocus look="primary" icon="copy" onPress={() => void copyText(text, say('copied.text'))}>
                {say('act.copyText')}
              </Button>
            </p>
            <h3>{say('invite.holds')}</h3>
            <ul className="fed-list">
              <li>{say('invite.holds.who')}</li>
              <li>{say('invite.holds.where')}</li>
              <li>{say('invite.holds.key')}</li>
              <li>
                {say('invite.holds.until')} <Moment at={now.until} form="both" />
              </li>
            </ul>
          </>
        )}
        <h3>{say('join.next')}</h3>
        <JoinProgress
          steps={[
            { text: say('invite.step.made'), state: 'done' },
            { text: say('invite.step.handed'), state: now.usedBy === undefined ? 'now' : 'done' },
            {
              text: say(invitation.accepts ? 'invite.step.taken.accepts' : 'invite.step.taken'),
              state: taker === undefined ? 'later' : taker.state === 'asking' ? 'now' : 'done',
            },
            { text: say('join.step.joined'), state: taker?.state === 'joined' ? 'done' : 'later' },
          ]}
          member={taker}
        />
        <p className="section-foot">
          <Button look="quiet" icon="plus" onPress={onAnother}>
            {say('invite.another')}
          </Button>
        </p>
      </section>
    </>
  );
}

/** Invitations that were given before: who took each up, or how to withdraw it. */
function Given({ but }: { readonly but: string | undefined }): JSX.Element | null {
  const words = useWords();
  const { say } = words;
  const given = useQuery(invitationsQuery);
  const members = useQuery(membersQuery);
  const rows = (given.data?.rows ?? []).filter(({ id }) => id !== but);
  if (rows.length === 0) return null;
  const withdraw = (id: string): void => {
    node
      .withdrawInvitation({ params: { id } })
      .catch((error: unknown) => notifyProblem(error, words))
      .finally(federationChanged);
  };
  return (
    <section className="section">
      <h2>{say('invite.given')}</h2>
      <ul className="fed-objects">
        {rows.map(({ id, hint, until, usedBy }) => (
          <li key={id}>
            {hint === '' ? (
              <bdi className="mono" dir="ltr">
                {id}
              </bdi>
            ) : (
              <Untrusted text={hint} />
            )}
            {usedBy === undefined ? (
              <span className="status status-waiting">
                <Icon name="clock" />
                <span>
                  {say('invite.open')} <Moment at={until} />
                </span>
              </span>
            ) : (
              <span className="status">
                <Icon name="check" />
                {say('invite.used', {
                  name: members.data?.rows.find((member) => member.id === usedBy)?.name ?? usedBy.slice(0, 16),
                })}
              </span>
            )}
            {usedBy === undefined && (
              <IconButton icon="trash" name={say('invite.withdraw')} onPress={() => withdraw(id)} />
            )}
          </li>
        ))}
      </ul>
    </section>
  );
}
