import { ComityError } from '@comity/protocol/base';
import { parseCount } from '../numbers.ts';
import { openUrl } from '../open-url.ts';
import type { Typed } from '../flag-table.ts';
import { runFileScreen, runScreen } from '../screen/index.ts';
import type { CommandDeps, ExitCode } from './command.ts';

const threadsMax = 256;

/** Screens records, or files by their digests, without a node. */
export async function screen({ flags, positionals }: Typed<'screen'>, deps: CommandDeps): Promise<ExitCode> {
  const { indicators, json, ecs, quiet, format, cache } = flags;
  if (json && ecs)
    throw new ComityError('ARGUMENT_INVALID', 'Cannot use --json with --ecs: each is a form of what is found');
  const asked = {
    indicators,
    ...(flags['known-good'] !== undefined && { knownGood: flags['known-good'] }),
    json,
    ecs,
    quiet,
    files: positionals,
  };
  const surroundings = {
    stdout: deps.terminal.stdout,
    stderr: deps.terminal.stderr,
    clock: deps.node.clock,
    openUrl: (url: string) => openUrl(url, { allowPrivate: flags['allow-private'] }),
  };
  if (flags.files) {
    if (flags.rules.length > 0 || flags.logsource !== undefined) {
      throw new ComityError('ARGUMENT_INVALID', 'Cannot use --rules with --files: rules are about records');
    }
    if (flags.table !== undefined || flags['save-table'] !== undefined || flags.threads !== undefined) {
      throw new ComityError(
        'ARGUMENT_INVALID',
        'Cannot use --table, --save-table or --threads with --files: they are about records',
      );
    }
    const noCache = flags['no-cache'];
    return await runFileScreen(
      { ...asked, noCache, ...(format !== undefined && { format }), ...(cache !== undefined && { cache }) },
      { ...surroundings, env: deps.env, stop: deps.stop },
    );
  }
  if (cache !== undefined || flags['no-cache']) {
    throw new ComityError('ARGUMENT_INVALID', 'Cannot use --cache or --no-cache: digests are kept with --files only');
  }
  return await runScreen(
    {
      ...asked,
      rules: flags.rules,
      ...(flags.table !== undefined && { table: flags.table }),
      ...(flags['save-table'] !== undefined && { saveTable: flags['save-table'] }),
      ...(flags.threads !== undefined && { threads: parseCount(flags.threads, 'threads', 1, threadsMax) }),
      ...(flags.placeholders !== undefined && { placeholders: flags.placeholders }),
      ...(flags.logsource !== undefined && { logsource: flags.logsource }),
      ...(format !== undefined && { format }),
    },
    { ...surroundings, stdin: deps.terminal.stdin },
  );
}
