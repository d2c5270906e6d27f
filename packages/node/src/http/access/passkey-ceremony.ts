import { createHash } from 'node:crypto';
import { isIP } from 'node:net';
import { ComityError, quote } from '@comity/protocol/base';
import { createChallenges } from './challenges.ts';
import type { AccessDeps } from './deps.ts';
import type { Passkey } from './passkey-book.ts';

/** A page of this node, as its origin says: `https://comity.example`. Checked to be ours before. */
type PageOrigin = string | undefined;

/** What an authenticator answered when it made a key. All untrusted. */
export interface Attestation {
  readonly id: string;
  readonly response: { readonly clientDataJSON: string; readonly attestationObject: string };
}

/** What an authenticator signed. All untrusted. */
export interface Assertion {
  readonly id: string;
  readonly response: {
    readonly clientDataJSON: string;
    readonly authenticatorData: string;
    readonly signature: string;
    readonly userHandle?: string | undefined;
  };
}

/** Making and using passkeys (WebAuthn Level 3, §7.1 and §7.2). Each challenge is good once, for one account and one name. */
export interface PasskeyCeremony {
  /** @throws {ComityError} `CONFLICT` at a page where browsers use no passkeys. */
  begin(origin: PageOrigin, account?: string): { readonly challenge: string; readonly host: string };
  /**
   * Whether a key was made for this account; undefined: it was not, or is none that is taken.
   *
   * @throws {ComityError} `CONFLICT` as {@link begin}; `TOO_MANY_REQUESTS` when the account used too many challenges just now.
   */
  verifyNew(
    attestation: Attestation,
    origin: PageOrigin,
    account: string,
  ): Promise<Pick<Passkey, 'id' | 'host' | 'publicKey' | 'counter'> | undefined>;
  /** The new count of a passkey that signed what it was asked to; undefined: it did not. @throws {ComityError} as {@link verifyNew}. */
  verifyUse(
    assertion: Assertion,
    origin: PageOrigin,
    passkey: Passkey,
  ): Promise<{ readonly counter: number } | undefined>;
}

const challengeLifetimeMs = 5 * 60_000;

/** What devices keep a key under: says nothing of the account to who looks at the device. */
export function userHandleOf(account: string): string {
  return createHash('sha256').update(`comity account ${account}`).digest('base64url');
}

export function createPasskeyCeremony(deps: Pick<AccessDeps, 'clock' | 'randomBytes'>): PasskeyCeremony {
  const challenges = createChallenges(challengeLifetimeMs, deps);
  const purposeOf = (host: string, account: string | undefined): string =>
    account === undefined ? `sign in at ${host}` : `add to ${account} at ${host}`;
  return {
    begin(origin, account) {
      const host = hostOf(origin);
      return { challenge: challenges.create(purposeOf(host, account)), host };
    },
    async verifyNew(attestation, origin, account) {
      const host = hostOf(origin);
      const { decodeAttestationObject } = await import('@simplewebauthn/server/helpers');
      const { verifyRegistrationResponse } = await import('@simplewebauthn/server');
      return await unlessRefused(async () => {
        const { attestationObject } = attestation.response;
        const decoded = decodeAttestationObject(new Uint8Array(Buffer.from(attestationObject, 'base64url')));
        if (!isTakenStatement(decoded.get('fmt'), decoded.get('attStmt').get('x5c') !== undefined)) return undefined;
        let challenge = '';
        const { registrationInfo } = await verifyRegistrationResponse({
          response: credentialOf(attestation),
          expectedChallenge: (given) => challenges.isGood((challenge = given), purposeOf(host, account)),
          expectedOrigin: origin ?? '',
          expectedRPID: host,
          requireUserVerification: true,
        });
        if (registrationInfo === undefined || !challenges.use(challenge, account)) return undefined;
        const { id, publicKey, counter } = registrationInfo.credential;
        return { id, host, publicKey, counter };
      });
    },
    async verifyUse(assertion, origin, passkey) {
      const host = hostOf(origin);
      const { userHandle, clientDataJSON, authenticatorData, signature } = assertion.response;
      if (passkey.host !== host || (userHandle !== undefined && userHandle !== userHandleOf(passkey.account)))
        return undefined;
      const { verifyAuthenticationResponse } = await import('@simplewebauthn/server');
      return await unlessRefused(async () => {
        let challenge = '';
        const { verified, authenticationInfo } = await verifyAuthenticationResponse({
          response: credentialOf({
            id: assertion.id,
            response: { clientDataJSON, authenticatorData, signature },
          }),
          expectedChallenge: (given) => challenges.isGood((challenge = given), purposeOf(host, undefined)),
          expectedOrigin: origin ?? '',
          expectedRPID: host,
          credential: { id: passkey.id, publicKey: passkey.publicKey, counter: passkey.counter },
          requireUserVerification: true,
        });
        return verified && challenges.use(challenge, passkey.account)
          ? { counter: authenticationInfo.newCounter }
          : undefined;
      });
    },
  };
}

/**
 * Whether a statement on who made a device is taken: none, or one the new key itself signed. Who made it is not asked, and one with
 * certificates would have the library fetch the lists of revocations they name, from wherever the sender likes.
 */
function isTakenStatement(format: string, hasCertificates: boolean): boolean {
  return format === 'none' || (format === 'packed' && !hasCertificates);
}

function credentialOf<R>({ id, response }: { readonly id: string; readonly response: R }) {
  return { id, rawId: id, type: 'public-key' as const, response, clientExtensionResults: {} };
}

/** The library throws a plain `Error` at whatever is wrong with what it is given, and all of that came from outside. */
async function unlessRefused<T>(verify: () => Promise<T | undefined>): Promise<T | undefined> {
  try {
    return await verify();
  } catch (error) {
    if (error instanceof ComityError) throw error;
    return undefined;
  }
}

/** @throws {ComityError} `CONFLICT`. */
function hostOf(origin: PageOrigin): string {
  if (origin === undefined)
    throw new ComityError('CONFLICT', 'Cannot use a passkey: only a browser at the page of this node can');
  const { hostname, port } = new URL(origin);
  if (isIP(hostname.replace(/^\[|\]$/g, '')) === 0) return hostname;
  const here = port === '' ? 'localhost' : `localhost:${port}`;
  throw new ComityError(
    'CONFLICT',
    `Cannot use a passkey at ${quote(hostname)}: browsers use them at names only; on this machine open http://${here}, elsewhere reach the node by a name with https`,
  );
}
