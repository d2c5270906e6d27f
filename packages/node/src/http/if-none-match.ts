/**
 * Whether a client has what `etag` names: RFC 9110 §13.1.2, compared weakly.
 *
 * @param header - Its `If-None-Match`; untrusted.
 */
export function isAmong(etag: string, header: string | undefined): boolean {
  if (header === undefined) return false;
  return header.trim() === '*' || header.split(',').some((each) => each.trim().replace(/^W\//, '') === etag);
}
