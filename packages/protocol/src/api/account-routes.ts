import { z } from 'zod';
import * as s from './access-shapes.ts';
import { idParam, route } from './route.ts';
import { instant } from './shapes.ts';

const link = z.object({ url: z.string().describe('signs in once'), expiresAt: instant });
const expiresInHours = z.int().min(1).max(720).default(72);

/** People who may sign in: what an administrator does with accounts, and everybody with their own sessions. */
export const accountRoutes = {
  listAccounts: route({
    method: 'GET',
    path: '/api/v1/accounts',
    summary: 'Who may sign in, and as what',
    scope: 'admin',
    answer: 'json',
    response: z.object({ rows: z.array(s.account) }),
    errors: [],
  }),
  inviteAccount: route({
    method: 'POST',
    path: '/api/v1/accounts',
    summary: 'Make an account and a link that signs in once; the link is shown this once',
    scope: 'admin',
    body: 'json',
    request: z.object({ name: s.accountName, role: s.role, expiresInHours }),
    answer: 'json',
    response: link.extend({ account: s.account }),
    status: 201,
    errors: ['CONFLICT'],
  }),
  changeAccount: route({
    method: 'PATCH',
    path: '/api/v1/accounts/:id',
    summary:
      'Give an account another role, disable it (which ends its sessions and stops its tokens) or enable it again',
    scope: 'admin',
    params: idParam,
    body: 'json',
    request: z.object({ role: s.role.optional(), isDisabled: z.boolean().optional() }),
    answer: 'json',
    response: s.account,
    errors: ['NOT_FOUND', 'CONFLICT'],
  }),
  renewAccountLink: route({
    method: 'POST',
    path: '/api/v1/accounts/:id/link',
    summary: 'Make a new link that signs an account in once, for who lost theirs; the one before stops working',
    scope: 'admin',
    params: idParam,
    body: 'json',
    request: z.object({ expiresInHours }),
    answer: 'json',
    response: link,
    status: 201,
    errors: ['NOT_FOUND', 'CONFLICT'],
  }),
  listSessions: route({
    method: 'GET',
    path: '/api/v1/sessions',
    summary: 'Who is signed in, and from where',
    scope: 'admin',
    answer: 'json',
    response: z.object({ rows: z.array(s.openSession) }),
    errors: [],
  }),
  endSession: route({
    method: 'DELETE',
    path: '/api/v1/sessions/:id',
    summary: 'End a session',
    scope: 'admin',
    params: idParam,
    answer: 'nothing',
    status: 204,
    errors: ['NOT_FOUND'],
  }),
  listOwnSessions: route({
    method: 'GET',
    path: '/api/v1/own/sessions',
    summary: 'Where the caller is signed in; none for a token',
    scope: 'read',
    answer: 'json',
    response: z.object({ rows: z.array(s.openSession) }),
    errors: [],
  }),
  endOwnSession: route({
    method: 'DELETE',
    path: '/api/v1/own/sessions/:id',
    summary: 'End a session of the caller’s own',
    scope: 'read',
    params: idParam,
    answer: 'nothing',
    status: 204,
    errors: ['NOT_FOUND'],
  }),
} as const;
