import { useId, useRef } from 'react';
import type { JSX } from 'react';
import { Button } from '../kit/button.tsx';
import { Untrusted } from '../kit/untrusted.tsx';
import { useWords } from '../words/use-words.ts';

export interface CodeFieldProps {
  readonly label: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
  /** What is wrong with it, and in which line, counted from 1. */
  readonly error?: { readonly text: string; readonly line?: number | undefined } | undefined;
}

/** Lines the field has room for before anything is written. */
const linesMin = 12;

/** A field for code: lines with numbers, left to right in every language, and an error marked in its line. */
export function CodeField({ label, value, onChange, error }: CodeFieldProps): JSX.Element {
  const { say } = useWords();
  const id = useId();
  const area = useRef<HTMLTextAreaElement>(null);
  const lines = value.split('\n');
  const goToError = (): void => {
    const before = lines.slice(0, (error?.line ?? 1) - 1).join('\n').length;
    const start = before === 0 ? 0 : before + 1;
    area.current?.focus();
    area.current?.setSelectionRange(start, start + (lines[(error?.line ?? 1) - 1]?.length ?? 0));
    document.getElementById(`${id}-line`)?.scrollIntoView({ block: 'center' });
  };
  return (
    <div className="field">
      <label className="label" htmlFor={id}>
        {label}
      </label>
      <div className="code" dir="ltr">
        <div className="code-lines" aria-hidden="true">
          {lines.map((_, index) =>
            index + 1 === error?.line ? (
              <span key={index} id={`${id}-line`} className="code-line-wrong">
                {index + 1}
              </span>
            ) : (
              <span key={index}>{index + 1}</span>
            ),
          )}
        </div>
        <textarea
          ref={area}
          id={id}
          className="code-text mono"
          value={value}
          rows={Math.max(linesMin, lines.length)}
          wrap="off"
          spellCheck={false}
          autoComplete="off"
          autoCapitalize="off"
          aria-invalid={error !== undefined}
          aria-describedby={error === undefined ? undefined : `${id}-error`}
          onChange={(event) => onChange(event.target.value)}
        />
      </div>
      {error !== undefined && (
        <div className="code-error" id={`${id}-error`} role="status">
          <span className="field-error" lang="en">
            <Untrusted text={error.text} />
          </span>
          {error.line !== undefined && (
            <Button look="quiet" icon="forward" onPress={goToError}>
              {say('law.goToLine', { line: error.line })}
            </Button>
          )}
        </div>
      )}
    </div>
  );
}
