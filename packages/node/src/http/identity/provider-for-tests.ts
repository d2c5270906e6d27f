import { createHash, createHmac, generateKeyPairSync, randomBytes, sign } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

/** What the provider is told to do wrong, or of whom it is to speak. */
export interface Behaviour {
  /** Claims of the ID token in place of its own; undefined takes one away. */
  claims?: Record<string, unknown>;
  /** How the ID token is signed: rightly; not at all; with the public key as a shared secret; with a key nobody knows. */
  signing?: 'right' | 'none' | 'public-as-secret' | 'foreign-key';
  /** Fields of the discovery document in place of its own. */
  metadata?: Record<string, unknown>;
  /** Answers to a path in place of its own. */
  answer?: Record<string, (response: ServerResponse) => void>;
  /** Parameters of the browser's way back in place of its own; undefined takes one away. */
  back?: Record<string, string | undefined>;
  /** Shows a page of its own first, with a link back, as to who is not signed in there. */
  asks?: boolean;
}

const json = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
export const clientId = 'comity-test';
export const clientSecret = 'a secret & +=%:é';

/** Who authenticates by HTTP Basic: the two were form-encoded before they were joined (RFC 6749 §2.3.1). */
const basicOf = (header = ''): string[] =>
  Buffer.from(header.replace(/^Basic /, ''), 'base64')
    .toString()
    .split(':')
    .map((part) => new URLSearchParams(`=${part}`).get('') ?? '');

/** An OpenID provider on loopback, in the order of the standards: authorization endpoint, token endpoint with PKCE, keys. */
export async function serveProvider(
  cleanup: { after(fn: () => unknown): void },
  /** What it calls its host: under `localhost` it is another site than a node at 127.0.0.1. */
  host: '127.0.0.1' | 'localhost' = '127.0.0.1',
) {
  const behaviour: Behaviour = {};
  const asked: string[] = [];
  const codes = new Map<string, URLSearchParams>();
  let kid = 'one';
  let keys = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const publicJwk = () => ({ ...keys.publicKey.export({ format: 'jwk' }), kid, use: 'sig' });
  const url = () => `http://${host}:${(server.address() as AddressInfo).port}`;

  const idToken = (request: URLSearchParams): string => {
    const now = Math.floor(Date.now() / 1000);
    const own = {
      iss: url(),
      aud: clientId,
      sub: 'subject-of-ada',
      nonce: request.get('nonce'),
      iat: now,
      exp: now + 300,
      preferred_username: 'ada',
      roles: ['cert-analysts'],
    };
    const claims = json({ ...own, ...behaviour.claims });
    const signed = (alg: string, by: (head: string) => string): string => {
      const head = `${json({ alg, typ: 'JWT', kid })}.${claims}`;
      return `${head}.${by(head)}`;
    };
    const rsa = (key: KeyObject) => (head: string) => sign('sha256', Buffer.from(head), key).toString('base64url');
    const { signing } = behaviour;
    if (signing === 'none') return signed('none', () => '');
    if (signing === 'public-as-secret') {
      const secret = keys.publicKey.export({ type: 'spki', format: 'pem' });
      return signed('HS256', (head) => createHmac('sha256', secret).update(head).digest('base64url'));
    }
    const { privateKey } = signing === 'foreign-key' ? generateKeyPairSync('rsa', { modulusLength: 2048 }) : keys;
    return signed('RS256', rsa(privateKey));
  };

  const send = (response: ServerResponse, status: number, body: unknown): void => {
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  };

  const metadata = () => ({
    issuer: url(),
    authorization_endpoint: `${url()}/authorize`,
    token_endpoint: `${url()}/token`,
    jwks_uri: `${url()}/keys`,
    response_types_supported: ['code'],
    subject_types_supported: ['public'],
    id_token_signing_alg_values_supported: ['RS256'],
    code_challenge_methods_supported: ['S256'],
    authorization_response_iss_parameter_supported: true,
    ...behaviour.metadata,
  });

  /** Says yes at once, as one does who is signed in there already. */
  const authorize = (query: URLSearchParams, response: ServerResponse): void => {
    const code = randomBytes(16).toString('hex');
    codes.set(code, query);
    const back = new URL(query.get('redirect_uri') ?? '');
    const parameters = { code, state: query.get('state') ?? '', iss: url(), ...behaviour.back };
    for (const [name, value] of Object.entries(parameters)) if (value !== undefined) back.searchParams.set(name, value);
    if (behaviour.asks !== true) return void response.writeHead(302, { location: back.href }).end();
    const page = `<!doctype html><html lang="en"><title>Test ID</title><p><a href="${back.href.replaceAll('&', '&amp;')}">It is me</a></p>`;
    response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(page);
  };

  const redeem = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const form = new URLSearchParams(await text(request));
    const given = request.headers.authorization;
    const [id, secret] = given === undefined ? [form.get('client_id'), form.get('client_secret')] : basicOf(given);
    if (id !== clientId || secret !== clientSecret) return send(response, 401, { error: 'invalid_client' });
    const begun = codes.get(form.get('code') ?? '');
    codes.delete(form.get('code') ?? '');
    const challenge = createHash('sha256')
      .update(form.get('code_verifier') ?? '')
      .digest('base64url');
    const isFit =
      begun !== undefined &&
      begun.get('code_challenge_method') === 'S256' &&
      begun.get('code_challenge') === challenge &&
      begun.get('redirect_uri') === form.get('redirect_uri');
    if (!isFit) return send(response, 400, { error: 'invalid_grant' });
    const token = { access_token: randomBytes(16).toString('hex'), token_type: 'Bearer', id_token: idToken(begun) };
    return send(response, 200, token);
  };

  const server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '', url());
    asked.push(pathname);
    const other = behaviour.answer?.[pathname];
    if (other !== undefined) other(response);
    else if (pathname === '/.well-known/openid-configuration') send(response, 200, metadata());
    else if (pathname === '/keys') send(response, 200, { keys: [publicJwk()] });
    else if (pathname === '/authorize') authorize(searchParams, response);
    else if (pathname === '/token') void redeem(request, response);
    else response.writeHead(404).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  cleanup.after(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  return {
    url: url(),
    /** Paths that were asked for. */
    asked,
    /** What it does from now on; nothing: everything rightly. */
    behave: (next: Behaviour = {}) => {
      for (const name of ['claims', 'signing', 'metadata', 'answer', 'back', 'asks'] as const) delete behaviour[name];
      Object.assign(behaviour, next);
    },
    rotateKeys: () => {
      kid = `${kid}-next`;
      keys = generateKeyPairSync('rsa', { modulusLength: 2048 });
    },
    /** A browser's way there and back: the query it comes back with. */
    visit: async (authorizationUrl: string): Promise<string> => {
      const answer = await fetch(authorizationUrl, { redirect: 'manual' });
      await answer.body?.cancel();
      return new URL(answer.headers.get('location') ?? '').search;
    },
  };
}

/** How this provider is set up at a node. */
export const settingsOf = (issuer: string) => ({
  name: 'Test ID',
  issuer,
  clientId,
  clientSecret,
  roles: [
    { value: 'cert-admins', role: 'administrator' as const },
    { value: 'cert-analysts', role: 'analyst' as const },
    { value: 'cert-officers', role: 'officer' as const },
  ],
  allowPrivate: true,
});
