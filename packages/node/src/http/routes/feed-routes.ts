import { ComityError, parseRowId, quote } from '@comity/protocol/base';
import type { RowId } from '@comity/protocol/base';
import type { Feed, Feeds } from '../../connectors/index.ts';
import { assertPublic } from '../assert-public.ts';
import type { Handlers } from '../handler.ts';
import { feedView } from '../views/import-view.ts';
import { optional } from '../views/instants.ts';

export interface FeedRoutesDeps {
  readonly feeds: Pick<Feeds, 'list' | 'find' | 'add' | 'change' | 'remove'>;
  /**
   * Pulls a feed now; resolves when it is over. Failures of the remote are noted on the feed. The signal stops it where
   * nobody but the caller asked for it; a schedule goes on.
   */
  readonly pullNow: (id: RowId, signal: AbortSignal) => Promise<void>;
  /** Aborts when the node closes. */
  readonly stop: AbortSignal;
  readonly onFault: (error: unknown) => void;
}

type FeedRoutes = Pick<Handlers, 'listFeeds' | 'addFeed' | 'changeFeed' | 'deleteFeed' | 'pullFeed'>;

export function feedRoutes({ feeds, pullNow, stop, onFault }: FeedRoutesDeps): FeedRoutes {
  const getFeed = (id: string): Feed => {
    const feed = feeds.find(parseRowId(id));
    if (feed === undefined) throw new ComityError('NOT_FOUND', `Cannot find the feed ${quote(id)}`);
    return feed;
  };
  return {
    listFeeds: () => ({ rows: feeds.list().map(feedView) }),
    async addFeed({ body }) {
      assertPublic(body.url, body.allowPrivate, 'a feed');
      const { name, ...rest } = body;
      return feedView(await feeds.add({ ...rest, ...optional('name', name) }));
    },
    async changeFeed({ params, body }) {
      const { id } = getFeed(params.id);
      const change = {
        ...optional('name', body.name),
        ...optional('intervalMinutes', body.intervalMinutes),
        ...optional('enabled', body.enabled),
        ...optional('allowPrivate', body.allowPrivate),
      };
      return feedView(await feeds.change(id, change));
    },
    deleteFeed: async ({ params }) => await feeds.remove(getFeed(params.id).id),
    async pullFeed({ params, query, signal }) {
      const { id } = getFeed(params.id);
      const waits = query.wait === 'true';
      const pulled = pullNow(id, waits ? AbortSignal.any([signal, stop]) : stop);
      if (waits) await pulled;
      else pulled.catch(onFault);
      return feedView(getFeed(params.id));
    },
  };
}
