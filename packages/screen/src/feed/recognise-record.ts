import type { FormatRecord } from '../event/index.ts';
import { detectFormat, FieldList, sampleOf } from '../formats/index.ts';
import type { FormatName } from '../formats/index.ts';
import { recordOf } from '../observe/index.ts';
import { isJsonFormat, jsonRecord } from './record-feed.ts';

/** Formats whose records say nothing without the header of their input. */
const headed: ReadonlySet<FormatName> = new Set(['zeek-tsv', 'csv']);

/**
 * What one record shows by itself, without the input it came from: for records that were kept as text.
 *
 * @param text - At most `limits.recordBytesMax` bytes, untrusted.
 * @returns undefined when it is of no format that names its fields, or was cut so that it no longer reads as one.
 */
export function recogniseRecord(text: string): (FormatRecord & { readonly format: FormatName }) | undefined {
  const bytes = Buffer.from(`${text}\n`, 'utf8');
  const format = detectFormat(sampleOf(bytes));
  const end = bytes.length - 1;
  if (isJsonFormat(format.name)) {
    const record = jsonRecord(bytes, 0, end);
    return record === undefined ? undefined : { format: format.name, record };
  }
  if (headed.has(format.name) || format.name === 'raw') return undefined;
  const reader = format.createReader();
  const fields = new FieldList();
  if (!reader.read(bytes, 0, end, fields)) return undefined;
  return { format: format.name, record: recordOf(fields, reader.describe(fields)), line: text };
}
