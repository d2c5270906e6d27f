export type { MatchedRecord, PortVerdict, RecordMatch, ScreenSink } from './match.ts';
export { createScreen } from './screen.ts';
export type { ResumeState } from './running.ts';
export type { Screen, ScreenOptions } from './screen.ts';
// For planning ahead of a screen:
export { RawGuess } from './raw-guess.ts';
export type { FoundFormat } from './raw-guess.ts';
