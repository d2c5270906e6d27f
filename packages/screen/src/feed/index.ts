export { createRecordFeed } from './record-feed.ts';
export type { FedRecord, RecordFeed } from './record-feed.ts';
