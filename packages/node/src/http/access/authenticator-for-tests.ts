import { createHash, generateKeyPairSync, sign } from 'node:crypto';
import { isoCBOR } from '@simplewebauthn/server/helpers';
import type { Assertion, Attestation } from './passkey-ceremony.ts';

/** What an authenticator is asked, and how it can be made to answer wrongly. */
interface Asked {
  readonly challenge: string;
  readonly origin: string;
  /** Default: of the origin. */
  readonly host?: string;
  readonly type?: 'webauthn.create' | 'webauthn.get';
  readonly isVerified?: boolean;
  readonly counter?: number;
}

const base64url = (bytes: Uint8Array | string): string => Buffer.from(bytes).toString('base64url');
const sha256 = (bytes: Uint8Array | string): Buffer => createHash('sha256').update(bytes).digest();

/** A device with one key (ES256), in a few lines, that signs whatever it is told to. */
export function createAuthenticator(id = 'a-device') {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const { x = '', y = '' } = publicKey.export({ format: 'jwk' });
  const coordinate = (text: string) => new Uint8Array(Buffer.from(text, 'base64url'));
  const coseKey = isoCBOR.encode(
    new Map<number, number | Uint8Array>([
      [1, 2],
      [3, -7],
      [-1, 1],
      [-2, coordinate(x)],
      [-3, coordinate(y)],
    ]),
  );
  const credentialId = Buffer.from(id);
  const clientData = ({ challenge, origin, type }: Asked & { type: string }) =>
    Buffer.from(JSON.stringify({ type, challenge, origin, crossOrigin: false }));
  /** WebAuthn Level 3, §6.1: hash of the name, flags, count, and the new key. */
  const authData = ({ origin, host, isVerified = true, counter = 0 }: Asked, key?: Uint8Array) => {
    const count = Buffer.alloc(4);
    count.writeUInt32BE(counter);
    const flags = 0x01 | (isVerified ? 0x04 : 0) | (key ? 0x40 : 0);
    const length = Buffer.from([0, credentialId.length]);
    const made = key ? [Buffer.alloc(16), length, credentialId, key] : [];
    return Buffer.concat([sha256(host ?? new URL(origin).hostname), Buffer.from([flags]), count, ...made]);
  };
  return {
    make(asked: Asked): Attestation {
      const attestationObject = isoCBOR.encode(
        new Map<string, unknown>([
          ['fmt', 'none'],
          ['attStmt', new Map()],
          ['authData', new Uint8Array(authData(asked, coseKey))],
        ]) as never,
      );
      const clientDataJSON = clientData({ ...asked, type: asked.type ?? 'webauthn.create' });
      return {
        id: base64url(credentialId),
        response: { clientDataJSON: base64url(clientDataJSON), attestationObject: base64url(attestationObject) },
      };
    },
    sign(asked: Asked, userHandle?: string): Assertion {
      const clientDataJSON = clientData({ ...asked, type: asked.type ?? 'webauthn.get' });
      const data = authData(asked);
      const signature = sign('sha256', Buffer.concat([data, sha256(clientDataJSON)]), privateKey);
      return {
        id: base64url(credentialId),
        response: {
          clientDataJSON: base64url(clientDataJSON),
          authenticatorData: base64url(data),
          signature: base64url(signature),
          ...(userHandle !== undefined && { userHandle }),
        },
      };
    },
  };
}
