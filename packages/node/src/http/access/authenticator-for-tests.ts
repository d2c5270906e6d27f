import { createHash, generateKeyPairSync, sign } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { isoCBOR } from '@simplewebauthn/server/helpers';
import type { Assertion, Attestation } from './passkey-ceremony.ts';

/** What a device says of who made it (WebAuthn Level 3, §8), signed by its new key. */
export interface Statement {
  readonly format: string;
  /** Certificates in DER, of the signing key first. */
  readonly x5c?: readonly Uint8Array[];
}

/** What an authenticator is asked, and how it can be made to answer wrongly. */
interface Asked {
  readonly challenge: string;
  readonly origin: string;
  /** Default: of the origin. */
  readonly host?: string;
  readonly type?: 'webauthn.create' | 'webauthn.get';
  readonly isVerified?: boolean;
  readonly counter?: number;
  /** Default: none. */
  readonly statement?: Statement;
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
  const signed = (data: Uint8Array, clientDataJSON: Uint8Array) =>
    new Uint8Array(sign('sha256', Buffer.concat([data, sha256(clientDataJSON)]), privateKey));
  return {
    publicKey,
    make(asked: Asked): Attestation {
      const { format = 'none', x5c } = asked.statement ?? {};
      const clientDataJSON = clientData({ ...asked, type: asked.type ?? 'webauthn.create' });
      const data = new Uint8Array(authData(asked, coseKey));
      const statement = new Map<string, unknown>();
      if (format !== 'none') statement.set('alg', -7).set('sig', signed(data, clientDataJSON));
      if (x5c !== undefined) statement.set('x5c', x5c);
      const attestation = new Map<string, unknown>([
        ['fmt', format],
        ['attStmt', statement],
        ['authData', data],
      ]);
      const attestationObject = isoCBOR.encode(attestation as never);
      return {
        id: base64url(credentialId),
        response: { clientDataJSON: base64url(clientDataJSON), attestationObject: base64url(attestationObject) },
      };
    },
    sign(asked: Asked, userHandle?: string): Assertion {
      const clientDataJSON = clientData({ ...asked, type: asked.type ?? 'webauthn.get' });
      const data = authData(asked);
      return {
        id: base64url(credentialId),
        response: {
          clientDataJSON: base64url(clientDataJSON),
          authenticatorData: base64url(data),
          signature: base64url(signed(data, clientDataJSON)),
          ...(userHandle !== undefined && { userHandle }),
        },
      };
    },
  };
}

/** A certificate of who made devices, as §8.2.1 wants it (X.509 v3 in DER), but for who signed it: nobody. */
export function certificateOf(publicKey: KeyObject): Uint8Array {
  const der = (tag: number, ...parts: readonly Uint8Array[]): Uint8Array => {
    const content = Buffer.concat(parts);
    const length = content.length < 0x80 ? [content.length] : [0x82, content.length >> 8, content.length & 0xff];
    return Buffer.concat([Buffer.from([tag, ...length]), content]);
  };
  const integer = (value: number) => der(0x02, Buffer.from([value]));
  const oid = (hex: string) => der(0x06, Buffer.from(hex, 'hex'));
  const text = (value: string) => der(0x0c, Buffer.from(value));
  const time = (value: string) => der(0x18, Buffer.from(value));
  const sequence = (...parts: readonly Uint8Array[]) => der(0x30, ...parts);
  const name = sequence(
    ...Object.entries({ '06': 'LU', '0a': 'A maker', '0b': 'Authenticator Attestation', '03': 'A device' }).map(
      ([kind, value]) => der(0x31, sequence(oid(`5504${kind}`), text(value))),
    ),
  );
  const ecdsaWithSha256 = sequence(oid('2a8648ce3d040302'));
  const validity = sequence(time('20000101000000Z'), time('99991231235959Z'));
  const spki = publicKey.export({ type: 'spki', format: 'der' });
  const content = sequence(der(0xa0, integer(2)), integer(1), ecdsaWithSha256, name, validity, name, spki);
  return sequence(content, ecdsaWithSha256, der(0x03, Buffer.alloc(65)));
}
