export { createPatternStream } from './pattern-stream.ts';
export type { PatternStream, StreamFigures, StreamMatch, StreamOptions } from './pattern-stream.ts';
export type { StreamBinding } from './live-pattern.ts';
