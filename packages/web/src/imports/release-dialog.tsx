import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import type { JSX } from 'react';
import { node, queries } from '../app/node.ts';
import { Button } from '../kit/button.tsx';
import { Dialog } from '../kit/dialog.tsx';
import { TextField } from '../kit/fields.tsx';
import { Form } from '../kit/form.tsx';
import { notify } from '../kit/notices.ts';
import { notifyProblem } from '../kit/problem-note.tsx';
import { visibleText } from '../words/visible-text.ts';
import { useWords } from '../words/use-words.ts';
import type { Words } from '../words/use-words.ts';

export interface ReleaseDialogProps {
  readonly values: readonly string[];
  /** Some of these were proposed by somebody: they can be declined. */
  readonly isProposed?: boolean;
  readonly isOpen: boolean;
  readonly onClose: () => void;
  readonly onReleased?: () => void;
}

/** Values of one request; the node takes no more. */
const valuesMax = 1000;
/** Values named in the dialog. */
const valuesNamed = 5;

/** Asks why values the known-good gate holds back shall be used all the same; the reason is kept with the release. */
export function ReleaseDialog({ values, isProposed, isOpen, onClose, onReleased }: ReleaseDialogProps): JSX.Element {
  const words = useWords();
  const { say } = words;
  const [reason, setReason] = useState('');
  const done = (): void => {
    onClose();
    onReleased?.();
    refresh();
  };
  const release = useMutation({
    mutationFn: () => node.release({ body: { values: values.slice(0, valuesMax), reason: reason.trim() } }),
    onSuccess: ({ released, proposed }) => {
      done();
      if (proposed > 0) notify({ text: say('release.proposed', { count: proposed }) });
      if (released > 0 || proposed === 0)
        notify({ text: say('release.done', { count: released }), undo: () => void takeBack(values, words) });
    },
  });
  const decline = (): void => {
    node
      .declineRelease({ body: { values: values.slice(0, valuesMax) } })
      .catch((error: unknown) => notifyProblem(error, words))
      .finally(done);
  };
  return (
    <Dialog title={say('release.title', { count: values.length })} isOpen={isOpen} onClose={onClose}>
      <Form work={release} act={say('act.release')} isReady={reason.trim() !== ''}>
        <p>{say('release.text', { count: values.length })}</p>
        <ul className="release-values mono" dir="ltr">
          {values.slice(0, valuesNamed).map((value) => (
            <li key={value}>{visibleText(value)}</li>
          ))}
          {values.length > valuesNamed && (
            <li className="muted">{say('list.rest', { count: values.length - valuesNamed })}</li>
          )}
        </ul>
        <TextField
          label={say('release.reason')}
          hint={say('release.reason.hint')}
          value={reason}
          onChange={setReason}
          isRequired
          takesFocus
        />
        {isProposed && (
          <div>
            <Button onPress={decline}>{say('release.decline')}</Button>
          </div>
        )}
      </Form>
    </Dialog>
  );
}

async function takeBack(values: readonly string[], words: Words): Promise<void> {
  try {
    const { heldBack } = await node.unrelease({ body: { values: values.slice(0, valuesMax) } });
    notify({ text: words.say('release.undone', { count: heldBack }) });
  } catch (error) {
    notifyProblem(error, words);
  }
  refresh();
}

function refresh(): void {
  for (const key of ['held-back', 'intel', 'overview', 'lookup']) void queries.invalidateQueries({ queryKey: [key] });
}
