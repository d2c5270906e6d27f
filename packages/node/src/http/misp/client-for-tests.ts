import type { Client } from '@comity/protocol/client';
import { readStarterLaw } from '../../sharing/index.ts';
import { uuidOf } from '../stix-for-tests.ts';

interface MispReply {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  // oxlint-disable-next-line typescript/no-explicit-any -- tests look into a body as they like
  readonly body: any;
}

/** A node that is served, as far as it is used here. */
interface Served {
  readonly url: string;
  readonly client: Client;
}

/** A node that shares what the markings allow, with a MISP that has a key, and a collection for it. */
export interface MispBench {
  readonly key: string;
  /** Base URL of the collection's MISP, without the last slash. */
  readonly base: string;
  readonly collectionId: string;
  ask(path: string, init?: RequestInit): Promise<MispReply>;
  /** Posts a value, or a text as it is. */
  post(path: string, body: unknown, headers?: Record<string, string>): Promise<MispReply>;
  /** Imports one document. */
  give(document: object | string, name?: string): Promise<void>;
}

type Entry = Parameters<Client['saveCollection']>[0]['body'];

export async function openMispBench(node: Served, entry: Partial<Entry> = {}): Promise<MispBench> {
  const { client } = node;
  await client.activateLaw({ body: { text: readStarterLaw('open'), name: 'open' } });
  const token = await client.createToken({ body: { name: 'misp', scopes: ['share', 'contribute'] } });
  await client.saveRecipient({ body: { key: 'client:works', name: 'Works', tokenId: token.id } });
  const collection = await client.saveCollection({
    body: { title: 'All', alias: 'all', audience: ['client:works'], takesObjects: true, ...entry },
  });
  const base = `${node.url}/misp/${collection.alias ?? collection.id}`;
  const ask: MispBench['ask'] = async (path, init = {}) => {
    const headers = {
      authorization: token.secret,
      accept: 'application/json',
      ...(init.headers as Record<string, string>),
    };
    const answer = await fetch(`${base}${path}`, { redirect: 'manual', ...init, headers });
    const text = await answer.text();
    const isJson = answer.headers.get('content-type')?.includes('json') === true && text !== '';
    return { status: answer.status, headers: answer.headers, text, body: isJson ? JSON.parse(text) : undefined };
  };
  return {
    key: token.secret,
    base,
    collectionId: collection.id,
    ask,
    post: (path, body, headers = {}) =>
      ask(path, {
        method: 'POST',
        body: typeof body === 'string' ? body : JSON.stringify(body),
        headers: { 'content-type': 'application/json', ...headers },
      }),
    async give(document, name = 'given.json') {
      const body = typeof document === 'string' ? document : JSON.stringify(document);
      await client.createImport({ query: { name, tlp: 'green', source: 'given' }, body });
    },
  };
}

/** A MISP event of two attributes, GREEN. */
export const mispEvent = (number: number, rest: Record<string, unknown> = {}) => ({
  Event: {
    uuid: uuidOf(number),
    info: `Event ${number}`,
    date: '2026-01-01',
    timestamp: '1767225600',
    publish_timestamp: '1767225600',
    published: true,
    distribution: '3',
    analysis: '2',
    threat_level_id: '2',
    Orgc: { name: 'CERT Example', uuid: uuidOf(9000) },
    Tag: [{ name: 'tlp:green' }],
    Attribute: [
      {
        uuid: uuidOf(number + 100),
        type: 'domain',
        category: 'Network activity',
        value: `host-${number}.example`,
        to_ids: true,
        timestamp: '1767225600',
      },
      {
        uuid: uuidOf(number + 200),
        type: 'text',
        category: 'Other',
        value: 'Seen by a person',
        to_ids: false,
        timestamp: '1767225600',
      },
    ],
    ...rest,
  },
});
