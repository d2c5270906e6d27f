import { QueryClient } from '@tanstack/react-query';
import { ComityError } from '@comity/protocol/base';
import { createClient } from '@comity/protocol/client';

/** The node that served this page; every call goes to its own origin with the session cookie. */
export const node = createClient({ baseUrl: location.origin }, { fetch: (...call) => fetch(...call) });

/** Errors that another try in a moment may mend. */
const passing = new Set(['NODE_UNREACHABLE', 'REMOTE_FAILED', 'TOO_MANY_REQUESTS']);

export const queries = new QueryClient({
  defaultOptions: {
    // The node is asked whatever the browser thinks of its network: on an isolated machine it is "offline" for ever.
    mutations: { networkMode: 'always' },
    queries: {
      networkMode: 'always',
      staleTime: 10_000,
      retry: (failures, error) => failures < 2 && error instanceof ComityError && passing.has(error.code),
      refetchOnWindowFocus: true,
    },
  },
});
