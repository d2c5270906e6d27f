export { runFileScreen } from './run-file-screen.ts';
export type { RunFileScreenDeps, RunFileScreenOptions } from './run-file-screen.ts';
export { runScreen } from './run-screen.ts';
export type { RunScreenDeps, RunScreenOptions } from './run-screen.ts';
