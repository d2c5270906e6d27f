import { ComityError, quote } from '../base/index.ts';
import { wordOf } from './label-word.ts';

/** Traffic Light Protocol 2.0 labels from the widest audience to the narrowest (FIRST, August 2022). */
export const tlps = ['clear', 'green', 'amber', 'amber+strict', 'red'] as const;
/** A TLP 2.0 label in lower case, without its `TLP:`. */
export type Tlp = (typeof tlps)[number];

const labels = {
  clear: 'TLP:CLEAR',
  green: 'TLP:GREEN',
  amber: 'TLP:AMBER',
  'amber+strict': 'TLP:AMBER+STRICT',
  red: 'TLP:RED',
} as const satisfies Record<Tlp, string>;

const tlpOfWord = new Map<string, Tlp>([
  ['clear', 'clear'],
  ['white', 'clear'],
  ['green', 'green'],
  ['amber', 'amber'],
  ['amber+strict', 'amber+strict'],
  ['amberstrict', 'amber+strict'],
  ['red', 'red'],
]);

/** Whether `value` is one of {@link tlps} exactly. */
export function isTlp(value: unknown): value is Tlp {
  return typeof value === 'string' && Object.hasOwn(labels, value);
}

/**
 * Reads a TLP label as people and tools write it: any case, with or without `TLP:`, a MISP tag (`tlp:amber+strict`),
 * TLP 1.0's WHITE as CLEAR, and `AMBER-STRICT`, `amber_strict`, `AMBER STRICT` as AMBER+STRICT.
 *
 * Lenient about spelling only: a word that is no label is an error, never a guess.
 *
 * @throws {ComityError} `MARKING_MALFORMED`.
 */
export function parseTlp(text: string): Tlp {
  const tlp = text.length <= 64 ? tlpOfWord.get(wordOf(text, 'tlp')) : undefined;
  if (tlp === undefined) throw new ComityError('MARKING_MALFORMED', `Cannot read ${quote(text)} as a TLP label`);
  return tlp;
}

/** The label exactly as FIRST asks for it: upper case, no spaces, never translated. */
export function tlpLabel(tlp: Tlp): string {
  return labels[tlp];
}

/** Negative when `a` reaches a wider audience than `b`, 0 when equal, positive when `a` is stricter. */
export function compareTlp(a: Tlp, b: Tlp): number {
  return tlps.indexOf(a) - tlps.indexOf(b);
}

/** The most restrictive of some labels; undefined of none. A whole is as restricted as its most restricted part. */
export function strictestTlp(list: readonly [Tlp, ...Tlp[]]): Tlp;
export function strictestTlp(list: Iterable<Tlp>): Tlp | undefined;
export function strictestTlp(list: Iterable<Tlp>): Tlp | undefined {
  let strictest = -1;
  for (const tlp of list) strictest = Math.max(strictest, tlps.indexOf(tlp));
  return tlps[strictest];
}
