import { FileTrigger } from 'react-aria-components';
import type { JSX } from 'react';
import { Button } from './button.tsx';

export interface FilePickProps {
  readonly name: string;
  readonly look?: 'plain' | 'primary' | 'quiet';
  readonly onPick: (files: readonly File[]) => void;
}

/** A button that asks for files. */
export function FilePick({ name, look = 'plain', onPick }: FilePickProps): JSX.Element {
  return (
    <FileTrigger
      allowsMultiple
      onSelect={(files) => {
        if (files && files.length > 0) onPick([...files]);
      }}
    >
      <Button look={look} icon="file">
        {name}
      </Button>
    </FileTrigger>
  );
}
