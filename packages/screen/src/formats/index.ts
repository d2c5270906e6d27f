export { detectFormat, formats, getFormat } from './detect-format.ts';
export { beginsManyLines } from './json-reader.ts';
export { sampleOf } from './sample.ts';
export { formatTitles } from './format.ts';
export type { FieldContext, Format, FormatName, Framing, RecordContext, RecordReader } from './format.ts';
export { FieldList, fieldForms } from './field-list.ts';
