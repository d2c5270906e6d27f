import type { ListedValue } from '@comity/protocol/values';

/** One listed value with the caller's number for it; a match hands the number back. */
export interface ScreenedValue {
  readonly value: ListedValue;
  /** u32. */
  readonly ref: number;
}

/** What changed between two states of the table. */
export interface ValueDelta {
  readonly added: readonly ScreenedValue[];
  readonly removed: readonly ScreenedValue[];
  /** State after the change; grows by at least one with each change. */
  readonly sequence: number;
}

/** A pattern in force, and the version of it. */
export interface PatternMark {
  /** The caller's number for it; a match hands it back. */
  readonly ref: number;
  /** Another once the pattern is. */
  readonly version: number;
}

/** A STIX pattern or Sigma rules, asked of every record. */
export interface AskedPattern {
  readonly language: 'stix' | 'sigma';
  /** Id of the indicator. */
  readonly indicator: string;
  readonly name: string | undefined;
  /** Untrusted. */
  readonly text: string;
  readonly stixVersion: '2.0' | '2.1';
}

/**
 * Reads what is to be screened for, on a worker thread, from its own read-only connection to the data folder.
 *
 * A table built from `activeValues` at sequence `s` and brought forward by the changes since `s` is the table of now; a
 * change may say again what is there already.
 */
export interface ValueReader {
  /** Every active value, streamed, and the sequence they are the state of. */
  activeValues(): { readonly sequence: number; readonly count: number; readonly values: Iterable<ScreenedValue> };
  /**
   * The next changes after `sequence`, oldest first; empty when there are none, undefined when they are no longer known
   * and everything must be loaded anew. Called again until it is empty.
   */
  changesSince(sequence: number): readonly ValueDelta[] | undefined;
  /** All patterns in force, and how many more are left out; undefined when nothing was written since the last call. */
  patterns(): { readonly marks: readonly PatternMark[]; readonly beyond: number } | undefined;
  /** Undefined when it is gone, or in a language nobody reads. */
  pattern(mark: PatternMark): AskedPattern | undefined;
  close(): void | Promise<void>;
}

/**
 * A module named to the screening subject by whoever composes the node: workers import it by its URL.
 *
 * A worker cannot be handed a function, and screening does not import intel; so the wiring is a module that knows both.
 */
export interface ValueReaderModule {
  readonly openValueReader: (options: { readonly dir: string }) => ValueReader | Promise<ValueReader>;
}
