import {
  Button as AriaButton,
  FieldError,
  Input,
  Label,
  ListBox,
  ListBoxItem,
  Popover,
  Select,
  SelectValue,
  Text,
  TextArea,
  TextField as AriaTextField,
} from 'react-aria-components';
import type { JSX, ReactNode } from 'react';
import { Icon } from './icon.tsx';

export interface TextFieldProps {
  readonly label: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly hint?: ReactNode;
  readonly error?: string | undefined;
  readonly placeholder?: string;
  readonly lines?: number;
  readonly type?: 'text' | 'url' | 'number';
  readonly isRequired?: boolean;
  /** The field the reader came for: it has the focus as soon as it is there. */
  readonly takesFocus?: boolean;
  /** The text is a path, an address or code: written from left to right in every language. */
  readonly mono?: boolean;
}

export function TextField(props: TextFieldProps): JSX.Element {
  const { label, value, onChange, hint, error, placeholder = '', lines, type = 'text', mono = false } = props;
  const shown = { placeholder, className: mono ? 'input mono' : 'input', ...(mono ? { dir: 'ltr' } : {}) };
  return (
    <AriaTextField
      className="field"
      value={value}
      onChange={onChange}
      isInvalid={error !== undefined}
      isRequired={props.isRequired ?? false}
      // oxlint-disable-next-line jsx-a11y/no-autofocus -- the first field of a dialog that was just asked for
      autoFocus={props.takesFocus ?? false}
      type={type}
    >
      <Label className="label">{label}</Label>
      {lines === undefined ? <Input {...shown} spellCheck={false} /> : <TextArea {...shown} rows={lines} />}
      {hint !== undefined && (
        <Text slot="description" className="hint">
          {hint}
        </Text>
      )}
      <FieldError className="field-error">{error}</FieldError>
    </AriaTextField>
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

export function Choice<T extends string>(props: ChoiceProps<T>): JSX.Element {
  const { label, value, items, onChange, look = 'field', idle = false } = props;
  const choose = (key: string | number | null): void => {
    const item = items.find(({ id }) => id === key);
    if (item) onChange(item.id);
  };
  return (
    <Select
      className={look === 'chip' ? 'chip-select' : 'field'}
      value={value}
      onChange={choose}
      {...(look === 'chip' ? { 'aria-label': label } : {})}
    >
      {look === 'field' && <Label className="label">{label}</Label>}
      <AriaButton className={look === 'chip' ? `chip ${idle ? 'chip-idle' : ''}` : 'input input-select'}>
        <SelectValue className="select-value">{items.find(({ id }) => id === value)?.name ?? value}</SelectValue>
        <Icon name="down" />
      </AriaButton>
      <Popover className="popover" offset={4}>
        <ListBox className="options" items={items}>
          {(item) => (
            <ListBoxItem className="option" id={item.id} textValue={item.name}>
              <span className="option-check">
                <Icon name="check" />
              </span>
              <Text slot="label">{item.name}</Text>
              {item.hint !== undefined && (
                <Text slot="description" className="hint">
                  {item.hint}
                </Text>
              )}
            </ListBoxItem>
          )}
        </ListBox>
      </Popover>
    </Select>
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
