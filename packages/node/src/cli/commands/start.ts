import { once } from 'node:events';
import { resolve } from 'node:path';
import { ComityError, quote } from '@comity/protocol/base';
import { composeNode } from '../../compose.ts';
import type { Typed } from '../flag-table.ts';
import { parseCount } from '../numbers.ts';
import { write } from '../terminal.ts';
import type { CommandDeps, ExitCode } from './command.ts';

/** Runs the node until it is told to stop. */
export async function start({ flags }: Typed<'start'>, dataDir: string, deps: CommandDeps): Promise<ExitCode> {
  const publicUrl = flags['public-url'] === undefined ? undefined : parsePublicUrl(flags['public-url']);
  const node = await composeNode(
    {
      dataDir,
      host: flags.host,
      port: parseCount(flags.port, 'port', 0, 65_535),
      allowedHosts: flags['allow-host'],
      lenientMediaTypes: flags['taxii-lenient'],
      taxiiPerMinute: parseCount(flags['taxii-per-minute'], 'taxii-per-minute', 1, 1_000_000_000),
      ...(publicUrl !== undefined && { publicUrl }),
      seenDays: parseCount(flags['keep-seen'], 'keep-seen', 0, 3660),
      seenBytesMax: parseCount(flags['keep-seen-mb'], 'keep-seen-mb', 1, 100_000_000) * 1_000_000,
    },
    deps.node,
  );
  try {
    const { url, signInUrl } = await node.listen();
    await write(
      deps.terminal.stdout,
      [
        `Comity runs at ${url}`,
        `Sign in:       ${signInUrl} (works once, for 15 minutes; then: comity sign-in)`,
        `Data folder:   ${resolve(dataDir)}`,
        'Stop:          Ctrl-C',
        '',
      ].join('\n'),
    );
    if (!deps.stop.aborted) await once(deps.stop, 'abort');
  } finally {
    await node.close();
  }
  return 0;
}

function parsePublicUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (
    url === undefined ||
    !/^https?:$/.test(url.protocol) ||
    url.pathname !== '/' ||
    url.search !== '' ||
    url.hash !== ''
  ) {
    throw new ComityError(
      'ARGUMENT_INVALID',
      `Cannot use ${quote(text)} as --public-url: it is scheme and host, like https://comity.example`,
    );
  }
  return url.origin;
}
