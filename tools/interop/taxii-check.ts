import { isDeepStrictEqual } from 'node:util';
import { serveNode } from '../../packages/node/src/node-for-tests.ts';
import { readStarterLaw } from '../../packages/node/src/sharing/index.ts';
import { isFailed } from './ask.ts';
import type { Ask } from './ask.ts';
import type { Check } from './run-checks.ts';
import { withCleanup } from './with-cleanup.ts';

/** What the client is asked to do, and what it must come back with. */
interface Errand {
  readonly call: string;
  readonly wanted: unknown;
  readonly rest?: Readonly<Record<string, unknown>>;
}

const mediaType = 'application/taxii+json;version=2.1';
const count = 25;
const perRequest = 4;
const idOf = (number: number): string => `indicator--00000000-0000-4000-8000-${String(number).padStart(12, '0')}`;
const indicator = (number: number) => ({
  type: 'indicator',
  spec_version: '2.1',
  id: idOf(number),
  created: '2026-01-01T00:00:00.000Z',
  modified: '2026-01-01T00:00:00.000Z',
  pattern: `[domain-name:value = 'host-${number}.example']`,
  pattern_type: 'stix',
  valid_from: '2026-01-01T00:00:00Z',
});
const held = Array.from({ length: count }, (_, index) => indicator(index + 1));
const sent = indicator(count + 1);
const ids = held.map(({ id }) => id);

/** One after the other: the last two change what is there. */
function errandsFor(url: string): Errand[] {
  return [
    { call: 'discovery', wanted: ['Comity', [`${url}/taxii2/api/`]] },
    { call: 'api root', wanted: ['Comity', [mediaType], 8 * 1024 * 1024] },
    { call: 'collection', wanted: ['Judged', 'judged', true, true, ['application/stix+json;version=2.1']] },
    { call: 'objects', wanted: ids },
    { call: 'pages', wanted: ids, rest: { perRequest } },
    { call: 'manifest', wanted: ids, rest: { perRequest } },
    { call: 'object', wanted: [held[2]], rest: { id: idOf(3) } },
    { call: 'versions', wanted: ['2026-01-01T00:00:00.000000Z'], rest: { id: idOf(3) } },
    { call: 'add', wanted: ['complete', 1, 1], rest: { objects: [sent, { type: 'indicator' }] } },
    { call: 'delete', wanted: [true], rest: { id: sent.id } },
  ];
}

/** taxii2-client makes every call against our server, page by page, and gets what the standard says. */
export function taxiiCheck(): Check {
  return {
    name: 'TAXII calls of taxii2-client',
    needs: [],
    count: () => errandsFor('').length,
    run: (ask) => withCleanup((cleanup) => runErrands(ask, cleanup)),
  };
}

async function runErrands(ask: Ask, cleanup: Parameters<typeof serveNode>[0]): ReturnType<Check['run']> {
  const { client, url } = await serveNode(cleanup);
  await client.activateLaw({ body: { text: readStarterLaw('open'), name: 'open' } });
  const token = await client.createToken({ body: { name: 'judge', scopes: ['share', 'contribute'] } });
  await client.saveRecipient({ body: { key: 'organisation:judge', name: 'Judge', tokenId: token.id } });
  await client.saveCollection({
    body: { title: 'Judged', alias: 'judged', audience: ['organisation:judge'], takesObjects: true },
  });
  const bundle = { type: 'bundle', id: `bundle--${crypto.randomUUID()}`, objects: held };
  await client.createImport({ query: { name: 'held', tlp: 'green' }, body: JSON.stringify(bundle) });
  const errands = errandsFor(url);
  const faults: string[] = [];
  for (const { call, wanted, rest } of errands) {
    const [answer] = await ask('taxii', [{ url: `${url}/taxii2/`, token: token.secret, call, ...rest }]);
    if (answer !== undefined && isFailed(answer)) faults.push(`${call}: ${answer.failed}`);
    else if (!isDeepStrictEqual(withoutLabel(answer), wanted))
      faults.push(`${call}: ${JSON.stringify(answer)}, not ${JSON.stringify(wanted)}`);
  }
  return { cases: errands.length, faults, warnings: new Map() };
}

/** What bears no label leaves with the one it is handled under. */
function withoutLabel(answer: unknown): unknown {
  if (!Array.isArray(answer)) return answer;
  return answer.map((each: unknown) => {
    if (typeof each !== 'object' || each === null || Array.isArray(each)) return each;
    const { object_marking_refs: _label, ...rest } = each as Record<string, unknown>;
    return rest;
  });
}
