import { textsOf, valueAt } from '../../base/index.ts';
import type { JsonObject, JsonValue } from '../../base/index.ts';
import type { SigmaLogsource } from '../read/rule-shape.ts';

/** A record as rules see it. Its content is untrusted. */
export interface SigmaEvent {
  /** Every log source the record is of. The same list for records of the same kind makes looking them up free. */
  readonly logsources: readonly SigmaLogsource[];
  /** When it happened, microseconds since the Unix epoch; undefined when it does not say. */
  readonly atUs?: number | undefined;
  /** The value of a field by the name rules use; undefined when the record has no such field. */
  field(name: string): JsonValue | undefined;
  /** Every text of the record, for keywords. */
  texts(): readonly string[];
}

/**
 * A JSON record as an event whose fields have the record's own names: a key, or keys of nested objects with dots between.
 *
 * @param record - untrusted.
 */
export function eventOfRecord(
  record: JsonObject,
  options: { readonly logsources: readonly SigmaLogsource[]; readonly atUs?: number | undefined },
): SigmaEvent {
  return {
    logsources: options.logsources,
    atUs: options.atUs,
    field: (name) => valueAt(record, name),
    texts: () => textsOf(record),
  };
}
