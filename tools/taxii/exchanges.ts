import { readFileSync } from 'node:fs';

/** One request that was put to another server, and the status it answered with. */
export interface Exchange {
  readonly name: string;
  readonly method: string;
  /** With its query, as that server had it. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
  readonly status: number;
}

/** A set of exchanges and what that server held. */
export interface Transcript {
  readonly name: string;
  readonly exchanges: readonly Exchange[];
  /** STIX objects it held, of every collection. */
  readonly objects: readonly Record<string, unknown>[];
}

interface Recorded {
  readonly test: string;
  readonly request: {
    method: string;
    path: string;
    headers: Record<string, string>;
    body?: unknown;
    body_json?: unknown;
  };
  readonly response: { status: number };
}

interface Probed {
  readonly name: string;
  readonly request: { method: string; path: string; accept: string | null; auth: boolean; content_type: string | null };
  readonly status: number;
}

/** Requests of OpenTAXII's tests, each alone. */
export function readOpenTaxii(file: string): Transcript {
  const { exchanges, fixtures } = readJson(file) as {
    exchanges: Recorded[];
    fixtures: { STIX_OBJECTS: { id: string; type: string; serialized_data: Record<string, unknown> }[] };
  };
  const objects = fixtures.STIX_OBJECTS.map(({ id, type, serialized_data }) => ({
    ...serialized_data,
    id,
    type,
    spec_version: '2.1',
  }));
  return { name: 'OpenTAXII', exchanges: exchanges.map(recorded), objects };
}

/** Calls of medallion's tests, in order. */
export function readMedallion(file: string, dataFile: string): Transcript {
  const { exchanges } = readJson(file) as { exchanges: Recorded[] };
  return { name: 'medallion', exchanges: exchanges.map(recorded), objects: medallionObjects(dataFile) };
}

/** Probes of the edges of medallion. Bodies were not kept: each has the one its name says. */
export function readMedallionEdge(file: string, dataFile: string): Transcript {
  const { exchanges } = readJson(file) as { exchanges: Probed[] };
  const all = exchanges.map(({ name, request, status }) => ({
    name,
    method: request.method,
    path: request.path,
    headers: {
      ...(request.accept !== null && { Accept: request.accept }),
      ...(request.content_type !== null && { 'Content-Type': request.content_type }),
      ...(request.auth && { Authorization: 'Basic' }),
    },
    body: request.method === 'POST' ? (edgeBodies[name] ?? JSON.stringify({ objects: [posted] })) : undefined,
    status,
  }));
  return { name: 'medallion, edges', exchanges: all, objects: medallionObjects(dataFile) };
}

const posted = {
  type: 'indicator',
  spec_version: '2.1',
  id: 'indicator--d81f86b9-975b-4c0b-875e-810c5ad45a4f',
  created: '2020-01-01T00:00:00.000Z',
  modified: '2020-01-01T00:00:00.000Z',
  pattern: `[domain-name:value = 'edge.example']`,
  pattern_type: 'stix',
  valid_from: '2020-01-01T00:00:00Z',
};
const edgeBodies: Readonly<Record<string, string>> = {
  'post empty envelope': '{}',
  'post no objects': '{"objects":[]}',
  'post not json': 'not json',
  'post bundle': JSON.stringify({ type: 'bundle', id: `bundle--${posted.id.slice(11)}`, objects: [posted] }),
  'post object without id': JSON.stringify({ objects: [{ ...posted, id: undefined }] }),
  'post object without spec_version': JSON.stringify({ objects: [{ ...posted, spec_version: undefined }] }),
  'post array': JSON.stringify([posted]),
};

function medallionObjects(file: string): Record<string, unknown>[] {
  const data = readJson(file) as { trustgroup1: { collections: { objects?: Record<string, unknown>[] }[] } };
  const objects = data.trustgroup1.collections.flatMap((collection) => collection.objects ?? []);
  return objects.map(({ __meta, ...object }) => object);
}

function recorded({ test, request, response }: Recorded): Exchange {
  const { method, path, headers } = request;
  const body = request.body ?? request.body_json ?? null;
  const text = body === null ? undefined : typeof body === 'string' ? body : JSON.stringify(body);
  const { 'Content-Length': _length, ...rest } = headers;
  return { name: test.replace(/^.*::/, ''), method, path, headers: rest, body: text, status: response.status };
}

function readJson(file: string): unknown {
  return JSON.parse(readFileSync(file, 'utf8'));
}
