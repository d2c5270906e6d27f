import { ComityError, quote } from '../base/index.ts';
import { wordOf } from './label-word.ts';

/** Permissible Actions Protocol from the widest permission to the narrowest (MISP taxonomy PAP). */
export const paps = ['clear', 'green', 'amber', 'red'] as const;
/** A PAP label in lower case, without its `PAP:`. */
export type Pap = (typeof paps)[number];

const labels = { clear: 'PAP:CLEAR', green: 'PAP:GREEN', amber: 'PAP:AMBER', red: 'PAP:RED' } as const satisfies Record<
  Pap,
  string
>;

/** Whether `value` is one of {@link paps} exactly. */
export function isPap(value: unknown): value is Pap {
  return typeof value === 'string' && Object.hasOwn(labels, value);
}

/**
 * Reads a PAP label in any case, with or without `PAP:`; WHITE is CLEAR.
 *
 * @throws {ComityError} `MARKING_MALFORMED`.
 */
export function parsePap(text: string): Pap {
  const word = text.length <= 64 ? wordOf(text, 'pap') : '';
  const pap = word === 'white' ? 'clear' : word;
  if (!isPap(pap)) throw new ComityError('MARKING_MALFORMED', `Cannot read ${quote(text)} as a PAP label`);
  return pap;
}

/** `PAP:AMBER`: upper case, never translated. */
export function papLabel(pap: Pap): string {
  return labels[pap];
}

/** Negative when `a` permits more than `b`, 0 when equal, positive when `a` is stricter. */
export function comparePap(a: Pap, b: Pap): number {
  return paps.indexOf(a) - paps.indexOf(b);
}

/** What is handled as when nobody says a PAP. */
export const unmarkedPap: Pap = 'amber';

/**
 * The PAP of an object that bears one and is lent under another: the stricter, where saying nothing counts as AMBER; undefined when
 * neither says more than that.
 *
 * @param lent - Undefined: it is not lent.
 */
export function papInForce(own: Pap | undefined, lent: Pap | undefined): Pap | undefined {
  if (lent === undefined) return own;
  const strictest = strictestPap([own ?? unmarkedPap, lent]);
  return own === undefined && strictest === unmarkedPap ? undefined : strictest;
}

/** The label that permits least; undefined of none. */
export function strictestPap(list: readonly [Pap, ...Pap[]]): Pap;
export function strictestPap(list: Iterable<Pap>): Pap | undefined;
export function strictestPap(list: Iterable<Pap>): Pap | undefined {
  let strictest = -1;
  for (const pap of list) strictest = Math.max(strictest, paps.indexOf(pap));
  return paps[strictest];
}
