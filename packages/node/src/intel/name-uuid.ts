import { hash } from 'node:crypto';

/** UUIDv5 of a name (RFC 9562 §5.5). @param namespace - the 16 bytes of a UUID, as hex. */
export function uuidOfName(namespace: string, name: string): string {
  const digest = hash('sha1', Buffer.concat([Buffer.from(namespace, 'hex'), Buffer.from(name, 'utf8')]), 'hex');
  const variant = ((Number.parseInt(digest.slice(16, 18), 16) & 0x3f) | 0x80).toString(16);
  const first = `${digest.slice(0, 8)}-${digest.slice(8, 12)}-5${digest.slice(13, 16)}`;
  return `${first}-${variant}${digest.slice(18, 20)}-${digest.slice(20, 32)}`;
}
