import { useEffect, useRef, useState } from 'react';
import type { JSX } from 'react';
import { Icon } from '../kit/icon.tsx';

export interface SearchBoxProps {
  readonly value: string;
  readonly label: string;
  readonly placeholder: string;
  readonly onChange: (text: string) => void;
}

/** The question follows the writing once it pauses this long, in ms. */
const pauseMs = 180;

/** Search as you write; `/` leads here, Escape empties it, Enter goes on to the list. */
export function SearchBox({ value, label, placeholder, onChange }: SearchBoxProps): JSX.Element {
  const [text, setText] = useState(value);
  const sent = useRef(value);
  useEffect(() => {
    if (value === sent.current) return;
    sent.current = value;
    setText(value);
  }, [value]);
  useEffect(() => {
    if (text === sent.current) return;
    const timer = setTimeout(() => {
      sent.current = text;
      onChange(text);
    }, pauseMs);
    return () => clearTimeout(timer);
  }, [text, onChange]);
  return (
    <label className="search">
      <Icon name="search" />
      <span className="unseen">{label}</span>
      <input
        type="search"
        value={text}
        placeholder={placeholder}
        spellCheck={false}
        autoComplete="off"
        dir="auto"
        onChange={(event) => setText(event.target.value)}
        onKeyDown={(event) => {
          if (event.key === 'Escape') setText('');
          else if (event.key === 'Enter') document.querySelector<HTMLElement>('[role="row"][tabindex="0"]')?.focus();
          else return;
          event.preventDefault();
        }}
      />
      <kbd aria-hidden="true">/</kbd>
    </label>
  );
}
