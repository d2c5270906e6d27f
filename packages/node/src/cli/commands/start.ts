import { once } from 'node:events';
import { resolve } from 'node:path';
import { ComityError, quote } from '@comity/protocol/base';
import { composeNode } from '../../compose.ts';
import type { Node, NodeOptions } from '../../compose.ts';
import type { Typed } from '../flag-table.ts';
import { parseCount } from '../numbers.ts';
import { write } from '../terminal.ts';
import type { CommandDeps, ExitCode } from './command.ts';

/** Runs the node until it is told to stop. */
export async function start({ flags }: Typed<'start'>, dataDir: string, deps: CommandDeps): Promise<ExitCode> {
  const tls = tlsFiles(flags['tls-cert'], flags['tls-key']);
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
      ...(tls !== undefined && { tls }),
      seenDays: parseCount(flags['keep-seen'], 'keep-seen', 0, 3660),
      seenBytesMax: parseCount(flags['keep-seen-mb'], 'keep-seen-mb', 1, 100_000_000) * 1_000_000,
    },
    deps.node,
  );
  let forget: (() => void) | undefined;
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
    if (tls !== undefined) forget = deps.onHangup(() => reloadTls(node, deps));
    if (!deps.stop.aborted) await once(deps.stop, 'abort');
  } finally {
    forget?.();
    await node.close();
  }
  return 0;
}

/** A file that is half written or wrong must not end a node that runs: it goes on with what it has, and says so. */
function reloadTls(node: Pick<Node, 'reloadTls'>, { node: { log, uuid } }: Pick<CommandDeps, 'node'>): void {
  try {
    node.reloadTls();
  } catch (error) {
    const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
    log({ message: 'Cannot take the new certificate: the one before stays', errorId: uuid(), stack });
  }
}

function tlsFiles(certFile: string | undefined, keyFile: string | undefined): NodeOptions['tls'] {
  if (certFile === undefined && keyFile === undefined) return undefined;
  if (certFile !== undefined && keyFile !== undefined) return { certFile, keyFile };
  throw new ComityError('ARGUMENT_INVALID', 'Cannot serve HTTPS: it takes both --tls-cert and --tls-key');
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
