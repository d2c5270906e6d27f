import type { ListedValue } from './kinds.ts';

/** A value found in free text. */
export interface ExtractedValue {
  readonly value: ListedValue;
  /** Where it begins in the text, in UTF-16 code units. */
  readonly offset: number;
  /** Whether the author wrote it defanged: as sure a sign as there is that it is meant as an indicator. */
  readonly defanged: boolean;
}

export function extractValues(_text: string): ExtractedValue[] {
  return [];
}
