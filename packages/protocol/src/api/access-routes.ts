import { z } from 'zod';
import * as s from './access-shapes.ts';
import { idParam, route } from './route.ts';
import { instant } from './shapes.ts';

/** Who may call: the sign-in link, sessions, API tokens. */
export const accessRoutes = {
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
    response: z.object({ url: z.string(), expiresAt: instant }),
    status: 201,
    audited: 'account.link',
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
    request: z.object({
      name: z.string().min(1).max(100),
      scopes: z.array(s.scope).min(1),
      expiresInDays: z.int().min(1).max(3650).optional().describe('for ever when left out'),
    }),
    answer: 'json',
    response: s.token.extend({ secret: z.string() }),
    status: 201,
    errors: [],
  }),
  bindCertificate: route({
    method: 'POST',
    path: '/api/v1/tokens/:id/certificates',
    summary: 'Let a client certificate stand for an API token',
    scope: 'admin',
    params: idParam,
    body: 'json',
    request: z.object({
      certificate: z.string().max(20_000).describe('one certificate in PEM; of a chain the first counts'),
      isSecretEnough: z
        .boolean()
        .optional()
        .describe('whether the secret of the token goes on working without a certificate; left out, it is as it was'),
    }),
    answer: 'json',
    response: s.token,
    errors: ['ARGUMENT_INVALID', 'NOT_FOUND', 'CONFLICT'],
  }),
  unbindCertificate: route({
    method: 'DELETE',
    path: '/api/v1/tokens/:id/certificates/:sha256',
    summary: 'Let a client certificate stand for an API token no more',
    scope: 'admin',
    params: idParam.extend({ sha256: z.string().regex(/^[0-9a-f]{64}$/) }),
    answer: 'nothing',
    status: 204,
    errors: ['NOT_FOUND'],
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
} as const;
