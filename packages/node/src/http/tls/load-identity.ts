import { X509Certificate, createPrivateKey } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { ComityError, quote } from '@comity/protocol/base';

/** Files in PEM. */
export interface TlsFiles {
  /** The node's certificate, and behind it those that lead to its root. */
  readonly certFile: string;
  readonly keyFile: string;
}

/** What the node proves itself with. */
export interface TlsIdentity {
  readonly cert: string;
  readonly key: string;
  readonly validToMs: number;
}

const pemBytesMax = 1024 * 1024;

/**
 * Reads the node's certificate and its key. One that is over is read too: a node that did not start would screen nothing either, and
 * `comity doctor` says it.
 *
 * @throws {ComityError} `FILE_UNREADABLE`; `ARGUMENT_INVALID` when one is not what it should be, or they are no pair.
 */
export function loadTlsIdentity({ certFile, keyFile }: TlsFiles): TlsIdentity {
  const [cert, key] = [readPem(certFile), readPem(keyFile)];
  const certificate = parsed(certFile, 'it is no X.509 certificate in PEM', () => new X509Certificate(cert));
  const privateKey = parsed(keyFile, 'it is no private key in PEM without a passphrase', () => createPrivateKey(key));
  if (!certificate.checkPrivateKey(privateKey))
    throw new ComityError(
      'ARGUMENT_INVALID',
      `Cannot use ${quote(keyFile)}: it is not the key of the certificate in ${quote(certFile)}`,
    );
  return { cert, key, validToMs: certificate.validToDate.getTime() };
}

function readPem(file: string): string {
  try {
    const { size } = statSync(file);
    if (size > pemBytesMax) throw new Error(`${size} bytes, at most ${pemBytesMax} are read`);
    return readFileSync(file, 'utf8');
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new ComityError('FILE_UNREADABLE', `Cannot read ${quote(file)}: ${why}`, { cause });
  }
}

function parsed<T>(file: string, otherwise: string, parse: () => T): T {
  try {
    return parse();
  } catch (cause) {
    throw new ComityError('ARGUMENT_INVALID', `Cannot use ${quote(file)}: ${otherwise}`, { cause });
  }
}
