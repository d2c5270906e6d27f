export { openScreening } from './live-screening.ts';
export { screeningSchema } from './schema.ts';
export type { MatchIndicator, Screening, ScreeningDeps, ScreeningOptions } from './screening.ts';
export type { MatchFilter, MatchPage, ScreeningMatch } from './match.ts';
export type {
  NewRecordSource,
  PushOutcome,
  RecordSource,
  RecordSourceKind,
  RecordSourceStatus,
} from './record-source.ts';
export type { ScreenedValue, ValueDelta, ValueReader, ValueReaderModule } from './value-reader.ts';
