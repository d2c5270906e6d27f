import { useMutation } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import type { JSX } from 'react';
import type { LawDiffView } from '@comity/protocol/api';
import { node, queries } from '../app/node.ts';
import { Dialog } from '../kit/dialog.tsx';
import { TextField } from '../kit/fields.tsx';
import { Form } from '../kit/form.tsx';
import { notify } from '../kit/notices.ts';
import { useWords } from '../words/use-words.ts';
import { currentDraft, keepDraft } from './law-draft.ts';
import { ChangeLine } from './dry-run.tsx';

export interface ActivateLawDialogProps {
  readonly text: string;
  /** What people call it; asked for where nobody has named it. */
  readonly name?: string;
  /** What it would change, as it was read: nothing is put in force unseen. */
  readonly diff: LawDiffView;
  readonly isOpen: boolean;
  readonly onClose: () => void;
}

/** Asks before a law is put in force, with everybody who would newly get something of it. */
export function ActivateLawDialog(props: ActivateLawDialogProps): JSX.Element {
  const { say } = useWords();
  return (
    <Dialog title={say('law.activate.ask')} isOpen={props.isOpen} onClose={props.onClose}>
      <ActivateLaw {...props} />
    </Dialog>
  );
}

function ActivateLaw({ text, name, diff, onClose }: ActivateLawDialogProps): JSX.Element {
  const { say } = useWords();
  const navigate = useNavigate();
  const [called, setCalled] = useState(name ?? '');
  const gains = diff.changes.filter(({ to }) => to === 'allow');
  const activate = useMutation({
    mutationFn: () => node.activateLaw({ body: { text, name: called.trim() } }),
    onSuccess: (entry) => {
      for (const key of ['law', 'sharing', 'outlets']) void queries.invalidateQueries({ queryKey: [key] });
      notify({ text: say(entry.state === 'active' ? 'law.activated' : 'law.wasProposed', { name: entry.name }) });
      if (currentDraft()?.text === text) keepDraft(undefined);
      onClose();
      void navigate({ to: '/sharing' });
    },
  });
  return (
    <Form work={activate} act={say('law.activate')} isReady={called.trim() !== ''}>
      <p>{gains.length === 0 ? say('law.activate.nobody') : say('law.activate.who', { count: gains.length })}</p>
      {gains.length > 0 && (
        <ul className="who-gains">
          {gains.map((change) => (
            <li key={`${change.recipient} ${change.action}`}>
              <ChangeLine change={change} />
            </li>
          ))}
        </ul>
      )}
      <p className="muted">{say('law.activate.text')}</p>
      {name === undefined && (
        <TextField label={say('law.name')} hint={say('law.name.hint')} value={called} onChange={setCalled} isRequired />
      )}
    </Form>
  );
}
