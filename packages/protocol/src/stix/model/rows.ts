/** What the standard says of one property, as far as a check can use it. */
export interface PropertyRow {
  /** As the standard writes it: `string`, `list of type identifier`, `dictionary`, the name of a structure. */
  readonly type: string;
  readonly required?: true;
  readonly deprecated?: true;
  /** The vocabulary its values come from. */
  readonly vocabulary?: string;
  /** The types it may refer to; `SDO`, `SCO` and `SRO` stand for all of a kind. Any object when left out. */
  readonly refs?: readonly string[];
  readonly min?: number;
  readonly max?: number;
  /** The only values it may have, where no vocabulary of the standard says so. */
  readonly values?: readonly string[];
  /** Least number of digits behind the seconds of a timestamp. */
  readonly digitsMin?: number;
  /** The timestamp this one must not be before. */
  readonly notBefore?: string;
  /** The timestamp this one must be after. */
  readonly after?: string;
}

/** Properties by name. */
export type PropertyRows = Readonly<Record<string, PropertyRow>>;

/** Names of common properties. */
export interface CommonSet {
  readonly required: readonly string[];
  readonly optional: readonly string[];
}

/** A type of object and its own properties. */
export interface ObjectRow {
  readonly type: string;
  /** Section of STIX 2.1. */
  readonly section: string;
  /** Which common properties it has: a key of the common sets. */
  readonly common: string;
  /** Observables only: the properties whose values make the id (§2.9). */
  readonly idContributing?: readonly string[];
  readonly properties: PropertyRows;
}

/** Something that stands inside objects: an embedded type or a predefined extension. */
export interface StructureRow {
  readonly name: string;
  readonly section: string;
  readonly properties: PropertyRows;
}

/** A vocabulary of §10. */
export interface VocabularyRow {
  readonly section: string;
  readonly values: readonly string[];
}

/** A suggested relationship: `SCO` among the targets stands for every observable. */
export interface RelationshipRow {
  readonly source: string;
  readonly type: string;
  readonly targets: readonly string[];
}

/** One label of a confidence scale: the value it stands for and the values shown as it; none for "not specified". */
export interface ScaleRow {
  readonly label: string;
  readonly value?: number;
  readonly min?: number;
  readonly max?: number;
}
