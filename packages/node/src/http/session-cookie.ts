/** The session cookie of one node. Cookies ignore ports, so the port is in the name: two nodes on one machine get on. */
export interface SessionCookie {
  /** The secret in a Cookie header, or undefined. */
  find(header: string | undefined): string | undefined;
  /** `Set-Cookie` that keeps `secret` until the browser is closed or the session ends. */
  set(secret: string): string;
  /** `Set-Cookie` that removes it. */
  clear(): string;
}

/**
 * HttpOnly: no script reads it. SameSite=Strict: no other site's page sends it. No Max-Age: the server decides how long
 * a session lives. By https the name has the prefix `__Host-` (RFC 6265bis, 4.1.3.2), so that no neighbouring name of
 * the domain can plant a session of its own.
 *
 * @param secure - whether people reach the node by https.
 */
export function createSessionCookie(port: number, secure: boolean): SessionCookie {
  const name = `${secure ? '__Host-' : ''}comity_session_${port}`;
  const attributes = `; Path=/; HttpOnly; SameSite=Strict${secure ? '; Secure' : ''}`;
  return {
    find(header) {
      for (const pair of header?.split(';') ?? []) {
        const [key, value] = pair.trim().split('=', 2);
        if (key === name) return value;
      }
      return undefined;
    },
    set: (secret) => `${name}=${secret}${attributes}`,
    clear: () => `${name}=${attributes}; Max-Age=0`,
  };
}
