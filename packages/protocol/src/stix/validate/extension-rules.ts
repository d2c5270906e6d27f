import { isJsonObject } from '../../base/index.ts';
import type { JsonObject, JsonValue } from '../../base/index.ts';
import { textOf } from '../fields.ts';
import { enumerations } from '../model/enumerations.ts';
import { structureIn } from './definitions.ts';
import type { Definitions, ObjectDefinition } from './definitions.ts';
import { checkAnything } from './dictionary-checks.ts';
import { isTypeName, uuidStartOf } from './forms.ts';
import { checkName, checkPrefix } from './names.ts';
import type { PropertySet } from './property-set.ts';
import { needObject, shown, wrongType } from './report.ts';
import type { Report } from './report.ts';
import { checkStructure } from './structure-checks.ts';
import type { StructureChecks } from './value-checks.ts';

/** The predefined extensions by the type of object they are of (§6). */
const predefined: ReadonlyMap<string, ReadonlySet<string>> = new Map([
  ['file', new Set(['archive-ext', 'ntfs-ext', 'pdf-ext', 'raster-image-ext', 'windows-pebinary-ext'])],
  ['network-traffic', new Set(['http-request-ext', 'icmp-ext', 'socket-ext', 'tcp-ext'])],
  ['process', new Set(['windows-process-ext', 'windows-service-ext'])],
  ['user-account', new Set(['unix-account-ext'])],
]);

const extensionTypes: ReadonlySet<string> = new Set(enumerations['extension-type-enum']?.values);

/** What the extensions of an object say about its own properties and its type. */
export interface ExtensionsUse {
  /** Properties of the object itself may be those of an extension. */
  readonly addsProperties: boolean;
  /** The object is of a type an extension defines. */
  readonly definesType: boolean;
}

const none: ExtensionsUse = { addsProperties: false, definesType: false };

/** Reads what the extensions are for, before the properties are looked at. */
export function extensionsUse(extensions: JsonValue | undefined): ExtensionsUse {
  if (!isJsonObject(extensions)) return none;
  let addsProperties = false;
  let definesType = false;
  for (const key in extensions) {
    const extension = extensions[key];
    if (!isJsonObject(extension)) continue;
    const kind = extension['extension_type'];
    if (kind === 'toplevel-property-extension') addsProperties = true;
    else if (kind === 'new-sdo' || kind === 'new-sco' || kind === 'new-sro') definesType = true;
  }
  return { addsProperties, definesType };
}

/** What the extensions of an object are checked with. */
export interface ExtensionContext {
  readonly definitions: Definitions;
  /** Those of them that give something to the object itself. */
  readonly ofObject: readonly ObjectDefinition[];
  /** The predefined extensions. */
  readonly structures: StructureChecks;
}

/** The extensions of an object (§3.10, §7.3). `object` is the one they belong to. */
export function checkExtensions(object: JsonObject, value: JsonValue, context: ExtensionContext, report: Report): void {
  const { definitions, structures } = context;
  const extensions = needObject(value, 'extensions', report);
  if (extensions === undefined) return;
  const type = textOf(object, 'type');
  const ownNames = predefined.get(type);
  let isEmpty = true;
  report.enter('extensions');
  for (const key in extensions) {
    isEmpty = false;
    const extension = extensions[key] ?? null;
    if (ownNames?.has(key) === true) structures.get(key)?.(extension, key, report);
    else if (key.startsWith('extension-definition--')) checkDefined(object, key, extension, definitions, report);
    else checkUndefined(object, key, extension, context, report);
    if (report.isFull) break;
  }
  report.leave();
  if (isEmpty) report.add('dictionary-empty', 'extensions', 'Fill the dictionary extensions or leave it out');
}

function checkDefined(
  object: JsonObject,
  key: string,
  value: JsonValue,
  definitions: Definitions,
  report: Report,
): void {
  if (uuidStartOf(key) < 0) report.add('extension-name', key, `Write ${shown(key)} as extension-definition--UUID`);
  const extension = needObject(value, key, report);
  if (extension === undefined) return;
  const kind = extension['extension_type'];
  report.enter(key);
  if (kind === undefined) report.add('property-missing', 'extension_type', 'Add the extension_type');
  else if (typeof kind !== 'string') wrongType(kind, 'extension_type', report, 'text');
  else if (!extensionTypes.has(kind))
    report.add('extension-type', 'extension_type', `Name one of the five kinds of extension, not ${shown(kind)}`);
  const known = definitions.inExtension(key, object['type']);
  report.inSection(known?.row.source ?? report.section, () => checkContent(extension, known?.properties, report));
  report.leave();
}

/** What stands in an extension: as its definition says where it is known, else anything well-named. */
function checkContent(extension: JsonObject, properties: PropertySet | undefined, report: Report): void {
  for (const name in extension) {
    if (name === 'extension_type') continue;
    const content = extension[name] ?? null;
    if (properties?.checkValue(name, content, report) !== true && checkName(name, report))
      checkAnything(content, name, report);
    if (report.isFull) return;
  }
  properties?.checkWhole(extension, report);
}

/** An extension that is neither predefined nor has the id of a definition: custom, deprecated with 2.1 (§11.3). */
function checkUndefined(
  object: JsonObject,
  key: string,
  value: JsonValue,
  { definitions, ofObject }: ExtensionContext,
  report: Report,
): void {
  const structure = structureIn(ofObject, key);
  if (structure !== undefined) {
    structure(value, key, report);
    return;
  }
  const known = definitions.inExtension(key, object['type']);
  const extension = needObject(value, key, report);
  if (extension === undefined) return;
  if (known !== undefined) {
    report.enter(key);
    report.inSection(known.row.source, () => checkStructure(extension, known.properties, report));
    report.leave();
    return;
  }
  const isMarking = object['type'] === 'marking-definition';
  if (isMarking || !isTypeName(key) || !key.endsWith('-ext'))
    report.add('extension-name', key, `Name the extension ${shown(key)} by an extension-definition`);
  else {
    report.add('extension-undefined', key, `Define ${shown(key)} in an extension-definition`);
    checkPrefix(key.slice(0, -'-ext'.length), '-', key, report);
  }
  if (report.isClosed) report.add('property-refused', key, `Remove the extension ${shown(key)}: nothing defines it`);
  checkAnything(extension, key, report);
  if (Object.keys(extension).length === 0)
    report.add('extension-empty', key, 'Add at least one property to the extension');
}

/** §7.3.1. */
export function checkExtensionDefinition(definition: JsonObject, report: Report): void {
  const { description, extension_types: types, extension_properties: names } = definition;
  const isTopLevel = Array.isArray(types) && types.includes('toplevel-property-extension');
  if (description === undefined) report.add('extension-description', undefined, 'Add a description of the extension');
  if (isTopLevel && names === undefined)
    report.add('extension-names', undefined, 'List the properties the extension adds in extension_properties');
  if (!isTopLevel && names !== undefined)
    report.add('extension-names-misplaced', 'extension_properties', 'Leave out extension_properties: it adds none');
  if (!Array.isArray(names)) return;
  report.enter('extension_properties');
  for (const [index, name] of names.entries()) {
    if (typeof name === 'string' && name.length > 250)
      report.add('property-name', index, `Shorten the name ${shown(name)} to 250 signs`);
  }
  report.leave();
}
