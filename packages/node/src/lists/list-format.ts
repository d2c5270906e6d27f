import type { ListItem, ListWriter } from '../intel/index.ts';

/** A form in which others take values to look for. */
export interface ListFormat {
  readonly fileName: string;
  /** Whether whoever takes it blocks what is in it: then what its PAP keeps from being blocked is left out. */
  readonly blocks: boolean;
  /** A writer for one list. */
  readonly open: () => ListWriter;
}

/** Lines for a value, each with its line end; undefined where such a list has no place for it. */
type LinesOf = (item: ListItem) => string | undefined;

interface LineFormat {
  readonly fileName: string;
  readonly blocks?: boolean;
  readonly hasComments?: boolean;
  readonly head?: string;
  /** What writes the values of one list. */
  readonly begin: () => LinesOf;
}

/** A format of lines that says at its end how many values it had no place for. */
export function lineFormat({ fileName, blocks = false, hasComments = true, head = '', begin }: LineFormat): ListFormat {
  return {
    fileName,
    blocks,
    open: () => {
      const linesOf = begin();
      let leftOut = 0;
      return {
        hasComments,
        head,
        item(item) {
          const text = isOneLine(item.value) ? linesOf(item) : undefined;
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
