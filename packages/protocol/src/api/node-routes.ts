import { z } from 'zod';
import { route } from './route.ts';
import * as s from './shapes.ts';

/** The node itself: health, description, overview, live events, sample, backup, checks. */
export const nodeRoutes = {
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
    mediaTypes: ['application/vnd.sqlite3'],
    audited: 'export',
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
