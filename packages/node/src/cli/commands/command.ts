import type { Client } from '@comity/protocol/client';
import type { NodeDeps } from '../../compose.ts';
import type { CommandName, Typed } from '../flag-table.ts';
import type { Terminal } from '../terminal.ts';

/** 0 done; 1 the answer is no; 2 could not. */
export type ExitCode = 0 | 1 | 2;

/** What a command may touch beside its arguments. */
export interface CommandDeps {
  readonly terminal: Terminal;
  /** For a node composed in this process, and for `start`. */
  readonly node: NodeDeps;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Aborts on SIGINT and SIGTERM. */
  readonly stop: AbortSignal;
  /** Calls `listener` at each SIGHUP, which then ends nothing, until what it returns is called. */
  readonly onHangup: (listener: () => void) => () => void;
}

/** What a command that works for long must know beside the node. */
interface LongCommandDeps {
  readonly terminal: Terminal;
  /** Aborts when the command is to end: at a border that leaves nothing half done. */
  readonly stop: AbortSignal;
  /** Whether the node runs for itself, and so goes on with what it was asked for. */
  readonly running: boolean;
}

/** A command that may take long: it hears a stop, says on standard error how far it came, and ends with 2. */
export type LongCommand<N extends CommandName> = (
  typed: Typed<N>,
  client: Client,
  deps: LongCommandDeps,
) => Promise<ExitCode>;

/** A command that asks the node, whichever it is. */
export type NodeCommand<N extends CommandName> = (
  typed: Typed<N>,
  client: Client,
  terminal: Terminal,
) => Promise<ExitCode>;
