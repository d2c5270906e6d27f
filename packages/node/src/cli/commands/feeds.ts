import { ComityError, quote } from '@comity/protocol/base';
import { reliabilities } from '@comity/protocol/api';
import type { FeedView } from '@comity/protocol/api';
import { tlps } from '@comity/protocol/markings';
import { loadSecret } from '../load-secret.ts';
import { parseCount, parseOneOf } from '../numbers.ts';
import { jsonText, plain, tableText, write } from '../terminal.ts';
import type { LongCommand, NodeCommand } from './command.ts';

export const addFeed: NodeCommand<'feed add'> = async ({ flags, positionals: [url = ''] }, client, terminal) => {
  if (!/^https?:\/\//i.test(url) || !URL.canParse(url)) {
    throw new ComityError('ARGUMENT_INVALID', `Cannot use ${quote(url)} as URL: it begins with https:// or http://`);
  }
  const feed = await client.addFeed({
    body: {
      url,
      collection: flags.collection,
      token: await loadSecret(flags['token-file']),
      name: flags.name,
      format: flags.format,
      intervalMinutes: parseCount(flags.interval, 'interval', 5, 43_200),
      reliability: parseOneOf(flags.reliability, 'reliability', reliabilities),
      defaultTlp: parseOneOf(flags.tlp, 'tlp', tlps),
      own: flags.own,
      allowPrivate: flags['allow-private'],
    },
  });
  await write(terminal.stdout, flags.json ? jsonText(feed) : feedsText([feed]));
  return 0;
};

export const listFeeds: NodeCommand<'feed list'> = async ({ flags }, client, terminal) => {
  const { rows } = await client.listFeeds();
  await write(terminal.stdout, flags.json ? jsonText(rows) : feedsText(rows));
  return 0;
};

/** Pulls feeds one after another. Asked to stop, what was taken of a feed stays, and the feed is as before the pull. */
export const pullFeeds: LongCommand<'feed pull'> = async ({ flags, positionals }, client, deps) => {
  const { terminal, stop, running } = deps;
  const { rows } = await client.listFeeds();
  const wanted =
    positionals.length === 0 ? rows.filter((feed) => feed.enabled) : positionals.map((word) => findFeed(rows, word));
  const pulled: FeedView[] = [];
  let stoppedAt: FeedView | undefined;
  for (const feed of wanted) {
    try {
      stop.throwIfAborted();
      pulled.push(await client.pullFeed({ params: { id: feed.id }, query: { wait: 'true' } }, { signal: stop }));
    } catch (error) {
      if (!stop.aborted) throw error;
      stoppedAt = feed;
      break;
    }
  }
  await write(terminal.stdout, flags.json ? jsonText(pulled) : feedsText(pulled));
  if (stoppedAt !== undefined) {
    const what = running
      ? 'the node may still pull it: comity feed list shows how it ends'
      : 'what was taken of it stays, and it is pulled again next time';
    const told = `Stopped at the feed ${quote(stoppedAt.name)}, ${pulled.length} of ${wanted.length} pulled; ${what}`;
    await write(terminal.stderr, `comity: ${plain(told)}\n`);
    return 2;
  }
  return pulled.some((feed) => feed.status === 'failing') ? 2 : 0;
};

function findFeed(rows: readonly FeedView[], word: string): FeedView {
  const found = rows.find((feed) => feed.id === word) ?? rows.find((feed) => feed.name === word);
  if (found === undefined) {
    throw new ComityError('NOT_FOUND', `Cannot find the feed ${quote(word)}`, {
      details: { hint: 'comity feed list shows them' },
    });
  }
  return found;
}

function reachedText({ pages, reachedAt, isWhole }: NonNullable<FeedView['progress']>): string {
  const date = reachedAt ?? 'no date of the server';
  return isWhole ? date : `${date}, ${pages} pages, not at the end`;
}

function feedsText(rows: readonly FeedView[]): string {
  const head = ['STATUS', 'OBJECTS', 'READ UP TO', 'LAST PULL', 'EVERY', 'NAME', 'URL', 'ID', 'ERROR'];
  return tableText(
    head,
    rows.map((feed) => [
      feed.enabled ? feed.status : 'off',
      feed.progress?.objects ?? feed.objectCount,
      feed.progress === undefined ? '' : reachedText(feed.progress),
      feed.lastPullAt ?? 'never',
      `${feed.intervalMinutes} min`,
      feed.name,
      feed.url,
      feed.id,
      feed.lastError ?? '',
    ]),
  );
}
