import type { Session } from '@comity/protocol/api';
import { node } from '../app/node.ts';

/** COSE names of the signatures the node reads: Ed25519, ES256, RS256. */
const algorithms = [-8, -7, -257];

/** Where passkeys work when they do not here: on the node's own machine. */
export function nameOfThisMachine(): string {
  return location.origin.replace(location.hostname, 'localhost');
}

/**
 * Has a device of the reader's make a passkey, and gives it to the node.
 *
 * @returns false when the reader or the device would not.
 */
export async function addPasskey(name: string): Promise<boolean> {
  const { challenge, host, userHandle, userName, known } = await node.challengePasskey();
  const made = await asked(
    navigator.credentials.create({
      publicKey: {
        challenge: bytesOf(challenge),
        rp: { id: host, name: 'Comity' },
        user: { id: bytesOf(userHandle), name: userName, displayName: userName },
        pubKeyCredParams: algorithms.map((alg) => ({ alg, type: 'public-key' })),
        excludeCredentials: known.map((id) => ({ id: bytesOf(id), type: 'public-key' })),
        authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
        attestation: 'none',
      },
    }),
  );
  if (!(made?.response instanceof AuthenticatorAttestationResponse)) return false;
  const { clientDataJSON, attestationObject } = made.response;
  const response = { clientDataJSON: textOf(clientDataJSON), attestationObject: textOf(attestationObject) };
  await node.addPasskey({ body: { id: textOf(made.rawId), response, name } });
  return true;
}

/** Signs in with a passkey of the reader's choice; undefined when they, or the device, would not. */
export async function signInWithPasskey(): Promise<Session | undefined> {
  const { challenge, host } = await node.challengeSignIn();
  const signed = await asked(
    navigator.credentials.get({
      publicKey: { challenge: bytesOf(challenge), rpId: host, userVerification: 'required' },
    }),
  );
  if (!(signed?.response instanceof AuthenticatorAssertionResponse)) return undefined;
  const { clientDataJSON, authenticatorData, signature, userHandle } = signed.response;
  const response = {
    clientDataJSON: textOf(clientDataJSON),
    authenticatorData: textOf(authenticatorData),
    signature: textOf(signature),
    ...(userHandle && { userHandle: textOf(userHandle) }),
  };
  return await node.signInWithPasskey({ body: { id: textOf(signed.rawId), response } });
}

/** Whatever the reader or the device refuses is no fault. */
async function asked(credential: Promise<Credential | null>): Promise<PublicKeyCredential | undefined> {
  const given = await credential.catch(() => null);
  return given instanceof PublicKeyCredential ? given : undefined;
}

function bytesOf(base64url: string): Uint8Array<ArrayBuffer> {
  const text = atob(base64url.replaceAll('-', '+').replaceAll('_', '/'));
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}

function textOf(bytes: ArrayBuffer): string {
  const text = String.fromCharCode(...new Uint8Array(bytes));
  return btoa(text).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}
