import { isJsonObject } from '../../base/index.ts';
import type { JsonObject, JsonValue } from '../../base/index.ts';
import type { DefinitionRow } from '../model/definition-row.ts';
import { oasisExtensions } from '../model/oasis-extensions.ts';
import { PropertySet } from './property-set.ts';
import type { Report } from './report.ts';
import { compileStructures, standardStructures } from './structure-checks.ts';
import type { Check, StructureChecks } from './value-checks.ts';

interface Compiled {
  readonly row: DefinitionRow;
  readonly properties: PropertySet;
  readonly structures: StructureChecks;
}

/** The extensions and custom types a validator knows, compiled. */
export class Definitions {
  readonly #byExtension = new Map<string, Compiled>();
  readonly #byType = new Map<string, Compiled[]>();

  constructor(rows: readonly DefinitionRow[]) {
    for (const row of rows) {
      const structures = compileStructures(row.structures ?? [], standardStructures);
      const compiled = { row, properties: new PropertySet(row.properties, structures), structures };
      if (row.extension !== undefined) this.#byExtension.set(row.extension, compiled);
      else if (row.type !== undefined) this.#byType.set(row.type, [...(this.#byType.get(row.type) ?? []), compiled]);
    }
  }

  /** Whether some definition is about objects of the type. */
  hasType(type: string): boolean {
    return this.#byType.has(type) || [...this.#byExtension.values()].some(({ row }) => row.type === type);
  }

  /** The properties that stand inside the extension `key` of an object of `type`. */
  inExtension(key: string, type: JsonValue | undefined): PropertySet | undefined {
    const found = this.#byExtension.get(key);
    if (found?.row.place !== 'extension') return undefined;
    return found.row.type === undefined || found.row.type === type ? found.properties : undefined;
  }

  /** The check of the structure `key` among the extensions of an object whose type an extension defines. */
  structureIn(object: JsonObject, key: string): Check | undefined {
    for (const { row, structures } of this.#ofObject(object)) {
      if (row.structures?.some(({ name }) => name === key) === true) return structures.get(key);
    }
    return undefined;
  }

  /** Whether a definition gives the object this property. */
  hasProperty(object: JsonObject, name: string): boolean {
    for (const { properties } of this.#ofObject(object)) if (properties.has(name)) return true;
    return false;
  }

  /** Checks the properties definitions give to the object itself. */
  checkObject(object: JsonObject, report: Report): void {
    if (object['extensions'] === undefined && this.#byType.size === 0) return;
    for (const { properties } of this.#ofObject(object)) {
      for (const name in object) properties.checkValue(name, object[name] ?? null, report);
      properties.checkWhole(object, report);
    }
  }

  *#ofObject(object: JsonObject): Generator<Compiled> {
    const { type, extensions } = object;
    yield* this.#byType.get(typeof type === 'string' ? type : '') ?? [];
    if (!isJsonObject(extensions)) return;
    for (const key in extensions) {
      const found = this.#byExtension.get(key);
      if (found?.row.place === 'object' && (found.row.type === undefined || found.row.type === type)) yield found;
    }
  }
}

const oasis = new Definitions(oasisExtensions);
const compiledRows = new WeakMap<readonly DefinitionRow[], Definitions>();

/** The extensions of OASIS and those of `rows`, compiled once for each list. */
export function definitionsOf(rows: readonly DefinitionRow[] | undefined): Definitions {
  if (rows === undefined) return oasis;
  const known = compiledRows.get(rows);
  if (known !== undefined) return known;
  const compiled = new Definitions([...oasisExtensions, ...rows]);
  compiledRows.set(rows, compiled);
  return compiled;
}
