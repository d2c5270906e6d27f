export type { LogCounts, LogFault, LogFinding, LogMatch } from './log-finding.ts';
export type { LogRun } from './log-run.ts';
export { LogThreads } from './log-threads.ts';
export type { LogScreenOptions, LogThreadsOptions } from './log-threads.ts';
