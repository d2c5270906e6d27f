import { X509Certificate, createHash } from 'node:crypto';
import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import { ComityError } from '@comity/protocol/base';

/** A certificate a client shows: by its digest alone it is told from others, whoever issued it. */
export interface ClientCertificate {
  /** SHA-256 of its DER, 64 small hexadecimal digits. */
  readonly sha256: string;
  readonly subject: string;
  readonly validFromMs: number;
  readonly validToMs: number;
}

const subjectCharsMax = 200;
const shown = new WeakMap<Socket, ClientCertificate | undefined>();

/**
 * The certificate the other end of a connection has shown. That it has the key too was proved when the connection was made (RFC
 * 8446 §4.4.3), and no other can come in its place: renegotiation is off. Undefined: none, or no TLS.
 */
export function certificateOf(socket: Socket): ClientCertificate | undefined {
  if (!(socket instanceof TLSSocket)) return undefined;
  if (!shown.has(socket)) {
    const certificate = socket.getPeerX509Certificate();
    shown.set(socket, certificate && factsOf(certificate));
  }
  return shown.get(socket);
}

/**
 * Reads a certificate; of a chain the first, which is the client's own.
 *
 * @param pem - Untrusted; whoever takes it bounds it.
 * @throws {ComityError} `ARGUMENT_INVALID`, also for what holds a private key: that one goes to nobody.
 */
export function parseCertificate(pem: string): ClientCertificate {
  if (pem.includes('PRIVATE KEY-----'))
    throw new ComityError('ARGUMENT_INVALID', 'Cannot take the certificate: its private key is with it; give it alone');
  try {
    return factsOf(new X509Certificate(pem));
  } catch (cause) {
    throw new ComityError('ARGUMENT_INVALID', 'Cannot read the certificate: it is no X.509 certificate in PEM', {
      cause,
    });
  }
}

/** A digest as people read it, long enough to tell one from another. */
export function shownDigest(sha256: string): string {
  return `${sha256.slice(0, 16)}…`;
}

function factsOf({ raw, subject, validFromDate, validToDate }: X509Certificate): ClientCertificate {
  return {
    sha256: createHash('sha256').update(raw).digest('hex'),
    subject: subject.replaceAll('\n', ', ').slice(0, subjectCharsMax),
    validFromMs: validFromDate.getTime(),
    validToMs: validToDate.getTime(),
  };
}
