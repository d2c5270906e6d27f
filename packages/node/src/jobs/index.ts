export { startFeedSchedule } from './feed-schedule.ts';
export type { FeedSchedule } from './feed-schedule.ts';
