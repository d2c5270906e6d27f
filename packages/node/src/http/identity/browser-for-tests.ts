import { createClient } from '@comity/protocol/client';

/** A browser at the page of a node: it keeps cookies, and says which page it is on. */
export function openBrowser(baseUrl: string, origin = baseUrl) {
  const cookies = new Map<string, string>();
  /** Every `Set-Cookie` it got. */
  const given: string[] = [];
  const client = createClient(
    { baseUrl },
    {
      fetch: async (target, init = {}) => {
        const headers = new Headers(init.headers);
        headers.set('origin', origin);
        headers.set('cookie', [...cookies].map(([name, value]) => `${name}=${value}`).join('; '));
        const answer = await fetch(target, { ...init, headers });
        for (const each of answer.headers.getSetCookie()) {
          given.push(each);
          const [name = '', value = ''] = each.split(';')[0]?.split('=') ?? [];
          cookies.set(name, value);
        }
        return answer;
      },
    },
  );
  return { client, cookies, given };
}
