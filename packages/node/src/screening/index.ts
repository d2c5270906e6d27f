export { collectAll } from './collect-all.ts';
export { openScreening } from './live-screening.ts';
export { screeningSchema } from './schema.ts';
export type { MatchIndicator, Screening, ScreeningOptions } from './screening.ts';
export type { HuntReport } from './seen/hunt-report.ts';
export type { PlacedMatch, ScreeningMatch } from './match.ts';
export type { RecordSource } from './record-source.ts';
export type { ValueReader } from './value-reader.ts';
