import { ComityError, quote } from '@comity/protocol/base';

/** @throws {ComityError} `ARGUMENT_INVALID` unless `text` is a whole number from `least` to `most`. */
export function parseCount(text: string, flag: string, least: number, most: number): number {
  const value = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
  if (!(value >= least && value <= most)) {
    throw new ComityError(
      'ARGUMENT_INVALID',
      `Cannot use ${quote(text)} as --${flag}: it is a number from ${least} to ${most}`,
    );
  }
  return value;
}

/**
 * A value of a closed set the API names, as its type; undefined where nothing was typed.
 *
 * @throws {ComityError} `ARGUMENT_INVALID`.
 */
export function parseOneOf<T extends string>(text: string, flag: string, values: readonly T[]): T;
export function parseOneOf<T extends string>(
  text: string | undefined,
  flag: string,
  values: readonly T[],
): T | undefined;
export function parseOneOf<T extends string>(
  text: string | undefined,
  flag: string,
  values: readonly T[],
): T | undefined {
  if (text === undefined) return undefined;
  const found = values.find((value) => value === text);
  if (found !== undefined) return found;
  throw new ComityError('ARGUMENT_INVALID', `Cannot use ${quote(text)} as --${flag}`, {
    details: { hint: `One of: ${values.join(', ')}` },
  });
}
