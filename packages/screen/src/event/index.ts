export { sigmaEventOf, withLogsource } from './sigma-event-of.ts';
export type { FormatRecord } from './sigma-event-of.ts';
