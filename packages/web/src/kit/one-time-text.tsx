import type { JSX, ReactNode } from 'react';
import { Button } from './button.tsx';
import { copyText } from './copy.ts';
import { TextBlock } from './text-block.tsx';
import { useWords } from '../words/use-words.ts';

export interface OneTimeTextProps {
  readonly children: ReactNode;
  readonly text: string;
  readonly onDone: () => void;
}

/** A secret that is shown this once, to be copied. */
export function OneTimeText({ children, text, onDone }: OneTimeTextProps): JSX.Element {
  const { say } = useWords();
  return (
    <div className="form">
      <p>{children}</p>
      <TextBlock look="command break">{text}</TextBlock>
      <footer className="dialog-foot">
        {/* oxlint-disable-next-line jsx-a11y/no-autofocus -- the button that was pressed is gone: else the keyboard is outside */}
        <Button autoFocus icon="copy" onPress={() => void copyText(text, say('copied.text'))}>
          {say('act.copyText')}
        </Button>
        <Button look="primary" onPress={onDone}>
          {say('act.close')}
        </Button>
      </footer>
    </div>
  );
}
