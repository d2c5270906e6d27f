import type { JSX, ReactNode } from 'react';
import { Button } from './button.tsx';
import { ProblemNote } from './problem-note.tsx';

export interface FormProps {
  /** What sending the form does, as a mutation. */
  readonly work: {
    readonly mutate: () => void;
    readonly isPending: boolean;
    readonly isError: boolean;
    readonly error: unknown;
  };
  /** The word on its button. */
  readonly act: string;
  /** What has to be filled in is. */
  readonly isReady?: boolean;
  readonly children: ReactNode;
}

/** The fields of a dialog, what went wrong when they were sent, and the one button. */
export function Form({ work, act, isReady = true, children }: FormProps): JSX.Element {
  return (
    <form
      className="form"
      onSubmit={(event) => {
        event.preventDefault();
        work.mutate();
      }}
    >
      {children}
      {work.isError && <ProblemNote error={work.error} />}
      <footer className="dialog-foot">
        <Button type="submit" look="primary" isDisabled={work.isPending || !isReady}>
          {act}
        </Button>
      </footer>
    </form>
  );
}
