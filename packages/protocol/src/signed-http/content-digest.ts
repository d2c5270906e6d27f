import { base64Of } from '../base/index.ts';
import type { Sha256 } from '../tlog/index.ts';

/** The field `Content-Digest` of a body as it is sent (RFC 9530 §2), in SHA-256 alone. */
export function contentDigestOf(body: Uint8Array, sha256: Sha256): string {
  return `sha-256=:${base64Of(sha256(body))}:`;
}
