import { ComityError, parseRowId, quote, timestampOfUs } from '@comity/protocol/base';
import type { RowId } from '@comity/protocol/base';
import type { PushFailureView, PushView } from '@comity/protocol/api';
import type { RecipientBook } from '../../sharing/index.ts';
import { assertPushable, attemptsMax } from '../../taxii/index.ts';
import type { Push, PushBook, PushFailure, Taxii } from '../../taxii/index.ts';
import { assertPublic } from '../assert-public.ts';
import type { Handlers } from '../handler.ts';
import { optional, optionalInstant } from '../views/instants.ts';

export interface PushRoutesDeps {
  readonly pushes: PushBook;
  readonly taxii: Pick<Taxii, 'collections'>;
  readonly recipients: Pick<RecipientBook, 'find'>;
  /** Pushes now; resolves when it is over. Failures of the remote are noted on the push. */
  readonly pushNow: (id: RowId, signal: AbortSignal) => Promise<void>;
  /** Aborts when the node closes. */
  readonly stop: AbortSignal;
  readonly onFault: (error: unknown) => void;
}

type PushRoutes = Pick<
  Handlers,
  'listPushes' | 'addPush' | 'changePush' | 'removePush' | 'runPush' | 'listPushFailures'
>;

/** Collections that are sent elsewhere: made and changed by whoever says who may have what. */
export function pushRoutes(deps: PushRoutesDeps): PushRoutes {
  const { pushes, recipients, pushNow, stop, onFault } = deps;
  const { collections } = deps.taxii;
  const getPush = (id: string): Push => {
    const push = pushes.find(parseRowId(id));
    if (push === undefined) throw new ComityError('NOT_FOUND', `Cannot find the push ${quote(id)}`);
    return push;
  };
  return {
    listPushes: () => ({ rows: pushes.list().map(pushView) }),
    async addPush({ body }) {
      assertPublic(body.url, body.allowPrivate, 'a push');
      const { collection } = assertPushable(body, { collections, recipients });
      const { remoteCollection, token } = body;
      return pushView(await pushes.add({ ...body, collection: collection.id, remoteCollection, token }));
    },
    async changePush({ params, body }) {
      const { intervalMinutes, enabled, allowPrivate } = body;
      const change = {
        ...optional('intervalMinutes', intervalMinutes),
        ...optional('enabled', enabled),
        ...optional('allowPrivate', allowPrivate),
      };
      return pushView(await pushes.change(getPush(params.id).id, change));
    },
    removePush: async ({ params }) => await pushes.remove(getPush(params.id).id),
    async runPush({ params, query, signal }) {
      const { id } = getPush(params.id);
      if (query.anew === 'true') await pushes.restart(id);
      const waits = query.wait === 'true';
      const pushed = pushNow(id, waits ? AbortSignal.any([signal, stop]) : stop);
      if (waits) await pushed;
      else pushed.catch(onFault);
      return pushView(getPush(params.id));
    },
    listPushFailures: ({ params }) => ({ rows: pushes.failures(getPush(params.id).id).map(failureView) }),
  };
}

function pushView(push: Push): PushView {
  const { id, collection, recipient, url, intervalMinutes, allowPrivate, enabled, status } = push;
  return {
    id,
    collection,
    recipient,
    url,
    ...optional('remoteCollection', push.remoteCollection),
    intervalMinutes,
    allowPrivate,
    enabled,
    status,
    sent: push.sentCount,
    failed: push.failedCount,
    ...(push.positionUs > 0 && { reachedAt: timestampOfUs(push.positionUs) }),
    isPending: push.pending !== undefined,
    ...optionalInstant('lastPushAt', push.lastPushUs),
    ...(enabled && { nextPushAt: timestampOfUs(push.nextPushUs) }),
    ...optional('lastError', push.lastError),
  };
}

function failureView({ id, message, attempts, lastUs }: PushFailure): PushFailureView {
  return {
    objectId: id,
    message,
    attempts,
    isGivenUp: attempts >= attemptsMax,
    lastAt: timestampOfUs(lastUs),
  };
}
