import { Link } from '@tanstack/react-router';
import type { JSX } from 'react';
import { visibleText } from '../words/visible-text.ts';

/** An object by its name, or by its id where it has none, with the way to it. */
export function ObjectTitle({
  of: { object, title },
}: {
  readonly of: { readonly object: string; readonly title?: string | undefined };
}): JSX.Element {
  return (
    <Link to="/intel/$id" params={{ id: object }} className="clip">
      <bdi
        className={title === undefined ? 'mono' : undefined}
        dir={title === undefined ? 'ltr' : 'auto'}
        title={object}
      >
        {visibleText(title ?? object)}
      </bdi>
    </Link>
  );
}
