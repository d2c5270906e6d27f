import { valueAt } from '@comity/protocol/base';
import type { JsonObject, JsonValue } from '@comity/protocol/base';
import type { SigmaLogsource } from '@comity/protocol/sigma';

/** Where the value of a field is: at a dotted path of the record, or worked out; `says` is what the page on Sigma shows. */
export type FieldSource =
  string | { readonly says: string; readonly of: (record: JsonObject) => JsonValue | undefined };

/** What records of one kind are to Sigma. */
export interface SourceKind {
  /** How the page on Sigma names it: `Sysmon 1`. */
  readonly about: string;
  /** Every log source its records are of. */
  readonly logsources: readonly SigmaLogsource[];
  /** Fields of the taxonomy by where they are, the first that is there. Other fields have the record's own names. */
  readonly fields: Readonly<Record<string, readonly FieldSource[]>>;
}

/** The value of a field the kind knows; undefined when it does not, or the record has none. */
export function mappedField(kind: SourceKind, record: JsonObject, name: string): JsonValue | undefined {
  if (!Object.hasOwn(kind.fields, name)) return undefined;
  for (const source of kind.fields[name]!) {
    const value = typeof source === 'string' ? valueAt(record, source) : source.of(record);
    if (value !== undefined && value !== null) return value;
  }
  return undefined;
}

/** The text of a path that holds one. */
export function textAt(record: JsonObject, path: string): string | undefined {
  const value = valueAt(record, path);
  if (typeof value === 'number') return String(value);
  return typeof value === 'string' && value !== '' ? value : undefined;
}
