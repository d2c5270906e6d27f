/** A cookie of one node with a secret in it. Cookies ignore ports, so the port is in the name: two nodes on one machine get on. */
export interface SessionCookie {
  /** The secret in a Cookie header, or undefined. */
  find(header: string | undefined): string | undefined;
  /** `Set-Cookie` that keeps `secret` until the browser is closed, or its time is over. */
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
 * @param of - what the secret is of: `journey` is of a browser on its way to the identity provider and back. That one is Strict
 *   too, since it comes back to the page, and the page asks the API.
 * @param lifetimeMs - how long the browser keeps it at most.
 */
export function createSessionCookie(
  port: number,
  secure: boolean,
  of: 'session' | 'journey' = 'session',
  lifetimeMs?: number,
): SessionCookie {
  const name = `${secure ? '__Host-' : ''}comity_${of}_${port}`;
  const maxAge = lifetimeMs === undefined ? '' : `; Max-Age=${Math.floor(lifetimeMs / 1000)}`;
  const attributes = `; Path=/; HttpOnly; SameSite=Strict${secure ? '; Secure' : ''}`;
  return {
    find(header) {
      for (const pair of header?.split(';') ?? []) {
        const [key, value] = pair.trim().split('=', 2);
        if (key === name) return value;
      }
      return undefined;
    },
    set: (secret) => `${name}=${secret}${attributes}${maxAge}`,
    clear: () => `${name}=${attributes}; Max-Age=0`,
  };
}
