export { collectAll, startMemoryRest } from './memory-rest.ts';
export { startSweepSchedule } from './sweep-schedule.ts';
export type { SweepSchedule } from './sweep-schedule.ts';
export { startSchedule } from './schedule.ts';
export type { Schedule } from './schedule.ts';
