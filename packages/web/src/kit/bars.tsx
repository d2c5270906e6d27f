import type { JSX } from 'react';

export interface BarsProps {
  /** Oldest first, none negative. */
  readonly values: readonly number[];
  /** One a value, in the same order: what each bar is, with its unit. */
  readonly names: readonly string[];
  /** What the whole is, for those who cannot see it and as the caption of the table behind it. */
  readonly label: string;
  /** Values that stand out: the same order. */
  readonly strong?: (index: number) => boolean;
}

const height = 40;
const step = 10;

/** A few bars from zero, with the same figures as a table behind it. */
export function Bars({ values, names, label, strong }: BarsProps): JSX.Element {
  const top = Math.max(1, ...values);
  return (
    <figure className="bars">
      <svg viewBox={`0 0 ${values.length * step} ${height}`} preserveAspectRatio="none" aria-hidden="true">
        {values.map((value, index) => {
          const tall = value === 0 ? 1 : Math.max(2, (value / top) * height);
          return (
            <rect
              key={index}
              className={value === 0 ? 'bar bar-zero' : strong?.(index) ? 'bar bar-strong' : 'bar'}
              x={index * step + 1}
              y={height - tall}
              width={step - 2}
              height={tall}
            >
              <title>{names[index]}</title>
            </rect>
          );
        })}
      </svg>
      {/* Around the table: a table is never narrower than its words, and would make its place scroll. */}
      <div className="unseen">
        <table>
          <caption>{label}</caption>
          <tbody>
            {values.map((value, index) => (
              <tr key={index}>
                <th scope="row">{names[index]}</th>
                <td>{value}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </figure>
  );
}
