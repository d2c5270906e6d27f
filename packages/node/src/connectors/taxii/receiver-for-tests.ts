import { randomUUID } from 'node:crypto';
import { serveRemote } from './remote-for-tests.ts';
import type { RemoteAnswer, RemoteAsked } from './remote-for-tests.ts';

interface Cleanup {
  after(fn: () => unknown): void;
}

/** What one object of an envelope comes to at a {@link Receiver}: undefined is that it is taken. */
type Verdict = (id: string) => string | undefined;

/** A TAXII server that takes objects and remembers them; a test changes how it behaves. */
export interface Receiver {
  readonly url: string;
  readonly asked: RemoteAsked[];
  /** Ids of each envelope that was taken in. */
  readonly envelopes: string[][];
  readonly objects: Map<string, Record<string, unknown>>;
  contentBytesMax: number | undefined;
  canWrite: boolean;
  verdict: Verdict;
  /** Answers a POST instead. */
  instead: ((asked: RemoteAsked) => RemoteAnswer | undefined) | undefined;
  /** Polls after which a status is complete; 0: at once. */
  pendingPolls: number;
  /** Whether statuses are forgotten. */
  isForgetful: boolean;
}

export async function serveReceiver(cleanup: Cleanup): Promise<Receiver> {
  const statuses = new Map<string, { left: number; status: Record<string, unknown> }>();
  const collection = () => ({ id: 'c1', title: 'Theirs', can_read: false, can_write: receiver.canWrite });
  const post = (asked: RemoteAsked): RemoteAnswer => {
    const other = receiver.instead?.(asked);
    if (other !== undefined) return other;
    if (asked.body.length > (receiver.contentBytesMax ?? Infinity))
      return { status: 413, body: { title: 'Too large' } };
    const { objects } = JSON.parse(asked.body) as { objects: Record<string, unknown>[] };
    const ids = objects.map(({ id }) => String(id));
    const failures = ids.flatMap((id) => {
      const message = receiver.verdict(id);
      return message === undefined ? [] : [{ id, version: 'x', message }];
    });
    for (const object of objects)
      if (receiver.verdict(String(object['id'])) === undefined) receiver.objects.set(String(object['id']), object);
    receiver.envelopes.push(ids);
    const id = randomUUID();
    const counts = { total_count: ids.length, failure_count: failures.length, pending_count: 0 };
    const status = { id, status: 'complete', ...counts, success_count: ids.length - failures.length, failures };
    if (receiver.pendingPolls === 0) return { status: 202, body: status };
    statuses.set(id, { left: receiver.pendingPolls, status });
    return { status: 202, body: { id, status: 'pending', success_count: 0, failure_count: 0 } };
  };
  const statusOf = (id: string): RemoteAnswer => {
    const known = statuses.get(id);
    if (known === undefined || receiver.isForgetful) return { status: 404 };
    known.left -= 1;
    return { body: known.left > 0 ? { id, status: 'pending' } : known.status };
  };
  const remote = await serveRemote(cleanup, (asked) => {
    const { path, method } = asked;
    if (path === '/api/')
      return { body: { title: 'x', versions: ['x'], max_content_length: receiver.contentBytesMax } };
    if (path === '/api/collections/') return { body: { collections: [collection()] } };
    if (path === '/api/collections/c1/') return { body: collection() };
    if (path.startsWith('/api/status/')) return statusOf(path.split('/')[3] ?? '');
    return method === 'POST' && path === '/api/collections/c1/objects/' ? post(asked) : { status: 404 };
  });
  const receiver: Receiver = {
    url: `${remote.url}/api/`,
    asked: remote.asked,
    envelopes: [],
    objects: new Map(),
    contentBytesMax: undefined,
    canWrite: true,
    verdict: () => undefined,
    instead: undefined,
    pendingPolls: 0,
    isForgetful: false,
  };
  return receiver;
}
