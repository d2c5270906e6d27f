import { ComityError } from '@comity/protocol/base';
import type { StixId } from '@comity/protocol/base';
import { parseIndicator, parseStixObject } from '@comity/protocol/stix';
import type { Store } from '../store/index.ts';
import { completeness } from './admit/object-facts.ts';
import { codeOfState, stixIdOfKey } from './codes.ts';

/** Patterns asked of records at once; of more the newest. */
const patternsMax = 20_000;

/** A pattern in force, and the version of its indicator it is of. */
interface PatternMark {
  /** Number a match bears: below zero, so that it is none of a listed value. */
  readonly ref: number;
  readonly version: number;
}

/** A pattern that is asked of records, since values alone do not decide it. */
interface AskedPattern extends PatternMark {
  readonly language: 'stix' | 'sigma';
  readonly indicator: StixId;
  readonly name: string | undefined;
  /** Untrusted, as the indicator has it. */
  readonly text: string;
  /** Of a STIX pattern: the version it is written for. */
  readonly stixVersion: '2.0' | '2.1';
}

/** The patterns of a store, which may be read-only and belong to a worker. */
export interface PatternFeed {
  /** All in force, newest first, one for each group of indicators that say the same, and how many were too many. */
  active(): { readonly marks: readonly PatternMark[]; readonly beyond: number };
  /** Undefined when it is gone, or in a language that is not read. */
  get(mark: PatternMark): AskedPattern | undefined;
}

/** What a match of an object's pattern bears in place of the number of a listed value. */
export function patternRefOf(objectRef: number): number {
  return -objectRef;
}

export function isPatternRef(ref: number): boolean {
  return ref < 0;
}

export function objectOfPatternRef(ref: number): number {
  return -ref;
}

export function createPatternFeed({ reader }: Pick<Store, 'reader'>): PatternFeed {
  // The constant lets SQLite use the index of these few; see schema.ts.
  const inForce = `from intel_object where complete = ${completeness.partly} and lead = 1 and state = ${codeOfState('active')}`;
  const newest = reader.prepare<{ ref: number; live_ref: number }>(
    `select ref, live_ref ${inForce} order by ref desc limit ${patternsMax}`,
  );
  const count = reader.prepare<{ count: number }>(`select count(*) as count ${inForce}`);
  const byRef = reader.prepare<{ key: Uint8Array; text: string }>(
    'select o.key, v.text from intel_object o join intel_version v on v.ref = ? where o.ref = ?',
  );
  return {
    active: () =>
      reader.snapshot(() => {
        const marks = newest.all().map((row) => ({ ref: patternRefOf(row.ref), version: row.live_ref }));
        const all = marks.length < patternsMax ? marks.length : (count.get()?.count ?? 0);
        return { marks, beyond: all - marks.length };
      }),
    get: (mark) => {
      const row = byRef.get(mark.version, objectOfPatternRef(mark.ref));
      return row === undefined ? undefined : patternOf(mark, stixIdOfKey(row.key), row.text);
    },
  };
}

function patternOf(mark: PatternMark, indicator: StixId, text: string): AskedPattern | undefined {
  try {
    const { pattern, patternType, stixVersion, name } = parseIndicator(parseStixObject(text));
    if (patternType !== 'stix' && patternType !== 'sigma') return undefined;
    return { ...mark, language: patternType, indicator, name, text: pattern, stixVersion };
  } catch (error) {
    // Admitted when rules were laxer: it is kept, and not asked.
    if (error instanceof ComityError) return undefined;
    throw error;
  }
}
