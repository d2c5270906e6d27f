import { createReadStream, existsSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join, resolve } from 'node:path';
import { events, routes } from '@comity/protocol/api';
import type { EventName, RouteName } from '@comity/protocol/api';
import { securityHeaders } from '../../packages/node/src/http/security-headers.ts';
import { indexOfMadeUpId, makeUpData } from './made-up-data.ts';

/** What a real node cannot be brought to in seconds: a million rows, a burst of matches, a stream that stalls. */
export interface MadeUpNode {
  readonly url: string;
  /** Sends this many live matches. */
  readonly sendMatches: (count: number) => void;
  /** Cuts the event streams and refuses new ones until `resume`. */
  readonly stall: () => void;
  readonly resume: () => void;
  readonly close: () => Promise<void>;
}

export interface MadeUpNodeOptions {
  readonly port?: number;
  /** Rows of intelligence; 0 is a node that holds nothing yet. */
  readonly intelCount?: number;
}

const distDir = resolve(import.meta.dirname, '../../packages/web/dist');
const types: Record<string, string> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
};
const storedMatches = 3000;

/** Serves the built page and answers its questions with made-up data; every answer is checked against its schema. */
export async function startMadeUpNode(options: MadeUpNodeOptions = {}): Promise<MadeUpNode> {
  const intelCount = options.intelCount ?? 1_000_000;
  const startedAtMs = Date.now();
  const data = makeUpData(startedAtMs);
  const streams = new Set<ServerResponse>();
  const released = new Set<string>();
  let isStalled = false;
  let sent = storedMatches;

  const iso = (ms = Date.now()): string => new Date(ms).toISOString();
  const storedMatch = (index: number) => data.match(index, startedAtMs - (storedMatches - index) * 21_000);
  const page = <T>(count: number, rowAt: (index: number) => T, query: URLSearchParams) => {
    const from = Number(query.get('cursor') ?? 0);
    const to = Math.min(count, from + Number(query.get('limit') ?? 100));
    const rows = Array.from({ length: Math.max(0, to - from) }, (_, index) => rowAt(from + index));
    return { rows, total: count, ...(to < count ? { next: String(to) } : {}) };
  };
  const filteredIntel = (query: URLSearchParams) => {
    const text = query.get('text')?.toLowerCase() ?? '';
    const state = query.get('state');
    const kind = query.get('kind');
    if (text === '' && state === null && kind === null) return page(intelCount, data.intelRow, query);
    const rows = Array.from({ length: Math.min(intelCount, 2000) }, (_, index) => data.intelRow(index)).filter(
      (row) =>
        (state === null || row.state === state) &&
        (kind === null || row.values[0]?.kind === kind) &&
        row.values.some(({ value }) => value.includes(text)),
    );
    return page(rows.length, (index) => rows[index], query);
  };
  const held = () => data.heldBack.filter((row) => !released.has(row.value.value));

  const send = (name: EventName, value: unknown, id: number): void => {
    const text = JSON.stringify(events[name].parse(value));
    for (const stream of streams) stream.write(`id: ${id}\nevent: ${name}\ndata: ${text}\n\n`);
  };
  const sendMatches = (count: number): void => {
    for (let left = count; left > 0; left -= 1) {
      sent += 1;
      send('match', data.match(sent, Date.now()), sent);
    }
  };
  const beat = (): void =>
    send(
      'beat',
      {
        at: iso(),
        recordsPerSecond: 11_000 + (sent % 7) * 900 + Math.sin(Date.now() / 9000) * 3000,
        bytesPerSecond: 16_055_000,
        tableSequence: sent,
      },
      sent,
    );
  const timer = setInterval(beat, 1000);

  const answers: Partial<Record<RouteName, (query: URLSearchParams, id: string, body: string) => unknown>> = {
    session: () => ({
      name: 'operator',
      role: 'administrator',
      scopes: ['read', 'write', 'release', 'admin', 'audit'],
      expiresAt: iso(Date.now() + 8 * 3_600_000),
    }),
    signIn: () => ({ name: 'operator', role: 'administrator', scopes: ['read', 'write', 'release', 'admin', 'audit'] }),
    overview: () => ({
      indicators: {
        active: Math.round(intelCount * 0.8),
        heldBack: held().length,
        expired: Math.round(intelCount * 0.15),
      },
      objects: intelCount,
      matches: {
        last24h: 1204,
        alarms24h: 14,
        perHour: Array.from({ length: 24 }, (_, index) =>
          Math.round(30 + 28 * Math.sin(index / 3) + (index === 21 ? 90 : 0)),
        ),
      },
      recordsPerSecond: 11_402,
      bytesPerSecond: 16_055_000,
      tableValues: Math.round(intelCount * 0.83),
      patterns: 12,
      tableSequence: sent,
      feeds: data.feeds,
      sources: data.sources,
      empty: intelCount === 0,
      version: '0.1.0',
      startedAt: iso(startedAtMs - 86_400_000 * 3),
    }),
    searchIntel: filteredIntel,
    getIntel: (_, id) => data.intelObject(indexOfMadeUpId(id)),
    lookup: (query) => ({
      kind: 'domain',
      value: query.get('value') ?? '',
      defanged: (query.get('value') ?? '').replaceAll('.', '[.]'),
      indicators: [data.intelRow(1)],
      indicatorCount: 1,
      matchCount: 3,
      lastMatchAt: iso(startedAtMs - 60_000),
    }),
    listIntelSources: () => ({
      rows: data.imports
        .slice(0, 4)
        .map(({ source }, index) => ({ ...source, id: `${source.id}${index}`, objectCount: 100 })),
    }),
    listImports: (query) => page(data.imports.length, (index) => data.imports[index], query),
    getImport: (_, id) => data.imports.find((report) => report.id === id) ?? data.imports[1],
    importRows: (query) => {
      const outcome = query.get('outcome');
      const rows = data.importRows.filter((row) => outcome === null || row.outcome === outcome);
      return page(rows.length, (index) => rows[index], query);
    },
    listHeldBack: (query) => page(held().length, (index) => held()[index], query),
    release: (_, __, body) => {
      const { values } = JSON.parse(body) as { values: string[] };
      for (const value of values) released.add(value);
      return { released: values.length, proposed: 0, unknown: [] };
    },
    unrelease: (_, __, body) => {
      const { values } = JSON.parse(body) as { values: string[] };
      for (const value of values) released.delete(value);
      return { heldBack: values.length };
    },
    listKnownGood: () => ({
      rows: [
        { name: 'Top sites (sample)', kind: 'hostname', entries: 12_000, version: '20261101', builtIn: true },
        { name: 'Public DNS resolvers (sample)', kind: 'cidr', entries: 412, version: '20261101', builtIn: true },
        { name: 'Our own networks', kind: 'cidr', entries: 9, version: '3', builtIn: false },
      ],
    }),
    listFeeds: () => ({ rows: data.feeds }),
    listSources: () => ({ rows: data.sources }),
    getSource: (_, id) => data.sources.find((source) => source.id === id) ?? data.sources[0],
    screenUpload: () => data.sources[4],
    listMatches: (query) => page(storedMatches, (index) => storedMatch(storedMatches - 1 - index), query),
    getMatch: (_, id) => {
      const index = Number.parseInt(id.slice(4), 36);
      return index < storedMatches ? storedMatch(index) : data.match(index, Date.now());
    },
    listTokens: () => ({
      rows: [{ id: 'tok-00000001', name: 'siem', scopes: ['records'], createdAt: iso(startedAtMs) }],
    }),
    doctor: () => ({
      checks: [
        { name: 'disk', state: 'ok', message: '212 GB free' },
        { name: 'clock', state: 'warning', message: 'No time service was found' },
      ],
    }),
  };

  const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const url = new URL(request.url ?? '/', 'http://node.example');
    for (const [name, value] of Object.entries(securityHeaders)) response.setHeader(name, value);
    const found = routeOf(request.method ?? 'GET', url.pathname);
    if (found === undefined) return servePage(url.pathname, response);
    if (found.name === 'events') {
      if (isStalled) return void response.writeHead(503).end();
      response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
      response.flushHeaders();
      streams.add(response);
      response.on('close', () => streams.delete(response));
      return beat();
    }
    let body = '';
    for await (const chunk of request) body += String(chunk).slice(0, 100_000);
    const answer = answers[found.name]?.(url.searchParams, found.id, body);
    const route = routes[found.name];
    if (answer === undefined) return void response.writeHead(204).end();
    const checked = 'response' in route ? route.response.parse(answer) : answer;
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(checked));
  };
  const server = createServer((request, response) => {
    serve(request, response).catch((error: unknown) => {
      console.error(error);
      response.writeHead(500).end();
    });
  });
  await listen(server, options.port ?? 0);
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    sendMatches,
    stall() {
      isStalled = true;
      for (const stream of streams) stream.destroy();
    },
    resume() {
      isStalled = false;
    },
    async close() {
      clearInterval(timer);
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
    },
  };
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((done, fail) => {
    server.once('error', fail);
    server.listen(port, '127.0.0.1', () => done());
  });
}

function routeOf(method: string, path: string): { name: RouteName; id: string } | undefined {
  for (const [name, route] of Object.entries(routes)) {
    const form = new RegExp(`^${route.path.replace(':id', '([^/]+)')}$`);
    const id = route.method === method ? form.exec(path) : null;
    if (id !== null) return { name: name as RouteName, id: decodeURIComponent(id[1] ?? '') };
  }
  return undefined;
}

function servePage(path: string, response: ServerResponse): void {
  const file = join(distDir, path);
  const isFile = file.startsWith(distDir) && existsSync(file) && statSync(file).isFile();
  const shown = isFile ? file : join(distDir, 'index.html');
  response.writeHead(200, { 'content-type': types[extname(shown)] ?? 'application/octet-stream' });
  createReadStream(shown).pipe(response);
}
