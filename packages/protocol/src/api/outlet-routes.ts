import { z } from 'zod';
import { matchForms, outlet, outletEntry } from './outlet-shapes.ts';
import { flag, idParam, route } from './route.ts';
import * as s from './shapes.ts';

/** How matches leave to the tools of whoever operates security: on their own, and as a file. */
export const outletRoutes = {
  listOutlets: route({
    method: 'GET',
    path: '/api/v1/outlets',
    summary: 'Where matches are sent on their own, and how that goes',
    scope: 'read',
    answer: 'json',
    response: z.object({ rows: z.array(outlet) }),
    errors: [],
  }),
  saveOutlet: route({
    method: 'POST',
    path: '/api/v1/outlets',
    summary: 'Add or change an outlet; whether each match may go there is still decided by its indicator',
    scope: 'govern',
    body: 'json',
    request: outletEntry,
    answer: 'json',
    response: z.object({
      outlet,
      signingKey: z.string().optional().describe('the one the node made; never shown again'),
    }),
    audited: 'outlet.saved',
    errors: ['NOT_FOUND', 'CONFLICT', 'ADDRESS_REFUSED', 'SHARING_REFUSED'],
  }),
  removeOutlet: route({
    method: 'DELETE',
    path: '/api/v1/outlets/:id',
    summary: 'Remove an outlet; what it has not sent yet is not sent',
    scope: 'govern',
    params: idParam,
    answer: 'nothing',
    status: 204,
    audited: 'outlet.removed',
    errors: ['NOT_FOUND'],
  }),
  testOutlet: route({
    method: 'POST',
    path: '/api/v1/outlets/:id/test',
    summary: 'Send a made-up match that says it is a test, now',
    scope: 'govern',
    params: idParam,
    answer: 'json',
    response: z.object({ sent: z.boolean(), reason: z.string().optional().describe('why it could not be sent') }),
    audited: 'outlet.tested',
    errors: ['NOT_FOUND'],
  }),
  exportMatches: route({
    method: 'GET',
    path: '/api/v1/match-export',
    summary: 'Matches as lines of JSON, newest first: the owner’s own copy',
    scope: 'read',
    query: z.object({
      form: z.enum(matchForms).default('comity'),
      source: z.string().max(100).optional(),
      alarm: flag,
      since: s.instant.optional(),
    }),
    answer: 'bytes',
    mediaTypes: ['application/x-ndjson'],
    audited: 'export',
    errors: [],
  }),
} as const;
