export { askPatterns } from './ask-patterns.ts';
export type { AskedPatterns, PatternAnswer } from './ask-patterns.ts';
export { recogniseRecord } from './recognise-record.ts';
export { createRecordFeed } from './record-feed.ts';
export type { FedRecord, RecordFeed } from './record-feed.ts';
