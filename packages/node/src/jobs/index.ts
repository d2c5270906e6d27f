export { collectAll, startMemoryRest } from './memory-rest.ts';
export { startSweepSchedule } from './sweep-schedule.ts';
export type { SweepSchedule } from './sweep-schedule.ts';
export { startFeedSchedule } from './feed-schedule.ts';
export type { FeedSchedule } from './feed-schedule.ts';
export { startOutletSchedule } from './outlet-schedule.ts';
export type { OutletSchedule } from './outlet-schedule.ts';
