export { startFeedSchedule } from './feed-schedule.ts';
export type { FeedSchedule, FeedScheduleDeps, Timers } from './feed-schedule.ts';
