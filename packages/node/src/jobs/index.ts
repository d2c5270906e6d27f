export { collectAll, startMemoryRest } from './memory-rest.ts';
export { startSweepSchedule } from './sweep-schedule.ts';
export type { SweepSchedule } from './sweep-schedule.ts';
export { startFeedSchedule } from './feed-schedule.ts';
export type { FeedSchedule } from './feed-schedule.ts';
