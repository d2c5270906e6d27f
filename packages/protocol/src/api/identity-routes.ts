import { z } from 'zod';
import * as s from './access-shapes.ts';
import { route } from './route.ts';

const claim = z.string().trim().min(1).max(200);
const roleMapping = z.object({
  value: z.string().min(1).max(300).describe('of the claim, whole and exactly so written'),
  role: s.role,
});

const settings = {
  name: z.string().trim().min(1).max(60).describe('what people call it: on the button they sign in with'),
  issuer: z
    .string()
    .max(1000)
    .describe(
      'https URL it calls itself by; `/.well-known/openid-configuration` is found below. http on loopback alone',
    ),
  clientId: z.string().min(1).max(300).describe('what it knows this node as'),
  scopes: z
    .array(z.string().regex(/^[\x21\x23-\x5b\x5d-\x7e]{1,200}$/))
    .max(20)
    .default(['profile'])
    .describe('asked for beside `openid`'),
  nameClaim: claim.default('preferred_username').describe('claim that names a new account'),
  roleClaim: claim.default('roles').describe('claim that tells roles: its name, or a path as `realm_access.roles`'),
  roles: z
    .array(roleMapping)
    .max(200)
    .describe('what a value of the claim makes somebody; the first that they have counts'),
  others: z
    .enum(['refused', 'viewer'])
    .default('refused')
    .describe('what somebody is of whom no value stands in `roles`'),
  allowPrivate: z.boolean().default(false).describe('lets it be at an address that is not public'),
};

const provider = z.object(settings).meta({ id: 'IdentityProvider' });

/** Signing in by an identity provider that speaks OpenID Connect, and setting it up. */
export const identityRoutes = {
  findSignInProvider: route({
    method: 'GET',
    path: '/api/v1/session/provider',
    summary: 'Whether people sign in by an identity provider, and what it is called',
    scope: 'none',
    answer: 'json',
    response: z.object({ name: z.string().optional() }),
    errors: [],
  }),
  beginProviderSignIn: route({
    method: 'POST',
    path: '/api/v1/session/provider',
    summary: 'Where to send a browser to sign in; good for ten minutes, in this browser, once',
    scope: 'none',
    answer: 'json',
    response: z.object({ url: z.string() }),
    errors: ['NOT_FOUND', 'CONFLICT', 'REMOTE_FAILED'],
  }),
  signInByProvider: route({
    method: 'POST',
    path: '/api/v1/session/provider/answer',
    summary: 'Trade what the identity provider sent a browser back with for a session cookie',
    scope: 'none',
    body: 'json',
    request: z.object({ query: z.string().max(16_384).describe('of the address it sent the browser to, as it is') }),
    answer: 'json',
    response: s.session,
    errors: ['NOT_SIGNED_IN', 'TOO_MANY_REQUESTS', 'NOT_FOUND', 'REMOTE_FAILED'],
  }),
  showIdentityProvider: route({
    method: 'GET',
    path: '/api/v1/identity-provider',
    summary: 'How the identity provider is set up, without the secret',
    scope: 'admin',
    answer: 'json',
    response: z.object({
      provider: provider.optional(),
      redirectUri: z.string().describe('what to enter at the provider: where it sends browsers back to'),
    }),
    errors: [],
  }),
  saveIdentityProvider: route({
    method: 'POST',
    path: '/api/v1/identity-provider',
    summary: 'Set up the identity provider, or change it, after it answered to its issuer; sessions go on',
    scope: 'admin',
    body: 'json',
    request: z.object({
      ...settings,
      clientSecret: z
        .string()
        .min(1)
        .max(4000)
        .optional()
        .describe('kept sealed; left out, the one for the same issuer and client stays'),
    }),
    answer: 'json',
    response: provider,
    audited: 'identity-provider.saved',
    errors: ['CONFLICT', 'REMOTE_FAILED', 'ADDRESS_REFUSED'],
  }),
  removeIdentityProvider: route({
    method: 'DELETE',
    path: '/api/v1/identity-provider',
    summary: 'Let nobody sign in by the identity provider any more; accounts stay, and sessions go on',
    scope: 'admin',
    answer: 'nothing',
    status: 204,
    audited: 'identity-provider.removed',
    errors: ['NOT_FOUND'],
  }),
} as const;

/** How the identity provider is set up; its secret is never shown. */
export type IdentityProviderView = z.infer<typeof provider>;
