/** What is known of a flag, a positional and a command: enough to parse, explain and complete them. */
export interface Flag {
  readonly name: string;
  /** Name of the value in help; a flag without one is a switch. */
  readonly value?: string;
  /** May be given several times. */
  readonly many?: boolean;
  readonly choices?: readonly string[];
  readonly default?: string;
  readonly help: string;
  /** What a shell completes the value with. */
  readonly completes?: 'file' | 'folder';
}

export interface Positional {
  readonly name: string;
  readonly many?: boolean;
  readonly optional?: boolean;
  readonly choices?: readonly string[];
  readonly completes?: 'file' | 'folder';
}

export interface Command {
  /** As typed: `intel import`. */
  readonly name: string;
  readonly summary: string;
  /** Paragraphs of the manual page and the end of `--help`. */
  readonly details?: string;
  readonly positionals: readonly Positional[];
  readonly flags: readonly Flag[];
}
