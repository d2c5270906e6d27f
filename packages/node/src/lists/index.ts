/** The forms in which other tools take values to look for: text out of values, and nothing else. */
export { listFormats } from './list-formats.ts';
