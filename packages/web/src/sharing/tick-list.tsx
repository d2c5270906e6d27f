import type { JSX } from 'react';
import { Checkbox } from '../kit/fields.tsx';

export interface TickListProps<T extends string> {
  readonly label: string;
  readonly hint?: string;
  readonly items: readonly { readonly id: T; readonly name: string }[];
  readonly chosen: readonly T[];
  readonly onChange: (chosen: readonly T[]) => void;
  /** Said where there is nothing to choose from. */
  readonly none?: string;
}

/** Any number of a list, each with its own tick; a long list scrolls within itself. */
export function TickList<T extends string>(props: TickListProps<T>): JSX.Element {
  const { label, hint, items, chosen, onChange, none } = props;
  return (
    <fieldset className="scope-choice">
      <legend className="label">{label}</legend>
      {hint !== undefined && <span className="hint">{hint}</span>}
      {items.length === 0 && <span className="hint">{none}</span>}
      <div className="tick-list">
        {items.map(({ id, name }) => (
          <Checkbox
            key={id}
            isOn={chosen.includes(id)}
            onChange={(on) => onChange(on ? [...chosen, id] : chosen.filter((one) => one !== id))}
          >
            <bdi>{name}</bdi>
          </Checkbox>
        ))}
      </div>
    </fieldset>
  );
}
