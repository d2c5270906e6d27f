import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { JSX } from 'react';
import type { MemberView } from '@comity/protocol/api';
import { node } from '../app/node.ts';
import { Place } from '../app/place.tsx';
import { Button } from '../kit/button.tsx';
import { Checkbox, TextField } from '../kit/fields.tsx';
import { Form } from '../kit/form.tsx';
import { ProblemNote } from '../kit/problem-note.tsx';
import { Trail } from '../kit/trail.tsx';
import { visibleText } from '../words/visible-text.ts';
import { useWords } from '../words/use-words.ts';
import { federationChanged, membersQuery } from './federation-queries.ts';
import { JoinProgress } from './join-progress.tsx';
import { Compare, MemberSaying } from './member-saying.tsx';

type Giver = Awaited<ReturnType<typeof node.showGiver>>;

/** Takes up an invitation: pasted, looked at, compared, and only then taken up. */
export default function JoinPlace(): JSX.Element {
  const { say } = useWords();
  const [invitation, setInvitation] = useState('');
  const [allowPrivate, setAllowPrivate] = useState(false);
  const [giver, setGiver] = useState<Giver>();
  const [joined, setJoined] = useState<MemberView>();
  const look = useMutation({
    mutationFn: () => node.showGiver({ body: { invitation, allowPrivate } }),
    onSuccess: setGiver,
  });
  return (
    <Place title={say('fed.join')} heading={<Trail from="federation" name={say('fed.join')} />}>
      <div className="fed-column">
        {joined === undefined && giver === undefined && (
          <section className="fed-card" aria-label={say('fed.join')}>
            <Form work={look} act={say('join.look')} isReady={invitation.trim() !== ''}>
              <p>{say('join.lead')}</p>
              <TextField
                label={say('join.invitation')}
                hint={say('join.invitation.hint')}
                value={invitation}
                onChange={setInvitation}
                placeholder="comity1…"
                lines={4}
                isRequired
                takesFocus
                mono
              />
              <Checkbox isOn={allowPrivate} onChange={setAllowPrivate}>
                {say('member.allowPrivate')}
              </Checkbox>
            </Form>
          </section>
        )}
        {joined === undefined && giver !== undefined && (
          <TakeUp
            giver={giver}
            body={{ invitation, allowPrivate }}
            onBack={() => setGiver(undefined)}
            onJoined={setJoined}
          />
        )}
        {joined && <After member={joined} />}
      </div>
    </Place>
  );
}

interface TakeUpProps {
  readonly giver: Giver;
  readonly body: { readonly invitation: string; readonly allowPrivate: boolean };
  readonly onBack: () => void;
  readonly onJoined: (member: MemberView) => void;
}

/** Whom the invitation names, as their node says now, and the button that takes it up. */
function TakeUp({ giver, body, onBack, onJoined }: TakeUpProps): JSX.Element {
  const { say } = useWords();
  const [isCompared, setCompared] = useState(false);
  const join = useMutation({
    mutationFn: () => node.joinMember({ body }),
    onSuccess: (member) => {
      federationChanged();
      onJoined(member);
    },
  });
  return (
    <section className="fed-card">
      <h2>{say('join.names', { name: giver.name })}</h2>
      <p>{say(giver.isKnown ? 'join.known' : 'join.verified')}</p>
      <Compare member={giver} />
      <MemberSaying member={giver} />
      <h3>{say('join.means')}</h3>
      <ul className="fed-list">
        <li>{say('join.means.know')}</li>
        <li>{say('join.means.law')}</li>
        <li>{say('join.means.witness')}</li>
      </ul>
      <Checkbox isOn={isCompared} onChange={setCompared}>
        {say('member.accept.compared')}
      </Checkbox>
      {join.isError && <ProblemNote error={join.error} />}
      <footer className="dialog-foot">
        <Button icon="back" onPress={onBack}>
          {say('join.back')}
        </Button>
        <Button look="primary" isDisabled={!isCompared || join.isPending} onPress={() => join.mutate()}>
          {say('join.take')}
        </Button>
      </footer>
    </section>
  );
}

/** What became of it, told as it happens: they may still have to say yes. */
function After({ member }: { readonly member: MemberView }): JSX.Element {
  const { say } = useWords();
  const members = useQuery({ ...membersQuery, refetchInterval: 2000 });
  const now = members.data?.rows.find(({ id }) => id === member.id) ?? member;
  const isJoined = now.state === 'joined';
  return (
    <section className="fed-card">
      <h2>{say(isJoined ? 'join.done' : 'join.waits', { name: visibleText(now.name) })}</h2>
      <JoinProgress
        steps={[
          { text: say('join.step.taken'), state: 'done' },
          { text: say('join.step.answer', { name: now.name }), state: isJoined ? 'done' : 'now' },
          { text: say('join.step.joined'), state: isJoined ? 'done' : 'later' },
        ]}
        member={now}
      />
    </section>
  );
}
