import assert from 'node:assert/strict';
import type { Client } from '@comity/protocol/client';

interface Tools {
  readonly client: () => Client;
  readonly node: () => { clientWith(token: string): Client };
}

/** What the route of lists does, and each error it declares; used by the test of the API only. */
export function listCases({ client, node }: Tools) {
  let count = 0;
  const add = async (): Promise<string> => {
    const alias = `lists-${(count += 1)}`;
    await client().createImport({ query: { name: alias }, body: `${alias}.example\n` });
    await client().saveCollection({ body: { title: alias, alias } });
    return alias;
  };
  const get = (collection: string) => client().getList({ params: { collection, format: 'domains' } });
  return {
    getList: {
      works: async () => {
        const alias = await add();
        const text = await (await get(alias)).text();
        assert.match(text, new RegExp(`^${alias}\\.example$`, 'm'));
      },
      fails: {
        NOT_FOUND: () => get('no-such'),
        SHARING_REFUSED: async () => {
          const alias = await add();
          const { id: tokenId, secret } = await client().createToken({ body: { name: alias, scopes: ['share'] } });
          const key = `client:${alias}`;
          await client().saveRecipient({ body: { key, name: alias, tokenId } });
          const { id } = await client().saveCollection({ body: { title: alias, audience: [key] } });
          await node()
            .clientWith(secret)
            .getList({ params: { collection: id, format: 'domains' } });
        },
        TOO_MANY_REQUESTS: async () => {
          const alias = await add();
          await Promise.all(Array.from({ length: 40 }, () => get(alias)));
        },
      },
    },
  };
}
