import type { SpecProperty } from './spec-tables.ts';

/** A row of the model: what a check can use of a property, taken from its type and from the sentences about it. */
export interface ModelProperty {
  type: string;
  required?: true;
  deprecated?: true;
  vocabulary?: string;
  refs?: string[];
  min?: number;
  max?: number;
  notBefore?: string;
  after?: string;
}

/** What the reader of sentences has to know about the rest of the standard. */
export interface Names {
  /** `attack-pattern` and the others, longest first. */
  readonly types: readonly string[];
  /** Titles of chapters to types: `Observed Data` → `observed-data`. */
  readonly titles: ReadonlyMap<string, string>;
}

/** Reads one row of a property table. The sentences are the standard's own; what none of them says is left out. */
export function readProperty(row: SpecProperty, names: Names): ModelProperty {
  const text = row.description.replaceAll(/\s+/g, ' ');
  const read: ModelProperty = { type: row.type };
  if (row.required) read.required = true;
  if (/property is now deprecated/.test(text)) read.deprecated = true;
  const vocabulary = /\b([a-z0-9]+(?:-[a-z0-9]+)*-(?:ov|enum))\b/.exec(text)?.[1];
  if (vocabulary !== undefined && row.type !== 'hashes') read.vocabulary = vocabulary;
  const refs = refsOf(row.name, text, names);
  if (refs.length > 0) read.refs = refs;
  Object.assign(read, rangeOf(text), orderOf(text));
  return read;
}

function rangeOf(text: string): Pick<ModelProperty, 'min' | 'max'> {
  const between = /(?:between|range of) (-?[\d.,]+) (?:and|-) ([\d.,]+\d)/.exec(text);
  if (between !== null) return { min: numberOf(between[1]), max: numberOf(between[2]) };
  return /value of this property MUST NOT be negative/.test(text) ? { min: 0 } : {};
}

function numberOf(text: string | undefined): number {
  return Number((text ?? '').replaceAll(',', ''));
}

function orderOf(text: string): Pick<ModelProperty, 'notBefore' | 'after'> {
  const notBefore = /MUST be greater than or equal to the timestamp in the (\w+) property/.exec(text)?.[1];
  if (notBefore !== undefined) return { notBefore };
  const after = /MUST be (?:greater than the timestamp in the (\w+) property|later than the (\w+) value)/.exec(text);
  const name = after?.[1] ?? after?.[2];
  return name === undefined ? {} : { after: name };
}

/**
 * The types a reference may name, from the sentence that restricts it; `SDO`, `SCO`, `SRO` stand for groups. Undefined
 * when any object may be named.
 */
function refsOf(name: string, text: string, names: Names): string[] {
  if (!/_refs?$/.test(name)) return [];
  const sentence = text.split(/(?<=[a-z)])[.](?: |$)/).find((each) => restriction.test(each));
  if (sentence === undefined) return [];
  // "(i.e., it cannot point to …)" says what may not be named; "the SCO file or artifact objects" what may.
  const said = sentence.replace(/\(i\.e\..*/, '');
  const subject = /\bSCO ([a-z ,-]+?) objects?\b/.exec(said)?.[1] ?? (/MUST|ID of/.test(said) ? said : '');
  const titles = [...names.titles].filter(([title]) => subject.includes(title)).map(([, type]) => type);
  const found = new Set([...titles, ...names.types.filter((type) => mentions(subject, type))]);
  if (found.size > 0) return [...found].sort();
  const groups = ['SDO', 'SCO', 'SRO'].filter((group) => new RegExp(`\\b${group}s?\\b`).test(said));
  return groups.length === 0 ? ['SCO'] : groups;
}

const restriction =
  /MUST (?:be of type|reference only|be the identifier for a SCO|be an ID reference)|\bSCOs?\b|Cyber-observable Objects|ID of the \S+ object/;

function mentions(text: string, type: string): boolean {
  return new RegExp(`(?<![\\w-])${type.replace('-', '[- ]')}(?![\\w-])`).test(text);
}
