import { isJsonObject } from '../../base/index.ts';
import type { JsonObject, JsonValue } from '../../base/index.ts';
import { textOf } from '../fields.ts';
import type { DefinitionRow } from '../model/definition-row.ts';
import { oasisExtensions } from '../model/oasis-extensions.ts';
import { PropertySet } from './property-set.ts';
import type { Report } from './report.ts';
import { compileStructures, standardStructures } from './structure-checks.ts';
import type { Check, StructureChecks } from './value-checks.ts';

/** A definition, compiled. */
export interface ObjectDefinition {
  readonly row: DefinitionRow;
  readonly properties: PropertySet;
  readonly structures: StructureChecks;
}

/** The extensions and custom types a validator knows, compiled. */
export class Definitions {
  readonly #byExtension = new Map<string, ObjectDefinition>();
  readonly #byType = new Map<string, ObjectDefinition[]>();

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

  /** The definition of what stands inside the extension `key` of an object of `type`. */
  inExtension(key: string, type: JsonValue | undefined): ObjectDefinition | undefined {
    const found = this.#byExtension.get(key);
    if (found?.row.place !== 'extension') return undefined;
    return found.row.type === undefined || found.row.type === type ? found : undefined;
  }

  /** The definitions that give something to the object itself; looked for once an object. */
  ofObject(object: JsonObject): readonly ObjectDefinition[] {
    const { type, extensions } = object;
    const ofType = this.#byType.get(textOf(object, 'type')) ?? none;
    if (!isJsonObject(extensions)) return ofType;
    const found = [...ofType];
    for (const key in extensions) {
      const definition = this.#byExtension.get(key);
      if (definition?.row.place !== 'object') continue;
      if (definition.row.type === undefined || definition.row.type === type) found.push(definition);
    }
    return found;
  }
}

const none: readonly ObjectDefinition[] = [];

/** The check of the structure `key` among the extensions of an object whose type an extension defines. */
export function structureIn(definitions: readonly ObjectDefinition[], key: string): Check | undefined {
  const holder = definitions.find(({ row }) => row.structures?.some(({ name }) => name === key) === true);
  return holder?.structures.get(key);
}

/** Checks the properties definitions give to the object itself. */
export function checkDefinedProperties(
  object: JsonObject,
  definitions: readonly ObjectDefinition[],
  report: Report,
): void {
  for (const { row, properties } of definitions) {
    report.inSection(row.source, () => {
      for (const name in object) properties.checkValue(name, object[name]!, report);
      properties.checkWhole(object, report);
    });
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
