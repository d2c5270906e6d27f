import { z } from 'zod';
import * as s from './access-shapes.ts';
import { page, pageOf, route } from './route.ts';
import { instant } from './shapes.ts';

const filter = {
  act: s.auditRow.shape.act.optional(),
  by: z.string().max(100).optional().describe('an account'),
  about: z.string().max(8192).optional().describe('what it was done to, whole or as a row shows it'),
  since: instant.optional(),
  until: instant.optional(),
};

/** Who did what: read, never written, by the API. */
export const auditRoutes = {
  listAudit: route({
    method: 'GET',
    path: '/api/v1/audit',
    summary: 'The audit trail, newest first',
    scope: 'audit',
    query: z.object({ ...filter, ...page }),
    answer: 'json',
    response: pageOf(s.auditRow),
    errors: [],
  }),
  exportAudit: route({
    method: 'GET',
    path: '/api/v1/audit/export',
    summary: 'The audit trail as one JSON object a line, oldest first',
    scope: 'audit',
    query: z.object(filter),
    answer: 'bytes',
    mediaTypes: ['application/x-ndjson'],
    audited: 'export',
    errors: [],
  }),
} as const;
