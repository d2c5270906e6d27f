import type { PropertyRows, StructureRow } from './rows.ts';

/**
 * What an extension, or a custom type, asks of the objects it is about: properties beyond those of the standard, in the
 * same form as the standard's tables.
 */
export interface DefinitionRow {
  /** Where it is specified, as findings tell it. */
  readonly source: string;
  /** Key in `extensions`, an id of an extension-definition; when left out the definition holds for every object of `type`. */
  readonly extension?: string;
  /** Type of the objects it is about; of any when left out. */
  readonly type?: string;
  /** Whether the properties stand in the extension (property-extension) or in the object itself (all other kinds). */
  readonly place: 'extension' | 'object';
  readonly properties: PropertyRows;
  /** Types of its own that its properties hold. */
  readonly structures?: readonly StructureRow[];
}
