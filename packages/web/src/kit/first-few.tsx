import { useEffect, useRef, useState } from 'react';
import type { JSX } from 'react';
import { useWords } from '../words/use-words.ts';
import { Button } from './button.tsx';

export interface FirstFewProps {
  /** Shown before the rest is asked for. */
  readonly count: number;
  readonly className: string;
  /** Each an `li` with its key. */
  readonly children: readonly JSX.Element[];
}

/** The first few of a list, and all of it once the rest is asked for: then the first that came has the focus. */
export function FirstFew({ count, className, children }: FirstFewProps): JSX.Element {
  const { say } = useWords();
  const [all, setAll] = useState(false);
  const list = useRef<HTMLUListElement>(null);
  useEffect(() => {
    // The button that was pressed is gone: without this the keyboard would start again at the top of the page.
    const came = all ? list.current?.children[count] : undefined;
    if (!(came instanceof HTMLElement)) return;
    came.tabIndex = -1;
    came.focus();
  }, [all, count]);
  const rest = children.length - count;
  return (
    <>
      <ul className={className} ref={list}>
        {all ? children : children.slice(0, count)}
      </ul>
      {!all && rest > 0 && (
        <Button look="quiet" icon="down" onPress={() => setAll(true)}>
          {say('list.rest', { count: rest })}
        </Button>
      )}
    </>
  );
}
