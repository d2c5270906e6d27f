import type { JSX } from 'react';
import { visibleText } from '../words/visible-text.ts';

export interface ValueTextProps {
  readonly value: string;
  readonly port?: number | undefined;
  /** On the path of the Tab key; in a list the row is, and `i` asks for the card. */
  readonly focusable?: boolean;
  /** Not a value that can be looked up (a pattern, a name): no card. */
  readonly silent?: boolean;
}

/** Characters kept whole at the end when a value is too long for its place. */
const tailChars = 9;

/**
 * A value: monospace, left to right in every language, cut in the middle when it is too long. Pointed at or focused, it
 * opens the card that says what the node knows about it (`ValueCardHost` listens for `data-value`).
 */
export function ValueText({ value, port, focusable = false, silent = false }: ValueTextProps): JSX.Element {
  const text = visibleText(value);
  const cut = text.length > 24 ? text.length - tailChars : text.length;
  const content = (
    <>
      <span className="value-head">{text.slice(0, cut)}</span>
      {cut < text.length && <span className="value-tail">{text.slice(cut)}</span>}
      {port !== undefined && <span className="value-port">:{port}</span>}
    </>
  );
  if (silent) {
    return (
      <bdi className="value" dir="ltr" title={text}>
        {content}
      </bdi>
    );
  }
  return focusable ? (
    <button type="button" className="value value-button" dir="ltr" data-value={value} aria-haspopup="dialog">
      {content}
    </button>
  ) : (
    <bdi className="value" dir="ltr" data-value={value}>
      {content}
    </bdi>
  );
}
