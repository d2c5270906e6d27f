import { Dialog as AriaDialog, Heading, Modal, ModalOverlay } from 'react-aria-components';
import type { JSX, ReactNode } from 'react';
import { useWords } from '../words/use-words.ts';
import { IconButton } from './button.tsx';

export interface DialogProps {
  readonly title: string;
  readonly isOpen: boolean;
  readonly onClose: () => void;
  readonly children: ReactNode;
}

/** A question that has to be answered before going on; everything else opens beside the list instead. */
export function Dialog({ title, isOpen, onClose, children }: DialogProps): JSX.Element {
  const { say } = useWords();
  const close = (open: boolean): void => {
    if (!open) onClose();
  };
  return (
    <ModalOverlay className="veil" isOpen={isOpen} onOpenChange={close} isDismissable>
      <Modal className="dialog-frame">
        <AriaDialog className="dialog">
          <header className="dialog-head">
            <Heading slot="title" level={2}>
              {title}
            </Heading>
            <IconButton icon="close" name={say('act.close')} onPress={onClose} />
          </header>
          {children}
        </AriaDialog>
      </Modal>
    </ModalOverlay>
  );
}
