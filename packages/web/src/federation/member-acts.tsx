import { useMutation } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import type { JSX } from 'react';
import type { MemberView } from '@comity/protocol/api';
import { node } from '../app/node.ts';
import { Button } from '../kit/button.tsx';
import { Dialog } from '../kit/dialog.tsx';
import { Checkbox, TextField } from '../kit/fields.tsx';
import { Form } from '../kit/form.tsx';
import { notify } from '../kit/notices.ts';
import { notifyProblem } from '../kit/problem-note.tsx';
import { useMayGovern } from '../sharing/sharing-queries.ts';
import { useWords } from '../words/use-words.ts';
import { federationChanged } from './federation-queries.ts';

type Ending = 'suspend' | 'resume' | 'remove' | 'decline';

/** What can be done about a member; what it means is said before it is done. */
export function MemberActs({ member }: { readonly member: MemberView }): JSX.Element | null {
  const words = useWords();
  const { say, figures } = words;
  const mayGovern = useMayGovern();
  const [asking, setAsking] = useState<Ending | 'accept'>();
  const ping = useMutation({
    mutationFn: () => node.pingMember({ params: { id: member.id }, query: { refresh: 'true' } }),
    onSuccess: ({ answerMs }) =>
      notify({ text: say('member.pinged', { name: member.name, ms: figures.count(Math.round(answerMs)) }) }),
    onError: (error) => notifyProblem(error, words, member.name),
    onSettled: federationChanged,
  });
  if (!mayGovern) return null;
  const { state, isFrozen } = member;
  const close = (): void => setAsking(undefined);
  return (
    <div className="fed-ways">
      {state === 'asking' && (
        <>
          <Button look="primary" icon="check" onPress={() => setAsking('accept')}>
            {say('member.accept')}
          </Button>
          <Button icon="close" onPress={() => setAsking('decline')}>
            {say('member.decline')}
          </Button>
        </>
      )}
      {state === 'joined' && (
        <>
          <Button icon="refresh" isDisabled={ping.isPending} onPress={() => ping.mutate()}>
            {say('member.ping')}
          </Button>
          <Button icon="pause" onPress={() => setAsking('suspend')}>
            {say('member.suspend')}
          </Button>
        </>
      )}
      {state === 'suspended' && !isFrozen && (
        <Button look="primary" icon="play" onPress={() => setAsking('resume')}>
          {say('member.resume')}
        </Button>
      )}
      {state !== 'asking' && !isFrozen && (
        <Button look="quiet" icon="trash" onPress={() => setAsking('remove')}>
          {say('member.remove')}
        </Button>
      )}
      <Dialog title={say('member.accept.ask', { name: member.name })} isOpen={asking === 'accept'} onClose={close}>
        <AcceptForm member={member} onDone={close} />
      </Dialog>
      {asking !== undefined && asking !== 'accept' && (
        <Dialog title={say(`member.${asking}.ask`, { name: member.name })} isOpen onClose={close}>
          <EndingForm member={member} ending={asking} onDone={close} />
        </Dialog>
      )}
    </div>
  );
}

interface FormOfMemberProps {
  readonly member: MemberView;
  readonly onDone: () => void;
}

/** Asks whether the digits were compared, and what the member is to be called here. */
function AcceptForm({ member, onDone }: FormOfMemberProps): JSX.Element {
  const { say } = useWords();
  const [isCompared, setCompared] = useState(false);
  const [handle, setHandle] = useState(member.handle);
  const [allowPrivate, setAllowPrivate] = useState(member.allowPrivate);
  const accept = useMutation({
    mutationFn: () => node.acceptMember({ params: { id: member.id }, body: { handle: handle.trim(), allowPrivate } }),
    onSuccess: ({ name }) => {
      federationChanged();
      notify({ text: say('member.accepted', { name }) });
      onDone();
    },
  });
  return (
    <Form work={accept} act={say('member.accept')} isReady={isCompared && handle.trim() !== ''}>
      <p>{say('member.accept.text')}</p>
      <bdi className="digits-text mono" dir="ltr">
        {member.shortId}
      </bdi>
      <Checkbox isOn={isCompared} onChange={setCompared}>
        {say('member.accept.compared')}
      </Checkbox>
      <TextField
        label={say('member.handle')}
        hint={say('member.handle.hint')}
        value={handle}
        onChange={setHandle}
        mono
      />
      <Checkbox isOn={allowPrivate} onChange={setAllowPrivate}>
        {say('member.allowPrivate')}
      </Checkbox>
    </Form>
  );
}

function EndingForm({ member, ending, onDone }: FormOfMemberProps & { readonly ending: Ending }): JSX.Element {
  const { say } = useWords();
  const navigate = useNavigate();
  const work = useMutation({
    mutationFn: async () => {
      const params = { id: member.id };
      if (ending === 'suspend' || ending === 'resume')
        await node.alterMember({ params, body: { suspended: ending === 'suspend' } });
      else await node.removeMember({ params });
    },
    onSuccess: () => {
      federationChanged();
      notify({ text: say(`member.${ending}.done`, { name: member.name }) });
      onDone();
      if (ending === 'remove' || ending === 'decline') void navigate({ to: '/federation' });
    },
  });
  return (
    <Form work={work} act={say(`member.${ending}`)}>
      <p>{say(`member.${ending}.text`, { name: member.name })}</p>
    </Form>
  );
}
