import type { TaxiiCollection } from '@comity/protocol/taxii';
import type { Client } from '@comity/protocol/client';
import { readStarterLaw } from '../../sharing/index.ts';

/** What every client sends that follows the standard. */
export const accept = 'application/taxii+json;version=2.1';

export interface TaxiiReply {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  // oxlint-disable-next-line typescript/no-explicit-any -- tests look into a body as they like
  readonly body: any;
}

/** Asks a TAXII server one thing, as a client that follows nothing. @param path - Behind `/taxii2`. */
export async function ask(url: string, path: string, token: string, init: RequestInit = {}): Promise<TaxiiReply> {
  const headers = { accept, authorization: `Bearer ${token}`, ...(init.headers as Record<string, string>) };
  const answer = await fetch(`${url}/taxii2${path}`, { redirect: 'manual', ...init, headers });
  const text = await answer.text();
  return { status: answer.status, headers: answer.headers, text, body: text === '' ? undefined : JSON.parse(text) };
}

/** A node that is served, as far as it is used here. */
interface Served {
  readonly url: string;
  /** A token with every scope. */
  readonly token: string;
  readonly client: Client;
}

/** A node that shares what the markings allow, with a reader who has a token, and a collection for them. */
export interface TaxiiBench {
  readonly reader: string;
  readonly collection: Pick<TaxiiCollection, 'id'>;
  /** Path of the collection, behind `/taxii2`. */
  readonly path: string;
  get(path: string, headers?: Record<string, string>): Promise<TaxiiReply>;
  post(objects: unknown, token?: string, headers?: Record<string, string>): Promise<TaxiiReply>;
  /** Imports a bundle as one file. */
  give(objects: readonly object[]): Promise<void>;
}

type Entry = Parameters<Client['saveCollection']>[0]['body'];

export async function openBench(node: Served, entry: Partial<Entry> = {}): Promise<TaxiiBench> {
  const { client } = node;
  await client.activateLaw({ body: { text: readStarterLaw('open'), name: 'open' } });
  const { id: tokenId, secret } = await client.createToken({
    body: { name: 'reader', scopes: ['share', 'contribute'] },
  });
  await client.saveRecipient({ body: { key: 'client:works', name: 'Works', tokenId } });
  const collection = await client.saveCollection({
    body: { title: 'All', alias: 'all', audience: ['client:works'], takesObjects: true, ...entry },
  });
  const path = `/api/collections/${collection.id}`;
  return {
    reader: secret,
    collection,
    path,
    get: (rest, headers = {}) => ask(node.url, rest.startsWith('/api') ? rest : `${path}${rest}`, secret, { headers }),
    post: (objects, token = secret, headers = {}) =>
      ask(node.url, `${path}/objects/`, token, {
        method: 'POST',
        body: typeof objects === 'string' ? objects : JSON.stringify({ objects }),
        headers: { 'content-type': accept, ...headers },
      }),
    async give(objects) {
      const body = JSON.stringify({ type: 'bundle', id: `bundle--${crypto.randomUUID()}`, objects });
      await client.createImport({ query: { name: 'x.json', tlp: 'green', source: 'given' }, body });
    },
  };
}
