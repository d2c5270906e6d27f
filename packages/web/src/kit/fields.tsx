import { useId } from 'react';
import type { ChangeEvent, JSX, ReactNode } from 'react';
import { Icon } from './icon.tsx';

export interface TextFieldProps {
  readonly label: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly hint?: ReactNode;
  readonly error?: string | undefined;
  readonly placeholder?: string;
  readonly lines?: number;
  readonly type?: 'text' | 'url' | 'number' | 'password';
  readonly isRequired?: boolean;
  /** The field the reader came for: it has the focus as soon as it is there. */
  readonly takesFocus?: boolean;
  /** The text is a path, an address or code: written from left to right in every language. */
  readonly mono?: boolean;
}

export function TextField(props: TextFieldProps): JSX.Element {
  const { label, value, onChange, hint, error, placeholder = '', lines, type = 'text', mono = false } = props;
  const id = useId();
  const isWrong = error !== undefined;
  const described = [hint === undefined ? [] : `${id}-hint`, isWrong ? `${id}-error` : []].flat().join(' ');
  const shared = {
    id,
    value,
    placeholder,
    className: mono ? 'input mono' : 'input',
    ...(mono && { dir: 'ltr' }),
    required: props.isRequired ?? false,
    autoFocus: props.takesFocus ?? false,
    spellCheck: false,
    // A secret of a program is no password of the reader's to fill in.
    ...(type === 'password' && { autoComplete: 'new-password' }),
    'aria-invalid': isWrong,
    'aria-describedby': described === '' ? undefined : described,
    onChange: (event: ChangeEvent<HTMLInputElement | HTMLTextAreaElement>) => onChange(event.target.value),
  };
  return (
    <div className="field">
      <label className="label" htmlFor={id}>
        {label}
      </label>
      {lines === undefined ? <input {...shared} type={type} /> : <textarea {...shared} rows={lines} />}
      {hint !== undefined && (
        <span id={`${id}-hint`} className="hint">
          {hint}
        </span>
      )}
      {isWrong && (
        <span id={`${id}-error`} className="field-error">
          {error}
        </span>
      )}
    </div>
  );
}

interface ChoiceItem<T extends string> {
  readonly id: T;
  readonly name: string;
  readonly hint?: string;
}

export interface ChoiceProps<T extends string> {
  readonly label: string;
  readonly value: T;
  readonly items: readonly ChoiceItem<T>[];
  readonly onChange: (value: T) => void;
  /** `chip` is a part of a sentence of filters: its name is its value, its label is only read aloud. */
  readonly look?: 'field' | 'chip';
  /** A chip whose value is the widest one is set back. */
  readonly idle?: boolean;
}

/** The browser's own list, laid over how the choice is shown: so wide as what is chosen, and native on a phone. */
export function Choice<T extends string>(props: ChoiceProps<T>): JSX.Element {
  const { label, value, items, onChange, look = 'field', idle = false } = props;
  const id = useId();
  const chosen = items.find((item) => item.id === value);
  const hint = look === 'field' ? chosen?.hint : undefined;
  const choose = (key: string): void => {
    const item = items.find((each) => each.id === key);
    if (item) onChange(item.id);
  };
  const shown = (
    <span className={look === 'chip' ? `select chip ${idle ? 'chip-idle' : ''}` : 'select input'}>
      <span className="select-value" aria-hidden="true">
        {chosen?.name ?? value}
      </span>
      <Icon name="down" />
      <select
        id={id}
        value={value}
        aria-label={look === 'chip' ? label : undefined}
        aria-describedby={hint === undefined ? undefined : `${id}-hint`}
        onChange={(event) => choose(event.target.value)}
      >
        {items.map((item) => (
          <option key={item.id} value={item.id}>
            {item.name}
          </option>
        ))}
      </select>
    </span>
  );
  if (look === 'chip') return shown;
  return (
    <div className="field">
      <label className="label" htmlFor={id}>
        {label}
      </label>
      {shown}
      {hint !== undefined && (
        <span id={`${id}-hint`} className="hint">
          {hint}
        </span>
      )}
    </div>
  );
}

export interface SwitchProps {
  readonly isOn: boolean;
  readonly onChange: (on: boolean) => void;
  readonly children: ReactNode;
}

export function Switch({ isOn, onChange, children }: SwitchProps): JSX.Element {
  return (
    <label className="switch">
      <input
        className="unseen"
        type="checkbox"
        role="switch"
        aria-checked={isOn}
        checked={isOn}
        onChange={(event) => onChange(event.target.checked)}
      />
      <span className="switch-track" />
      {children}
    </label>
  );
}

export function Checkbox({ isOn, onChange, children }: SwitchProps): JSX.Element {
  return (
    <label className="checkbox">
      <input className="unseen" type="checkbox" checked={isOn} onChange={(event) => onChange(event.target.checked)} />
      <span className="checkbox-box">
        <Icon name="check" />
      </span>
      <span>{children}</span>
    </label>
  );
}
