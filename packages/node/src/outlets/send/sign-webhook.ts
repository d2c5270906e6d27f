import { createHash, createHmac } from 'node:crypto';

const prefix = 'whsec_';

/** The bytes of a signing key as it is written: `whsec_` and 24 to 64 bytes in Base64. Undefined when it is none. */
export function signingKeyBytes(text: string): Uint8Array | undefined {
  const base64 = text.startsWith(prefix) ? text.slice(prefix.length) : '';
  const bytes = Buffer.from(base64, 'base64');
  const isWhole = bytes.toString('base64').replace(/=+$/, '') === base64.replace(/=+$/, '');
  return isWhole && bytes.length >= 24 && bytes.length <= 64 ? bytes : undefined;
}

export function writeSigningKey(bytes: Uint8Array): string {
  return `${prefix}${Buffer.from(bytes).toString('base64')}`;
}

/**
 * The headers of Standard Webhooks 1.0.0 for a body: its id, when it is sent, and the HMAC-SHA-256 over both and the body.
 *
 * The id is of what is said: the same body has the same id whenever it is sent again, also after a restart.
 *
 * @param key - Of {@link signingKeyBytes}.
 */
export function signedHeaders(outletId: string, body: string, key: Uint8Array, nowMs: number): Record<string, string> {
  const print = createHash('sha256').update(`${outletId}\n`).update(body).digest('base64url').slice(0, 27);
  const id = `msg_${print}`;
  const timestamp = String(Math.floor(nowMs / 1000));
  const signature = createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64');
  return { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': `v1,${signature}` };
}
