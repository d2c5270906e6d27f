import type { JSX } from 'react';
import { useWords } from '../words/use-words.ts';
import { Button, IconButton } from './button.tsx';
import { Icon } from './icon.tsx';
import { Untrusted } from './untrusted.tsx';
import { dismiss, useNotices } from './notices.ts';

/** Notices at the foot of the page, read aloud as they come. */
export function NoticeStack(): JSX.Element {
  const { say } = useWords();
  const notices = useNotices();
  return (
    <div className="notices" role="status" aria-live="polite">
      {notices.map(({ id, text, tone, undo }) => (
        <div key={id} className={`notice notice-${tone}`}>
          <Icon name={tone === 'done' ? 'check' : 'warning'} />
          <span className="notice-text">
            <Untrusted text={text} />
          </span>
          {undo && (
            <Button
              look="quiet"
              icon="undo"
              onPress={() => {
                dismiss(id);
                undo();
              }}
            >
              {say('act.undo')}
            </Button>
          )}
          <IconButton icon="close" name={say('act.close')} onPress={() => dismiss(id)} />
        </div>
      ))}
    </div>
  );
}
