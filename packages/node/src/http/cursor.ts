import { ComityError, quote } from '@comity/protocol/base';

/**
 * The numbers of a cursor this node gave, with dots between them.
 *
 * @param cursor - hostile.
 * @throws {ComityError} `ARGUMENT_INVALID` when it has not so many of them, 0 to 10^15 - 1 each.
 */
export function numbersOfCursor(cursor: string, count: number): readonly number[] {
  const parts = cursor.split('.', count + 1);
  if (parts.length !== count || !parts.every((part) => /^\d{1,15}$/.test(part)))
    throw new ComityError('ARGUMENT_INVALID', `Cannot go on at ${quote(cursor)}: it is no cursor of ours`);
  return parts.map(Number);
}
