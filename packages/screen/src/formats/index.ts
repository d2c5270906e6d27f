export { detectFormat, formats, getFormat, sampleOf } from './detect-format.ts';
export { formatTitles } from './format.ts';
export type {
  ComposedUrl,
  FieldContext,
  Format,
  FormatName,
  Framing,
  RecordContext,
  RecordReader,
  Sample,
} from './format.ts';
export { FieldList, fieldForms } from './field-list.ts';
