import { readStarterLaw } from '../../packages/node/src/sharing/index.ts';
import { serveNode } from '../../packages/node/src/node-for-tests.ts';
import { deviations } from './deviations.ts';
import type { Exchange, Transcript } from './exchanges.ts';

/** A request that our server answered with another status. */
interface Difference {
  readonly exchange: Exchange;
  readonly ours: number;
  /** Why, with the section that says so; undefined: nobody knows. */
  readonly because: string | undefined;
}

export interface Replayed {
  readonly same: number;
  readonly differences: readonly Difference[];
}

/** Collections of other servers that we have one for: what they may be used for. */
const collections: Readonly<Record<string, { readonly takesObjects: boolean; readonly isHidden?: boolean }>> = {
  // OpenTAXII
  '4e64bff5-26cb-43fe-ad68-629eb12bcffb': { takesObjects: false },
  '5a97267e-40ed-4cf5-b690-69d72a071040': { takesObjects: true },
  '79b4197a-3037-4264-86d5-aa9178347760': { takesObjects: true },
  'ebc68048-5bb6-4010-8fa0-663a00f0bafa': { takesObjects: false, isHidden: true },
  'b5efffe6-3914-4f45-96d8-3ed0bb74c6fb': { takesObjects: true },
  '19932ad1-4eb6-41f0-b595-4ce32c508380': { takesObjects: true },
  '1feed302-5179-453d-84f0-114a36f6dd92': { takesObjects: false },
  'bc8fdf79-85c6-4d62-9963-a547484eb116': { takesObjects: true },
  // medallion
  '472c94ae-3113-4e3e-a4dd-a9f4ac7471d4': { takesObjects: true },
  '365fed99-08fa-fdcd-a1b3-fb247eb41d01': { takesObjects: true },
  '91a7b528-80eb-42ed-a74d-c6fbd5a26116': { takesObjects: true },
  '52892447-4d7e-4f70-b94d-d7f22742ff63': { takesObjects: false },
  '64993447-4d7e-4f70-b94d-d7f33742ee63': { takesObjects: false, isHidden: true },
};
/** API roots of theirs that are ours. */
const roots = /^\/(?:taxii2\/b0b42120-d3ca-4f24-8051-921d4abddc38|trustgroup1)(?=\/|$)/;

/** Puts every request of a transcript to a node that holds the same objects, in order, and compares the statuses. */
export async function replay(transcript: Transcript): Promise<Replayed> {
  const cleanups: (() => unknown)[] = [];
  try {
    const node = await serveNode({ after: (fn) => void cleanups.unshift(fn) });
    const { client } = node;
    await client.activateLaw({ body: { text: readStarterLaw('open'), name: 'open' } });
    const token = await client.createToken({ body: { name: 'them', scopes: ['share', 'contribute'] } });
    // An organisation of the member's own: what is sent without a label is AMBER+STRICT, and they read it again.
    await client.saveRecipient({ body: { key: 'organisation:them', name: 'Them', tokenId: token.id } });
    const ids = new Map<string, string>();
    for (const [id, { takesObjects, isHidden }] of Object.entries(collections)) {
      const audience = isHidden === true ? [] : ['organisation:them'];
      const alias = id.startsWith('19932ad1') ? { alias: 'this-is-an-alias' } : {};
      const saved = await client.saveCollection({ body: { title: id, takesObjects, audience, ...alias } });
      ids.set(id, saved.id);
    }
    const bundle = { type: 'bundle', id: `bundle--${crypto.randomUUID()}`, objects: transcript.objects };
    await client.createImport({ query: { name: 'theirs', tlp: 'green' }, body: JSON.stringify(bundle) });

    const differences: Difference[] = [];
    const last: Last = { next: new Map(), status: undefined };
    for (const exchange of transcript.exchanges) {
      const ours = await ask(
        node.url,
        exchange.status === 200 ? renewed(pathOf(exchange.path, ids), last) : pathOf(exchange.path, ids),
        exchange,
        token.secret,
        last,
      );
      const because = deviations.find((each) => each.applies(exchange, ours))?.because;
      if (ours !== exchange.status) differences.push({ exchange, ours, because });
    }
    return { same: transcript.exchanges.length - differences.length, differences };
  } finally {
    for (const fn of cleanups) await fn();
  }
}

/** Their path as ours: roots are named alike, collections have our ids. */
function pathOf(path: string, ids: ReadonlyMap<string, string>): string {
  const rooted = path.replace(roots, '/taxii2/api').replace(/^\/(?!taxii2)/, '/taxii2/');
  return rooted.replace(/(?<=\/collections\/)[0-9a-f-]{36}/, (id) => ids.get(id) ?? id);
}

/** What our server made up in its last answers, where theirs made up something else. */
interface Last {
  /** Cursors, by the path without its query. */
  readonly next: Map<string, string>;
  status: string | undefined;
}

/** A path with our cursor and our status in the place of theirs. */
function renewed(path: string, { next, status }: Last): string {
  const cursor = next.get(path.replace(/\?.*$/, ''));
  const continued = cursor === undefined ? path : path.replace(/(?<=[?&]next=)[^&]*/, cursor);
  return status === undefined ? continued : continued.replace(/(?<=\/status\/)[0-9a-f-]{36}/, status);
}

async function ask(
  host: string,
  path: string,
  { method, headers, body }: Exchange,
  secret: string,
  last: Last,
): Promise<number> {
  const isSignedIn = headers['Authorization'] !== undefined;
  const authorization = isSignedIn ? { Authorization: `Basic ${btoa(`them:${secret}`)}` } : {};
  // A client of this kind adds an Accept of its own to a request without one.
  const accept = headers['Accept'] ?? '';
  const init = { method, redirect: 'manual', headers: { ...headers, ...authorization, Accept: accept } } as const;
  const answer = await fetch(host + path, body === undefined ? init : { ...init, body });
  const text = await answer.text();
  const { next, id } = (text === '' ? {} : JSON.parse(text)) as { next?: string; id?: string };
  if (next !== undefined) last.next.set(path.replace(/\?.*$/, ''), next);
  if (answer.status === 202) last.status = id;
  return answer.status;
}
