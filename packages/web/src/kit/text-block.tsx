import type { JSX, ReactNode } from 'react';

export interface TextBlockProps {
  readonly look: 'record' | 'record record-tall' | 'pattern' | 'command break';
  readonly children: ReactNode;
}

/** Code or a record: left to right in every language, scrolled within itself, also by keyboard. */
export function TextBlock({ look, children }: TextBlockProps): JSX.Element {
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what scrolls must be reachable by keyboard
    <pre className={look} dir="ltr" tabIndex={0}>
      {children}
    </pre>
  );
}
