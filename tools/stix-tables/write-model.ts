import { interopProperties } from './read-interop.ts';
import { readProperty } from './read-property.ts';
import type { Names } from './read-property.ts';
import { corrections, sectionNumber, structureNames } from './spec-tables.ts';
import type { SpecObject, SpecProperty, SpecTables } from './spec-tables.ts';

/** The generated files by their names in `packages/protocol/src/stix/model`, before they are formatted. */
export function writeModel(tables: SpecTables): ReadonlyMap<string, string> {
  const objects = tables.objects.filter(({ property_tables }) => property_tables.length > 0);
  const names = namesOf(objects);
  const inChapter = (...chapters: string[]): string =>
    objects
      .filter(({ section }) => chapters.includes(section.split('.', 1)[0] ?? ''))
      .map((object) => objectRow(object, names))
      .join('\n');
  const objectFile = (about: string, name: string, rows: string): string =>
    `${header}import type { ObjectRow } from './rows.ts';\n\n/** ${about}. */\nexport const ${name}: readonly ObjectRow[] = [${rows}];`;
  return new Map([
    ['common-sets.ts', commonSetFile(objects)],
    ['domain-objects.ts', objectFile('STIX domain objects (§4)', 'domainObjects', inChapter('4'))],
    ['relationship-objects.ts', objectFile('STIX relationship objects (§5)', 'relationshipObjects', inChapter('5'))],
    ['observables.ts', objectFile('STIX cyber-observable objects (§6)', 'observables', inChapter('6'))],
    ['meta-objects.ts', objectFile('STIX meta objects (§7)', 'metaObjects', inChapter('7'))],
    ['structures.ts', structureFile(objects, names)],
    ['open-vocabularies.ts', vocabularyFile(tables, 'open-vocab')],
    ['enumerations.ts', vocabularyFile(tables, 'enum')],
    ['relationships.ts', relationshipFile(tables)],
    ['confidence-scales.ts', scaleFile(tables)],
    ['interop-properties.ts', interopFile(tables)],
  ]);
}

const header =
  '// Made by `node tools/stix-tables/main.ts` from the tables of STIX 2.1 (Errata 01, draft of 2025-04-02). Not to be edited.\n';

function namesOf(objects: readonly SpecObject[]): Names {
  const types = objects.map(({ type }) => type);
  const titled = objects.filter(({ section }) => /^[45]\./.test(section));
  return {
    types: types.filter((type) => type !== 'bundle').toSorted((one, other) => other.length - one.length),
    titles: new Map(titled.map(({ section, type }) => [section.replace(/^\S+ /, ''), type])),
  };
}

/** All domain objects have the same common properties, and all observables: such a set has the name of its chapter. */
function commonSetName({ section, type }: SpecObject): string {
  if (/^[45]\./.test(section)) return 'versioned';
  return section.startsWith('6.') ? 'observable' : type;
}

function commonSetFile(objects: readonly SpecObject[]): string {
  const sets = new Map<string, string>();
  for (const object of objects) {
    if (object.summary === null) continue;
    const list = (heading: string): string => valueText(object.summary?.[`${heading} Common Properties`] ?? []);
    // The summaries of §7 name `granular_marking_refs`, which nothing defines: granular_markings is meant.
    const optional = list('Optional').replace('granular_marking_refs', 'granular_markings');
    const text = `{ required: ${list('Required')}, optional: ${optional} }`;
    const earlier = sets.get(commonSetName(object));
    if (earlier !== undefined && earlier !== text) throw new Error(`${object.type} has other common properties`);
    sets.set(commonSetName(object), text);
  }
  const rows = [...sets].map(([name, text]) => `${keyText(name)}: ${text},`);
  return `${header}import type { CommonSet } from './rows.ts';

/** Which of the common properties (§3.2) objects have: versioned ones (§4, §5), observables, each meta object. */
export const commonSets = {${rows.join('\n')}} as const satisfies Record<string, CommonSet>;`;
}

function objectRow(object: SpecObject, names: Names): string {
  const own = object.property_tables[0]?.properties.filter(({ name }) => name !== 'type') ?? [];
  const contributing = object.id_contributing === null ? '' : `idContributing: ${valueText(object.id_contributing)},`;
  return `{ type: '${object.type}', section: '${sectionNumber(object.section)}', common: '${commonSetName(object)}', ${contributing}
    properties: ${propertiesText(object.type, own, names)} },`;
}

function structureFile(objects: readonly SpecObject[], names: Names): string {
  return `${header}import type { StructureRow } from './rows.ts';

/** What stands inside objects: embedded types, predefined extensions, marking objects. */
export const structures: readonly StructureRow[] = [${objects.map((object) => structuresOf(object, names)).join('')}];`;
}

function structuresOf(object: SpecObject, names: Names): string {
  const inner = object.property_tables.slice(1);
  const ownNames = structureNames[object.type] ?? [];
  if (inner.length !== ownNames.length)
    throw new Error(`${object.type} has ${inner.length} tables inside, ${ownNames.length} have a name`);
  return inner
    .map(
      ({ properties }, index) =>
        `{ name: '${ownNames[index] ?? ''}', section: '${sectionNumber(object.section)}', properties: ${propertiesText(object.type, properties, names)} },`,
    )
    .join('');
}

function propertiesText(object: string, properties: readonly SpecProperty[], names: Names): string {
  const lines = properties.map((row) => {
    const right = corrected(object, row);
    return `${right.name.trim()}: ${valueText(readProperty(right, names))},`;
  });
  return `{${lines.join('\n')}}`;
}

function corrected(object: string, row: SpecProperty): SpecProperty {
  const correction = corrections.find((each) => each.object === object && each.property === row.name);
  if (correction === undefined) return row;
  if (row[correction.field] === correction.value) throw new Error(`${object}.${row.name} needs its correction no more`);
  return { ...row, [correction.field]: correction.value };
}

/** A plain value as a literal of the language: keys without quotes where they can be. */
function valueText(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(valueText).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const members = Object.entries(value).map(([key, member]) => `${keyText(key)}: ${valueText(member)}`);
  return `{ ${members.join(', ')} }`;
}

function keyText(key: string): string {
  return /^[A-Za-z_]\w*$/.test(key) ? key : JSON.stringify(key);
}

function vocabularyFile({ vocabularies }: SpecTables, kind: 'open-vocab' | 'enum'): string {
  const rows = vocabularies
    .filter((vocabulary) => vocabulary.kind === kind)
    .map(
      ({ name, section, values }) =>
        `'${name}': { section: '${sectionNumber(section)}', values: ${valueText(values.map(({ value }) => value))} },`,
    );
  const [name, about] =
    kind === 'enum'
      ? ['enumerations', 'Enumerations (§10): a value outside is an error']
      : ['openVocabularies', 'Open vocabularies (§10): a value outside is permitted, with a warning'];
  return `${header}import type { VocabularyRow } from './rows.ts';

/** ${about}. */
export const ${name}: Readonly<Record<string, VocabularyRow>> = {${rows.join('\n')}};`;
}

function relationshipFile({ relationships }: SpecTables): string {
  const rows = relationships.flatMap(({ source, type, targets }) =>
    type.split(', ').map((name) => {
      const named = targets.map((target) => (target.includes('All STIX Cyber-observable') ? 'SCO' : target));
      return `{ source: '${source}', type: '${name}', targets: ${JSON.stringify(named)} },`;
    }),
  );
  return `${header}import type { RelationshipRow } from './rows.ts';

/** The relationships the standard suggests (§3.7 and the tables of §4 and §6); \`SCO\` stands for every observable. */
export const relationships: readonly RelationshipRow[] = [${rows.join('\n')}];`;
}

function scaleFile({ scales }: SpecTables): string {
  const keys = ['none-low-med-high', 'zero-ten', 'admiralty', 'wep', 'dni'];
  if (scales.length !== keys.length) throw new Error(`${scales.length} scales, ${keys.length} named`);
  const rows = scales.map(({ rows: labels }, index) => {
    const lines = labels.map(({ label, value, range }) => {
      const [low = NaN, high = low] = range.split('-').map(Number);
      const numbers = range === 'N/A' ? '' : `, value: ${Number(value)}, min: ${low}, max: ${high}`;
      return `{ label: ${JSON.stringify(label)}${numbers} },`;
    });
    return `'${keys[index] ?? ''}': [${lines.join('\n')}],`;
  });
  return `${header}import type { ScaleRow } from './rows.ts';

/** Appendix A: the five scales a confidence of 0 to 100 is shown in; a label without numbers means "not specified". */
export const confidenceScales = {${rows.join('\n')}} as const satisfies Record<string, readonly ScaleRow[]>;`;
}

function interopFile({ interop }: SpecTables): string {
  const rows = [...interopProperties(interop)].map(
    ([type, { section, names }]) => `'${type}': { section: '${section}', names: ${valueText(names)} },`,
  );
  return `// Made by \`node tools/stix-tables/main.ts\` from the requirements of STIX 2.1 Interoperability v1.0 (CSD01). Not to be edited.

/** The properties an object has that a producer shares in the use case of its type. */
export const interopProperties: Readonly<Record<string, { readonly section: string; readonly names: readonly string[] }>> = {${rows.join('\n')}};`;
}
