import type { ListedValue } from './kinds.ts';

/** How a bare token is judged. */
export interface RecogniseOptions {
  /**
   * Whether a name may end in any label that is not a number (`.onion`, `.bit`, `.lib`). Only for structured lists of
   * names: with it `style.css` is a name.
   */
  readonly anySuffix?: boolean;
}

export function recogniseValue(_token: string, _options: RecogniseOptions = {}): ListedValue | undefined {
  return undefined;
}
