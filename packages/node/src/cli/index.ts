export { runCommand } from './run.ts';
export type { CommandDeps, ExitCode } from './commands/command.ts';
export type { Terminal } from './terminal.ts';
