export { runScreen } from './run-screen.ts';
export type { RunScreenDeps, RunScreenOptions } from './run-screen.ts';
