import type { ListItem, ListWriter } from '../intel/index.ts';

/** A form in which others take values to look for. */
export interface ListFormat {
  /** What it is for, one line. */
  readonly about: string;
  readonly fileName: string;
  /** Whether whoever takes it blocks what is in it: then what its PAP keeps from being blocked is left out. */
  readonly blocks: boolean;
  /** A writer for one list. */
  readonly open: () => ListWriter;
}

interface LineFormat {
  readonly about: string;
  readonly fileName: string;
  readonly blocks?: boolean;
  readonly hasComments?: boolean;
  readonly head?: string;
  /** Lines for a value, each with its line end; undefined where such a list has no place for it. */
  readonly line: (item: ListItem) => string | undefined;
}

/** A format of lines that says at its end how many values it had no place for. */
export function lineFormat({
  about,
  fileName,
  blocks = false,
  hasComments = true,
  head = '',
  line,
}: LineFormat): ListFormat {
  return {
    about,
    fileName,
    blocks,
    open: () => {
      let leftOut = 0;
      return {
        hasComments,
        head,
        item(item) {
          const text = isOneLine(item.value) ? line(item) : undefined;
          if (text === undefined) leftOut += 1;
          return text;
        },
        foot: () => (hasComments && leftOut > 0 ? `# ${leftOut} values have no place in such a list\n` : ''),
      };
    },
  };
}

/** A value of a kind that is kept as written may hold line ends: it must not become lines of its own. */
function isOneLine(value: string): boolean {
  return !/[\p{Cc}\p{Zl}\p{Zp}]/u.test(value);
}

/** A name that lists what is below it and not itself: `*.evil.example`. */
export function isBelowOnly(value: string): boolean {
  return value.startsWith('*.');
}

export function isNetwork(value: string): boolean {
  return value.includes('/');
}
