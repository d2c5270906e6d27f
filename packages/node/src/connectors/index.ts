export { intelligenceFormats } from './item.ts';
export type {
  CsvMapping,
  FormatItem,
  IntelligenceFormat,
  IntelligenceInput,
  Item,
  LossItem,
  ObjectItem,
  ReadOptions,
  RejectedItem,
  ValueContext,
  ValueItem,
} from './item.ts';
export { readIntelligence } from './read/read-intelligence.ts';
