import { isJsonObject, textsOf, valueAt } from '@comity/protocol/base';
import type { JsonObject, JsonValue } from '@comity/protocol/base';
import type { SigmaEvent, SigmaLogsource } from '@comity/protocol/sigma';
import { countOf, memberOf, textOf, timeOf } from '../observe/fields.ts';
import { mappedField } from './source-kind.ts';
import type { SourceKind } from './source-kind.ts';
import { windowsKind } from './windows-kinds.ts';

/**
 * A Windows event as rules see it, wherever a shipper put its members: below `Event` with `System` and `EventData` or
 * `UserData`, below `winlog`, or flat.
 *
 * A field is, in this order, what its category calls it; a datum of the event, blanks in its name left out; an element or
 * attribute of `System`, joined by `_` (`Provider_Name`, `Execution_ProcessID`); a member of the record. Spec: Sigma rules
 * 2.1.0, "Field Usage".
 */
export class WindowsEvent implements SigmaEvent {
  readonly #record: JsonObject;
  readonly #data: JsonObject;
  readonly #system: JsonObject;
  readonly #kind: SourceKind;

  constructor(record: JsonObject) {
    const event = objectAt(record, 'Event') ?? record;
    this.#record = record;
    this.#system = objectAt(event, 'System') ?? objectAt(record, 'winlog') ?? event;
    this.#data = dataOf(event, objectAt(record, 'winlog'), record);
    this.#kind = windowsKind(textOf(this.#plain('Channel')), countOf(textOf(this.#plain('EventID'))));
  }

  get logsources(): readonly SigmaLogsource[] {
    return this.#kind.logsources;
  }

  get atUs(): number | undefined {
    const system = this.#system;
    const created = memberOf(system, 'TimeCreated');
    return (
      timeOf(memberOf(this.#data, 'UtcTime')) ??
      (isJsonObject(created) ? timeOf(attributeOf(created, 'SystemTime')) : timeOf(created)) ??
      timeOf(memberOf(this.#record, '@timestamp')) ??
      timeOf(memberOf(this.#record, 'EventTime'))
    );
  }

  field(name: string): JsonValue | undefined {
    return mappedField(this.#kind, this.#data, name) ?? this.#plain(name);
  }

  /** A field by the event's own names. */
  #plain(name: string): JsonValue | undefined {
    if (Object.hasOwn(this.#data, name)) return this.#data[name];
    return systemField(this.#system, name) ?? valueAt(this.#record, name);
  }

  texts(): readonly string[] {
    return textsOf(this.#record);
  }
}

function objectAt(record: JsonObject, path: string): JsonObject | undefined {
  const value = memberOf(record, path);
  return isJsonObject(value) ? value : undefined;
}

/** The data of the event by their names without blanks. */
function dataOf(event: JsonObject, winlog: JsonObject | undefined, record: JsonObject): JsonObject {
  const inner =
    objectAt(event, 'EventData') ??
    (winlog === undefined ? undefined : (objectAt(winlog, 'event_data') ?? objectAt(winlog, 'user_data'))) ??
    userData(event) ??
    record;
  const list = memberOf(inner, 'Data');
  if (Array.isArray(list)) return named(list);
  return Object.keys(inner).some((key) => key.includes(' ')) ? withoutBlanks(inner) : inner;
}

/** `UserData` holds one element of the provider's own, whose members are the data. */
function userData(event: JsonObject): JsonObject | undefined {
  const data = objectAt(event, 'UserData');
  if (data === undefined) return undefined;
  return Object.values(data).find((each) => isJsonObject(each)) ?? data;
}

/** `{"Name": "Image", "#text": "…"}`, with attributes as converters write them. */
function named(list: readonly JsonValue[]): JsonObject {
  const data: JsonObject = {};
  for (const each of list) {
    if (!isJsonObject(each)) continue;
    const name = textOf(attributeOf(each, 'Name'))?.replaceAll(' ', '');
    const value = memberOf(each, '#text') ?? memberOf(each, 'Value');
    if (name !== undefined && name !== '__proto__' && value !== undefined) data[name] = value;
  }
  return data;
}

function withoutBlanks(data: JsonObject): JsonObject {
  const found: JsonObject = {};
  for (const [key, value] of Object.entries(data)) {
    const name = key.replaceAll(' ', '');
    if (name !== '__proto__') found[name] = value;
  }
  return found;
}

/** Names winlogbeat and NXLog give members of `System`. */
const otherNames: Readonly<Record<string, readonly string[]>> = {
  Channel: ['channel', 'Channel'],
  EventID: ['event_id', 'EventID'],
  Computer: ['computer_name', 'Hostname'],
  Provider_Name: ['provider_name', 'ProviderName', 'SourceName'],
  Provider_Guid: ['provider_guid', 'ProviderGuid'],
  EventRecordID: ['record_id', 'RecordNumber'],
  Task: ['task', 'Task'],
  Opcode: ['opcode', 'Opcode'],
  Keywords: ['keywords', 'Keywords'],
};

function systemField(system: JsonObject, name: string): JsonValue | undefined {
  const own = memberOf(system, name);
  // Some converters write an element with attributes as an object with its text.
  if (own !== undefined) return isJsonObject(own) ? (memberOf(own, '#text') ?? own) : own;
  if (Object.hasOwn(otherNames, name)) {
    for (const other of otherNames[name]!) {
      const value = memberOf(system, other);
      if (value !== undefined) return value;
    }
  }
  const cut = name.indexOf('_');
  const element = cut < 0 ? undefined : memberOf(system, name.slice(0, cut));
  return isJsonObject(element) ? attributeOf(element, name.slice(cut + 1)) : undefined;
}

/** An attribute of an element, as converters from XML write it. */
function attributeOf(element: JsonObject, name: string): JsonValue | undefined {
  const attributes = memberOf(element, '#attributes');
  return (
    memberOf(element, name) ??
    memberOf(element, `@${name}`) ??
    (isJsonObject(attributes) ? memberOf(attributes, name) : undefined)
  );
}
