import { z } from 'zod';
import type { ErrorCode } from '../base/index.ts';
import * as s from './shapes.ts';

/**
 * What a session or token may do. `read` sees everything the node holds; `write` changes intelligence and sources;
 * `records` only pushes records to be screened; `admin` makes tokens and backups.
 */
export const scopes = ['read', 'write', 'records', 'admin'] as const;
export type Scope = (typeof scopes)[number];

/**
 * One route of the API as data: the server, the client, the OpenAPI document and the tests are made from it.
 *
 * `body`: `json` is validated with `request`; `bytes` is a stream handed to the handler as it comes, bounded by it.
 * `answer`: `json` is validated in tests with `response`; `bytes`, `text` and `events` (server-sent events) are streams.
 */
export interface Route {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  readonly path: string;
  readonly summary: string;
  readonly scope: Scope | 'none';
  readonly params?: z.ZodObject;
  readonly query?: z.ZodObject;
  readonly body?: 'json' | 'bytes';
  readonly request?: z.ZodType;
  readonly answer: 'json' | 'bytes' | 'text' | 'events' | 'nothing';
  readonly response?: z.ZodType;
  readonly status?: number;
  readonly errors: readonly ErrorCode[];
}

const route = <const R extends Route>(value: R): R => value;

const idParam = z.object({ id: z.string().max(300) });
const page = { cursor: s.cursor.optional(), limit: z.coerce.number().int().min(1).max(500).default(100) };
const pageOf = <T extends z.ZodType>(row: T) =>
  z.object({ rows: z.array(row), next: s.cursor.optional(), total: z.int().optional() });
const flag = z.enum(['true', 'false']).optional();

export const routes = {
  health: route({
    method: 'GET',
    path: '/health',
    summary: 'Whether the node serves',
    scope: 'none',
    answer: 'json',
    response: z.object({ status: z.enum(['ok', 'failing']), version: z.string() }),
    errors: [],
  }),
  metrics: route({
    method: 'GET',
    path: '/metrics',
    summary: 'OpenMetrics',
    scope: 'read',
    answer: 'text',
    errors: [],
  }),
  openapi: route({
    method: 'GET',
    path: '/api/v1/openapi.json',
    summary: 'This API, described',
    scope: 'none',
    answer: 'json',
    response: z.unknown(),
    errors: [],
  }),

  signIn: route({
    method: 'POST',
    path: '/api/v1/session',
    summary: 'Trade a one-time sign-in code for a session cookie',
    scope: 'none',
    body: 'json',
    request: z.object({ code: z.string().max(200) }),
    answer: 'json',
    response: s.session,
    errors: ['NOT_SIGNED_IN', 'TOO_MANY_REQUESTS'],
  }),
  session: route({
    method: 'GET',
    path: '/api/v1/session',
    summary: 'Who is signed in',
    scope: 'read',
    answer: 'json',
    response: s.session,
    errors: [],
  }),
  signOut: route({
    method: 'DELETE',
    path: '/api/v1/session',
    summary: 'End the session',
    scope: 'read',
    answer: 'nothing',
    status: 204,
    errors: [],
  }),
  createSignIn: route({
    method: 'POST',
    path: '/api/v1/sign-in-codes',
    summary: 'Make a new one-time sign-in link; the link before it stops working',
    scope: 'admin',
    answer: 'json',
    response: z.object({ url: z.string(), expiresAt: s.instant }),
    status: 201,
    errors: [],
  }),
  listTokens: route({
    method: 'GET',
    path: '/api/v1/tokens',
    summary: 'API tokens, without their secrets',
    scope: 'admin',
    answer: 'json',
    response: z.object({ rows: z.array(s.token) }),
    errors: [],
  }),
  createToken: route({
    method: 'POST',
    path: '/api/v1/tokens',
    summary: 'Make an API token; its secret is shown this once',
    scope: 'admin',
    body: 'json',
    request: z.object({ name: z.string().min(1).max(100), scopes: z.array(z.enum(scopes)).min(1) }),
    answer: 'json',
    response: s.token.extend({ secret: z.string() }),
    status: 201,
    errors: [],
  }),
  deleteToken: route({
    method: 'DELETE',
    path: '/api/v1/tokens/:id',
    summary: 'Withdraw an API token',
    scope: 'admin',
    params: idParam,
    answer: 'nothing',
    status: 204,
    errors: ['NOT_FOUND'],
  }),

  overview: route({
    method: 'GET',
    path: '/api/v1/overview',
    summary: 'The node at a glance',
    scope: 'read',
    answer: 'json',
    response: s.overview,
    errors: [],
  }),
  events: route({
    method: 'GET',
    path: '/api/v1/events',
    summary: 'Live events: match, import, feed, source',
    scope: 'read',
    query: z.object({ after: z.string().max(64).optional() }),
    answer: 'events',
    errors: ['TOO_MANY_REQUESTS'],
  }),

  searchIntel: route({
    method: 'GET',
    path: '/api/v1/intel',
    summary: 'Search indicators and other objects, newest first',
    scope: 'read',
    query: z.object({
      text: z
        .string()
        .max(500)
        .optional()
        .describe('a value (exact first), a part of one, or words of name and description'),
      type: z.string().max(250).default('indicator').describe('STIX type, or `any`'),
      kind: s.kind.optional(),
      state: s.state.optional(),
      source: z.string().max(100).optional(),
      tlp: s.tlp.optional(),
      seen: z.enum(['day', 'week', 'month']).optional(),
      matched: flag,
      ...page,
    }),
    answer: 'json',
    response: pageOf(s.intelRow),
    errors: ['ID_MALFORMED'],
  }),
  getIntel: route({
    method: 'GET',
    path: '/api/v1/intel/:id',
    summary: 'One object: sources, markings, correlations, text',
    scope: 'read',
    params: idParam,
    answer: 'json',
    response: s.intelObject,
    errors: ['NOT_FOUND', 'ID_MALFORMED'],
  }),
  exportIntel: route({
    method: 'GET',
    path: '/api/v1/export',
    summary: 'Indicators as a file',
    scope: 'read',
    query: z.object({
      format: z.enum(['stix', 'csv', 'list']).default('stix'),
      text: z.string().max(500).optional(),
      kind: s.kind.optional(),
      state: s.state.default('active'),
      source: z.string().max(100).optional(),
      tlp: s.tlp.optional(),
    }),
    answer: 'bytes',
    errors: ['ID_MALFORMED'],
  }),
  lookup: route({
    method: 'GET',
    path: '/api/v1/lookup',
    summary: 'What is known about one value',
    scope: 'read',
    query: z.object({ value: z.string().max(8192), kind: s.kind.optional().describe('recognised when left out') }),
    answer: 'json',
    response: s.valueCard,
    errors: ['VALUE_MALFORMED'],
  }),
  listIntelSources: route({
    method: 'GET',
    path: '/api/v1/intel-sources',
    summary: 'Where intelligence came from',
    scope: 'read',
    answer: 'json',
    response: z.object({ rows: z.array(s.intelSource.extend({ objectCount: z.int() })) }),
    errors: [],
  }),

  createImport: route({
    method: 'POST',
    path: '/api/v1/imports',
    summary: 'Import a file of intelligence; answered when it is in, with the report',
    scope: 'write',
    body: 'bytes',
    query: z.object({
      name: z.string().min(1).max(300),
      format: z.string().max(40).default('auto'),
      source: z.string().max(200).optional(),
      reliability: s.reliability.default('F'),
      tlp: s.tlp.optional(),
      mapping: z.string().max(2000).optional(),
      wait: flag,
    }),
    answer: 'json',
    response: s.importReport,
    status: 202,
    errors: ['TOO_MANY_REQUESTS'],
  }),
  importUrl: route({
    method: 'POST',
    path: '/api/v1/imports/url',
    summary: 'Import once from a URL',
    scope: 'write',
    body: 'json',
    request: z.object({
      url: z.url().max(2000),
      name: z.string().max(300).optional(),
      format: z.string().max(40).default('auto'),
      reliability: s.reliability.default('F'),
      tlp: s.tlp.optional(),
      allowPrivate: z.boolean().default(false),
    }),
    answer: 'json',
    response: s.importReport,
    status: 202,
    errors: ['ADDRESS_REFUSED', 'REMOTE_FAILED', 'TOO_MANY_REQUESTS'],
  }),
  listImports: route({
    method: 'GET',
    path: '/api/v1/imports',
    summary: 'Imports, newest first',
    scope: 'read',
    query: z.object(page),
    answer: 'json',
    response: pageOf(s.importReport),
    errors: [],
  }),
  getImport: route({
    method: 'GET',
    path: '/api/v1/imports/:id',
    summary: 'The report of one import',
    scope: 'read',
    params: idParam,
    answer: 'json',
    response: s.importReport,
    errors: ['NOT_FOUND', 'ID_MALFORMED'],
  }),
  importRows: route({
    method: 'GET',
    path: '/api/v1/imports/:id/rows',
    summary: 'What an import held back or rejected, with place and reason',
    scope: 'read',
    params: idParam,
    query: z.object({ outcome: s.importOutcome.optional(), ...page }),
    answer: 'json',
    response: pageOf(s.importRow),
    errors: ['NOT_FOUND', 'ID_MALFORMED'],
  }),

  listHeldBack: route({
    method: 'GET',
    path: '/api/v1/held-back',
    summary: 'Values the known-good gate holds back',
    scope: 'read',
    query: z.object({ text: z.string().max(500).optional(), list: z.string().max(200).optional(), ...page }),
    answer: 'json',
    response: pageOf(s.heldBackRow),
    errors: [],
  }),
  release: route({
    method: 'POST',
    path: '/api/v1/held-back/release',
    summary: 'Release values from the gate, with a reason',
    scope: 'write',
    body: 'json',
    request: z.object({ values: z.array(z.string().max(8192)).min(1).max(1000), reason: z.string().min(1).max(1000) }),
    answer: 'json',
    response: z.object({ released: z.int(), unknown: z.array(z.string()) }),
    errors: [],
  }),
  unrelease: route({
    method: 'POST',
    path: '/api/v1/held-back/unrelease',
    summary: 'Take a release back',
    scope: 'write',
    body: 'json',
    request: z.object({ values: z.array(z.string().max(8192)).min(1).max(1000) }),
    answer: 'json',
    response: z.object({ heldBack: z.int() }),
    errors: [],
  }),
  listKnownGood: route({
    method: 'GET',
    path: '/api/v1/known-good',
    summary: 'Lists of the known-good gate',
    scope: 'read',
    answer: 'json',
    response: z.object({ rows: z.array(s.knownGoodList) }),
    errors: [],
  }),
  addKnownGood: route({
    method: 'POST',
    path: '/api/v1/known-good',
    summary: 'Add or replace a MISP warninglist',
    scope: 'write',
    body: 'bytes',
    query: z.object({ name: z.string().max(300) }),
    answer: 'json',
    response: s.knownGoodList.extend({ nowHeldBack: z.int() }),
    status: 201,
    errors: ['MISP_MALFORMED', 'JSON_MALFORMED', 'ENCODING_MALFORMED'],
  }),
  deleteKnownGood: route({
    method: 'DELETE',
    path: '/api/v1/known-good/:id',
    summary: 'Remove a list by name',
    scope: 'write',
    params: idParam,
    answer: 'nothing',
    status: 204,
    errors: ['NOT_FOUND', 'CONFLICT'],
  }),

  listFeeds: route({
    method: 'GET',
    path: '/api/v1/feeds',
    summary: 'Feeds pulled on a schedule',
    scope: 'read',
    answer: 'json',
    response: z.object({ rows: z.array(s.feed) }),
    errors: [],
  }),
  addFeed: route({
    method: 'POST',
    path: '/api/v1/feeds',
    summary: 'Add a feed by URL',
    scope: 'write',
    body: 'json',
    request: z.object({
      url: z.url().max(2000),
      name: z.string().min(1).max(200).optional(),
      format: z.string().max(40).default('auto'),
      intervalMinutes: z.int().min(5).max(43_200).default(60),
      reliability: s.reliability.default('F'),
      defaultTlp: s.tlp.default('amber+strict'),
      allowPrivate: z.boolean().default(false),
    }),
    answer: 'json',
    response: s.feed,
    status: 201,
    errors: ['ADDRESS_REFUSED', 'CONFLICT'],
  }),
  changeFeed: route({
    method: 'PATCH',
    path: '/api/v1/feeds/:id',
    summary: 'Change a feed',
    scope: 'write',
    params: idParam,
    body: 'json',
    request: z.object({
      name: z.string().min(1).max(200).optional(),
      intervalMinutes: z.int().min(5).max(43_200).optional(),
      enabled: z.boolean().optional(),
      allowPrivate: z.boolean().optional(),
    }),
    answer: 'json',
    response: s.feed,
    errors: ['NOT_FOUND', 'ID_MALFORMED'],
  }),
  deleteFeed: route({
    method: 'DELETE',
    path: '/api/v1/feeds/:id',
    summary: 'Remove a feed; what it brought stays',
    scope: 'write',
    params: idParam,
    answer: 'nothing',
    status: 204,
    errors: ['NOT_FOUND', 'ID_MALFORMED'],
  }),
  pullFeed: route({
    method: 'POST',
    path: '/api/v1/feeds/:id/pull',
    summary: 'Pull a feed now',
    scope: 'write',
    params: idParam,
    query: z.object({ wait: flag }),
    answer: 'json',
    response: s.feed,
    status: 202,
    errors: ['NOT_FOUND', 'ID_MALFORMED'],
  }),

  listSources: route({
    method: 'GET',
    path: '/api/v1/sources',
    summary: 'What is screened',
    scope: 'read',
    answer: 'json',
    response: z.object({ rows: z.array(s.recordSource) }),
    errors: [],
  }),
  addSource: route({
    method: 'POST',
    path: '/api/v1/sources',
    summary: 'Screen a file, a folder or a socket from now on',
    scope: 'write',
    body: 'json',
    request: z.object({
      kind: s.recordSourceKind.exclude(['upload']),
      name: z.string().min(1).max(200).optional(),
      location: z.string().max(4096).default(''),
      format: z.string().max(40).default('auto'),
      from: z.enum(['start', 'end']).default('start'),
    }),
    answer: 'json',
    response: s.recordSource,
    status: 201,
    errors: ['FILE_UNREADABLE', 'CONFLICT'],
  }),
  getSource: route({
    method: 'GET',
    path: '/api/v1/sources/:id',
    summary: 'One source',
    scope: 'read',
    params: idParam,
    answer: 'json',
    response: s.recordSource,
    errors: ['NOT_FOUND'],
  }),
  changeSource: route({
    method: 'PATCH',
    path: '/api/v1/sources/:id',
    summary: 'Pause, resume or rename a source',
    scope: 'write',
    params: idParam,
    body: 'json',
    request: z.object({ paused: z.boolean().optional(), name: z.string().min(1).max(200).optional() }),
    answer: 'json',
    response: s.recordSource,
    errors: ['NOT_FOUND'],
  }),
  deleteSource: route({
    method: 'DELETE',
    path: '/api/v1/sources/:id',
    summary: 'Stop screening a source; its matches stay',
    scope: 'write',
    params: idParam,
    answer: 'nothing',
    status: 204,
    errors: ['NOT_FOUND'],
  }),
  pushRecords: route({
    method: 'POST',
    path: '/api/v1/sources/:id/records',
    summary: 'Push records (lines) to an http source; answered once they are judged and durable',
    scope: 'records',
    params: idParam,
    body: 'bytes',
    answer: 'json',
    response: z.object({ records: z.int(), matches: z.int() }),
    errors: ['NOT_FOUND', 'CONFLICT', 'TOO_MANY_REQUESTS'],
  }),
  screenUpload: route({
    method: 'POST',
    path: '/api/v1/screen',
    summary: 'Screen one file now',
    scope: 'write',
    body: 'bytes',
    query: z.object({ name: z.string().min(1).max(300), format: z.string().max(40).default('auto'), wait: flag }),
    answer: 'json',
    response: s.recordSource,
    status: 202,
    errors: [],
  }),

  listMatches: route({
    method: 'GET',
    path: '/api/v1/matches',
    summary: 'Matches, newest first',
    scope: 'read',
    query: z.object({
      source: z.string().max(100).optional(),
      value: z.string().max(8192).optional(),
      kind: s.kind.optional(),
      indicator: z.string().max(300).optional(),
      alarm: flag,
      ...page,
    }),
    answer: 'json',
    response: pageOf(s.match),
    errors: ['ID_MALFORMED'],
  }),
  getMatch: route({
    method: 'GET',
    path: '/api/v1/matches/:id',
    summary: 'One match',
    scope: 'read',
    params: idParam,
    answer: 'json',
    response: s.match,
    errors: ['NOT_FOUND', 'ID_MALFORMED'],
  }),

  loadSample: route({
    method: 'POST',
    path: '/api/v1/sample',
    summary: 'Load the built-in sample: made-up indicators and a log that contains some',
    scope: 'write',
    answer: 'json',
    response: z.object({ import: s.importReport, source: s.recordSource }),
    status: 202,
    errors: [],
  }),
  backup: route({
    method: 'GET',
    path: '/api/v1/backup',
    summary: 'A consistent copy of everything, taken while running',
    scope: 'admin',
    answer: 'bytes',
    errors: ['DATA_UNWRITABLE'],
  }),
  doctor: route({
    method: 'GET',
    path: '/api/v1/doctor',
    summary: 'Checks of the node, each with what to do',
    scope: 'admin',
    answer: 'json',
    response: z.object({
      checks: z.array(z.object({ name: z.string(), state: z.enum(['ok', 'warning', 'failing']), message: z.string() })),
    }),
    errors: [],
  }),
} as const;

export type RouteName = keyof typeof routes;

/**
 * Every error code a route may answer with: those it declares and those that follow from its scope and its input.
 *
 * `NOT_ALLOWED` is possible everywhere: a request under a foreign Host or from a foreign Origin is refused by all.
 */
export function errorsOf(value: Route): readonly ErrorCode[] {
  const codes = new Set<ErrorCode>(['NOT_ALLOWED', ...value.errors]);
  if (value.scope !== 'none') codes.add('NOT_SIGNED_IN');
  if (value.params ?? value.query ?? value.request) codes.add('ARGUMENT_INVALID');
  if (value.body === 'json') codes.add('JSON_MALFORMED').add('ENCODING_MALFORMED');
  if (value.body !== undefined) codes.add('INPUT_TOO_LARGE');
  return [...codes].sort();
}

/** The events of `GET /api/v1/events`: the `event:` field and the shape of its `data:`. */
export const events = {
  match: s.match,
  import: s.importReport,
  feed: s.feed,
  source: s.recordSource,
  /** Sent every 15 s so that a stalled stream is noticed. */
  beat: z.object({ at: s.instant, recordsPerSecond: z.number(), bytesPerSecond: z.number(), tableSequence: z.int() }),
  /**
   * Events this client missed: it read too slowly, or resumed at an event no longer kept. `count` 0 means unknown.
   * Whoever gets it loads the lists again.
   */
  lost: z.object({ count: z.int() }),
} as const;
export type EventName = keyof typeof events;
