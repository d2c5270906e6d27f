import type { StixId } from '@comity/protocol/base';
import { screenedKindCodes } from '../codes.ts';
import type { Change, Outcome } from '../import.ts';
import type { Verdict } from '../known-good/gate.ts';
import type { ObjectRow } from './object-book.ts';
import { completeness } from './object-facts.ts';
import { isHeld } from './value-book.ts';
import type { ValueBook, ValueEntry } from './value-book.ts';

/** An outcome and, when the object is kept, its row; `held`: the values of it that the gate keeps back. */
export interface Admitted {
  readonly outcome: Outcome;
  readonly ref: number | undefined;
  readonly held: readonly { readonly entry: ValueEntry; readonly verdict: Verdict }[];
  /** An indicator none of whose values records are searched for. */
  readonly unscreened?: boolean;
  /** Why it is kept beside and changes nothing, a sentence. */
  readonly conflict?: string;
}

/** What of an object's row the outcome depends on. */
export type JudgedRow = Pick<ObjectRow, 'ref' | 'complete'>;

interface Written {
  readonly row: JudgedRow;
  readonly id: StixId;
  /** What is new about it; undefined: nothing. */
  readonly change: Change | undefined;
  readonly entries: readonly ValueEntry[];
}

/** What to say about an object that is written: held back when the gate holds all an indicator lists. */
export function admittedOf(values: ValueBook, { row: { ref, complete }, id, change, entries }: Written): Admitted {
  const held: { entry: ValueEntry; verdict: Verdict }[] = [];
  for (const entry of entries) {
    const verdict = isHeld(entry) ? values.verdictOf(entry) : undefined;
    if (verdict !== undefined) held.push({ entry, verdict });
  }
  const first = held[0];
  const isIndicator = id.startsWith('indicator--');
  if (first !== undefined && held.length === entries.length && isIndicator) {
    return { outcome: { kind: 'held-back', id, ...first.verdict }, ref, held };
  }
  const unscreened =
    isIndicator && complete !== completeness.partly && !entries.some((entry) => screenedKindCodes.has(entry.kind));
  if (change === undefined) return { outcome: { kind: 'duplicate', id }, ref, held: [], unscreened };
  return { outcome: { kind: 'taken', id, change }, ref, held: isIndicator ? held : [], unscreened };
}
