import { z } from 'zod';
import * as s from './access-shapes.ts';
import { idParam, route } from './route.ts';
import { instant } from './shapes.ts';

const base64url = (charsMax: number) =>
  z
    .string()
    .max(charsMax)
    .regex(/^[\w-]+$/);
const id = base64url(1400);
const clientDataJSON = base64url(8192);

/** What a browser's authenticator answers to a challenge (WebAuthn Level 3, `AuthenticatorAssertionResponseJSON`). */
const assertion = z.object({
  id,
  response: z.object({
    clientDataJSON,
    authenticatorData: base64url(8192),
    signature: base64url(8192),
    userHandle: base64url(100).optional(),
  }),
});

/** What a browser's authenticator answers when it made a key (`AuthenticatorAttestationResponseJSON`). */
const attestation = z.object({ id, response: z.object({ clientDataJSON, attestationObject: base64url(20_000) }) });

const passkey = z
  .object({
    id: z.string(),
    name: z.string(),
    host: z.string().describe('works at this name alone'),
    createdAt: instant,
    usedAt: instant.optional(),
  })
  .meta({ id: 'Passkey' });

/** Keys that people’s devices hold, to sign in with (WebAuthn). Browsers use them at names only, never at an address. */
export const passkeyRoutes = {
  challengeSignIn: route({
    method: 'POST',
    path: '/api/v1/session/passkey/challenge',
    summary: 'What a passkey has to sign to sign in; good for five minutes',
    scope: 'none',
    answer: 'json',
    response: z.object({ challenge: z.string(), host: z.string() }),
    errors: ['CONFLICT'],
  }),
  signInWithPasskey: route({
    method: 'POST',
    path: '/api/v1/session/passkey',
    summary: 'Trade what a passkey signed for a session cookie',
    scope: 'none',
    body: 'json',
    request: assertion,
    answer: 'json',
    response: s.session,
    errors: ['NOT_SIGNED_IN', 'TOO_MANY_REQUESTS', 'CONFLICT'],
  }),
  listPasskeys: route({
    method: 'GET',
    path: '/api/v1/own/passkeys',
    summary: 'The caller’s passkeys; none for a token',
    scope: 'read',
    answer: 'json',
    response: z.object({ rows: z.array(passkey) }),
    errors: [],
  }),
  challengePasskey: route({
    method: 'POST',
    path: '/api/v1/own/passkeys/challenge',
    summary: 'What a new passkey is made with; good for five minutes',
    scope: 'read',
    answer: 'json',
    response: z.object({
      challenge: z.string(),
      host: z.string(),
      userHandle: z.string().describe('what the device keeps the key under'),
      userName: z.string(),
      known: z.array(z.string()).describe('ids of those there are, so that a device makes no second one'),
    }),
    errors: ['CONFLICT'],
  }),
  addPasskey: route({
    method: 'POST',
    path: '/api/v1/own/passkeys',
    summary: 'Add a passkey',
    scope: 'read',
    body: 'json',
    request: attestation.extend({ name: z.string().min(1).max(100) }),
    answer: 'json',
    response: passkey,
    status: 201,
    errors: ['CONFLICT', 'TOO_MANY_REQUESTS'],
  }),
  removePasskey: route({
    method: 'DELETE',
    path: '/api/v1/own/passkeys/:id',
    summary: 'Remove a passkey of the caller’s own',
    scope: 'read',
    params: idParam,
    answer: 'nothing',
    status: 204,
    errors: ['NOT_FOUND'],
  }),
  removePasskeys: route({
    method: 'DELETE',
    path: '/api/v1/accounts/:id/passkeys',
    summary: 'Remove every passkey of an account, whose device is lost',
    scope: 'admin',
    params: idParam,
    answer: 'nothing',
    status: 204,
    errors: ['NOT_FOUND'],
  }),
} as const;

/** A passkey of the caller’s own. */
export type PasskeyView = z.infer<typeof passkey>;
