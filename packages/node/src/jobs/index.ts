export { collectAll, startMemoryRest } from './memory-rest.ts';
export { startSweepSchedule } from './sweep-schedule.ts';
export type { SweepSchedule } from './sweep-schedule.ts';
export { startLookupSchedule } from './lookup-schedule.ts';
export type { LookupSchedule } from './lookup-schedule.ts';
export { startOutletSchedule } from './outlet-schedule.ts';
export type { OutletSchedule } from './outlet-schedule.ts';
export { startSchedule } from './schedule.ts';
export type { Schedule } from './schedule.ts';
