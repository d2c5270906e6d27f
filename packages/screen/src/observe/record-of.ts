import type { JsonObject } from '@comity/protocol/base';
import { utf8 } from '../formats/field-list.ts';
import type { FieldList, RecordContext } from '../formats/index.ts';

/** The fields of a record by the name its format gives them; of several with one name the first. Values are text. */
export function recordOf(fields: FieldList, context: RecordContext): JsonObject {
  const record: JsonObject = {};
  for (let index = 0; index < fields.count; index++) {
    const { name } = context.field(index);
    if (name === undefined || name === '__proto__' || Object.hasOwn(record, name)) continue;
    record[name] = utf8(fields.bytesOf(index), fields.starts[index]!, fields.ends[index]!);
  }
  return record;
}
