import { ComityError } from '@comity/protocol/base';
import type { PushView } from '@comity/protocol/api';
import { loadSecret } from '../load-secret.ts';
import { parseCount } from '../numbers.ts';
import { jsonText, tableText, write } from '../terminal.ts';
import type { NodeCommand } from './command.ts';

export const listPushes: NodeCommand<'push list'> = async ({ flags }, client, terminal) => {
  if (flags.failures !== undefined) {
    const { rows } = await client.listPushFailures({ params: { id: flags.failures } });
    const cells = rows.map((row) => [row.objectId, row.isGivenUp ? 'given up' : row.attempts, row.lastAt, row.message]);
    const text = tableText(['OBJECT', 'ATTEMPTS', 'LAST', 'THE SERVER SAYS'], cells);
    await write(terminal.stdout, flags.json ? jsonText(rows) : text);
    return 0;
  }
  const { rows } = await client.listPushes();
  await write(terminal.stdout, flags.json ? jsonText(rows) : pushesText(rows));
  return 0;
};

export const addPush: NodeCommand<'push add'> = async (
  { flags, positionals: [collection = '', url = ''] },
  client,
  terminal,
) => {
  const { to: recipient } = flags;
  if (recipient === undefined)
    throw new ComityError('ARGUMENT_INVALID', 'Cannot add the push: --to says whose the server is');
  const push = await client.addPush({
    body: {
      collection,
      recipient,
      url,
      remoteCollection: flags.collection,
      token: await loadSecret(flags['token-file']),
      intervalMinutes: parseCount(flags.interval, 'interval', 5, 43_200),
      allowPrivate: flags['allow-private'],
    },
  });
  await write(terminal.stdout, flags.json ? jsonText(push) : pushesText([push]));
  return 0;
};

export const runPush: NodeCommand<'push run'> = async ({ flags, positionals: [id = ''] }, client, terminal) => {
  const query = { wait: 'true', anew: flags.anew ? 'true' : 'false' } as const;
  const push = await client.runPush({ params: { id }, query });
  await write(terminal.stdout, flags.json ? jsonText(push) : pushesText([push]));
  return push.status === 'failing' ? 2 : 0;
};

export const removePush: NodeCommand<'push remove'> = async ({ positionals: [id = ''] }, client, terminal) => {
  await client.removePush({ params: { id } });
  await write(terminal.stdout, 'removed\n');
  return 0;
};

function pushesText(rows: readonly PushView[]): string {
  const head = ['STATUS', 'SENT', 'FAILED', 'UP TO', 'LAST PUSH', 'TO', 'COLLECTION', 'URL', 'ID', 'ERROR'];
  return tableText(
    head,
    rows.map((push) => [
      push.enabled ? push.status : 'off',
      push.sent,
      push.failed,
      push.reachedAt ?? '',
      push.lastPushAt ?? 'never',
      push.recipient,
      push.collection,
      push.url,
      push.id,
      push.lastError ?? '',
    ]),
  );
}
