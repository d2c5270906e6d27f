import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A certificate of a client whose key nobody has any more; over in a hundred years. */
export const keylessCertificate = `-----BEGIN CERTIFICATE-----
MIIBiDCCAS+gAwIBAgIUPDBZFUfPCH4ZYqQ0EiWIRG36RNcwCgYIKoZIzj0EAwIw
GTEXMBUGA1UEAwwOcG9sbGVyLmV4YW1wbGUwIBcNMjYxMTI3MDc0ODE1WhgPMjEy
NjExMDMwNzQ4MTVaMBkxFzAVBgNVBAMMDnBvbGxlci5leGFtcGxlMFkwEwYHKoZI
zj0CAQYIKoZIzj0DAQcDQgAEGM6ErmPI9e0Ce9quW1/FpUhjUD/m0UQ055l8plkr
+nqj1Bwsa59hsP38Qe3c+CeXDB1WE/RP/XMgSTtBEVzi2aNTMFEwHQYDVR0OBBYE
FIEBYRBoOqQKli3ZzJVgytag8XAiMB8GA1UdIwQYMBaAFIEBYRBoOqQKli3ZzJVg
ytag8XAiMA8GA1UdEwEB/wQFMAMBAf8wCgYIKoZIzj0EAwIDRwAwRAIgdYWreZO/
Unrltf7bxb8wFn6986zvfnKEFM+du6xymTACIC70+NJuqgIz5LNI6Pjd3/KQ60tG
y+QJOxQEiWMKHUEF
-----END CERTIFICATE-----
`;

/** A certificate that vouches for itself, with its key, as text and as files. */
export interface MadeCertificate {
  readonly cert: string;
  readonly key: string;
  readonly certFile: string;
  readonly keyFile: string;
}

/** Why tests that make certificates are skipped; false: they run. */
export const withoutOpenssl = hasOpenssl() ? false : 'openssl is not here: NO certificate is tested';

/** Makes a certificate that is valid from now on. */
export function makeCertificate(dir: string, name: string, days = 1): MadeCertificate {
  const [certFile, keyFile] = [join(dir, `${name}.pem`), join(dir, `${name}.key`)];
  const made = ['-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  const as = ['-subj', `/CN=${name}`, '-addext', 'subjectAltName=IP:127.0.0.1', '-days', String(days)];
  execFileSync('openssl', ['req', ...made, ...as, '-keyout', keyFile, '-out', certFile], { stdio: 'pipe' });
  return { certFile, keyFile, cert: readFileSync(certFile, 'utf8'), key: readFileSync(keyFile, 'utf8') };
}

function hasOpenssl(): boolean {
  try {
    execFileSync('openssl', ['version'], { stdio: 'pipe' });
    return true;
  } catch {
    // Not installed, or it cannot run.
    return false;
  }
}
