import type { JsonObject } from '../../base/index.ts';
import { commonStructures } from '../model/common-properties.ts';
import type { StructureRow } from '../model/rows.ts';
import { structures } from '../model/structures.ts';
import { checkAnything } from './dictionary-checks.ts';
import { checkCustomName } from './names.ts';
import { PropertySet } from './property-set.ts';
import { needObject } from './report.ts';
import type { Report } from './report.ts';
import { structureRules } from './structure-rules.ts';
import type { Check, StructureChecks } from './value-checks.ts';

/** Compiles structures; those of one list may hold each other. */
export function compileStructures(rows: readonly StructureRow[], known: StructureChecks = new Map()): StructureChecks {
  const checks = new Map(known);
  for (const row of rows) checks.set(row.name, compileStructure(row, checks));
  return checks;
}

function compileStructure(row: StructureRow, checks: StructureChecks): Check {
  const properties = new PropertySet(row.properties, checks);
  const rule = structureRules.get(row.name);
  return (value, key, report) => {
    const structure = needObject(value, key, report);
    if (structure === undefined) return;
    const outer = report.section;
    report.section = row.section;
    report.enter(key);
    checkStructure(structure, properties, report);
    rule?.(structure, report);
    report.leave();
    report.section = outer;
  };
}

/** Checks what stands in a structure, the properties it does not define as well. */
export function checkStructure(structure: JsonObject, properties: PropertySet, report: Report): void {
  for (const name in structure) {
    const value = structure[name] ?? null;
    if (!properties.checkValue(name, value, report)) {
      checkCustomName(name, report);
      checkAnything(value, name, report);
    }
    if (report.isFull) return;
  }
  properties.checkWhole(structure, report);
}

/** The structures of the standard. */
export const standardStructures: StructureChecks = compileStructures([...commonStructures, ...structures]);
