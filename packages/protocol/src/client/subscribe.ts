import type { z } from 'zod';
import { ComityError } from '../base/index.ts';
import { events } from '../api/index.ts';
import type { EventName } from '../api/index.ts';
import type { Client } from './client.ts';
import { readEventStream } from './event-stream.ts';

/** An event as the node sent it: `{ name: 'match', data: Match, id }`. */
export type LiveEvent = {
  [N in EventName]: { readonly name: N; readonly data: z.output<(typeof events)[N]>; readonly id: string };
}[EventName];

/** How long to follow, and who is told how it goes. */
export interface SubscribeOptions {
  readonly signal: AbortSignal;
  /** Called when the stream opens and when it breaks, with the reason; the stream is tried again by itself. */
  readonly onState?: (state: 'open' | 'broken', reason?: ComityError) => void;
  /** First wait before trying again; doubles up to 30 s. Milliseconds. */
  readonly retryMs?: number;
}

/** The surroundings of a subscription. */
export interface SubscribeDeps {
  /** Resolves after `ms` or when the signal aborts. */
  readonly wait: (ms: number, signal: AbortSignal) => Promise<void>;
}

const retryMsMax = 30_000;
/** The node sends a beat every 15 s; silence of three means that the stream is dead. Milliseconds. */
const silenceMsMax = 45_000;

/**
 * The live events of a node, for ever: reconnects and resumes after the last event it saw.
 *
 * Ends when `signal` aborts. Errors that another try cannot mend (`NOT_SIGNED_IN`, `NOT_ALLOWED`) are thrown; all
 * others are told through `onState`.
 */
export async function* subscribe(
  client: Pick<Client, 'events'>,
  options: SubscribeOptions,
  deps: SubscribeDeps,
): AsyncGenerator<LiveEvent> {
  const { signal, onState } = options;
  let retryMs = options.retryMs ?? 1000;
  let lastId = '';
  while (!signal.aborted) {
    const silence = new AbortController();
    const stop = AbortSignal.any([signal, silence.signal]);
    try {
      const headers = lastId === '' ? {} : { 'last-event-id': lastId };
      const answer = await client.events({}, { signal: stop, headers });
      if (answer.body === null) throw new ComityError('REMOTE_FAILED', 'Cannot follow events: the answer has no body');
      onState?.('open');
      for await (const event of readEventStream(watchSilence(answer.body, silence, deps))) {
        retryMs = options.retryMs ?? 1000;
        lastId = event.id;
        const live = liveEventOf(event.event, event.data, event.id);
        if (live !== undefined) yield live;
      }
      throw new ComityError('NODE_UNREACHABLE', 'Cannot follow events: the node closed the stream');
    } catch (error) {
      if (signal.aborted) return;
      if (error instanceof ComityError && (error.code === 'NOT_SIGNED_IN' || error.code === 'NOT_ALLOWED')) throw error;
      onState?.('broken', asUnreachable(error));
    } finally {
      silence.abort();
    }
    await deps.wait(retryMs, signal);
    retryMs = Math.min(retryMs * 2, retryMsMax);
  }
}

function asUnreachable(cause: unknown): ComityError {
  if (cause instanceof ComityError) return cause;
  return new ComityError('NODE_UNREACHABLE', 'Cannot follow events: the connection broke', { cause });
}

/** Passes chunks on; aborts the request when nothing came for {@link silenceMsMax}. */
async function* watchSilence(
  body: ReadableStream<Uint8Array>,
  silence: AbortController,
  deps: SubscribeDeps,
): AsyncGenerator<Uint8Array> {
  const reader = body.getReader();
  try {
    for (;;) {
      const quiet = new AbortController();
      const timer = deps.wait(silenceMsMax, quiet.signal).then(() => {
        if (!quiet.signal.aborted) silence.abort(new ComityError('NODE_UNREACHABLE', 'Cannot follow events: silence'));
      });
      const { done, value } = await reader.read().finally(() => quiet.abort());
      await timer;
      if (done) return;
      yield value;
    }
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}

/** Events of a later version that this client does not know are passed over. */
function liveEventOf(name: string, data: string, id: string): LiveEvent | undefined {
  if (!Object.hasOwn(events, name)) return undefined;
  return { name, data: JSON.parse(data), id } as LiveEvent;
}
