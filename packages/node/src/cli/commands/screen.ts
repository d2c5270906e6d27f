import { openUrl } from '../open-url.ts';
import type { Typed } from '../flag-table.ts';
import { runScreen } from '../screen/index.ts';
import type { CommandDeps, ExitCode } from './command.ts';

/** Screens files without a node. */
export async function screen({ flags, positionals }: Typed<'screen'>, deps: CommandDeps): Promise<ExitCode> {
  return await runScreen(
    {
      indicators: flags.indicators,
      rules: flags.rules,
      ...(flags.placeholders !== undefined && { placeholders: flags.placeholders }),
      ...(flags.logsource !== undefined && { logsource: flags.logsource }),
      ...(flags['known-good'] !== undefined && { knownGood: flags['known-good'] }),
      ...(flags.format !== undefined && { format: flags.format }),
      json: flags.json,
      quiet: flags.quiet,
      files: positionals,
    },
    {
      ...deps.terminal,
      clock: deps.node.clock,
      openUrl: (url) => openUrl(url, { allowPrivate: flags['allow-private'] }),
    },
  );
}
