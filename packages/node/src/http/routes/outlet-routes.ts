import { Readable } from 'node:stream';
import { ComityError, quote } from '@comity/protocol/base';
import { matchDocument, ownMatch } from '../../outlets/index.ts';
import type { Outlets } from '../../outlets/index.ts';
import type { Screening } from '../../screening/index.ts';
import type { Sharing } from '../../sharing/index.ts';
import type { Handlers } from '../handler.ts';
import { optional } from '../views/instants.ts';
import { outletView } from '../views/outlet-view.ts';

export interface OutletRoutesDeps {
  readonly outlets: Outlets;
  readonly screening: Pick<Screening, 'matches' | 'newestMatch'>;
  readonly sharing: Pick<Sharing, 'recipients'>;
  /** Aborts when the node closes. */
  readonly stop: AbortSignal;
  readonly hostname: string;
  readonly version: string;
}

type OutletRoutes = Pick<Handlers, 'listOutlets' | 'saveOutlet' | 'removeOutlet' | 'testOutlet' | 'exportMatches'>;

export function outletRoutes({ outlets, screening, sharing, stop, hostname, version }: OutletRoutesDeps): OutletRoutes {
  const { book } = outlets;
  const viewOf = (outlet: ReturnType<typeof book.get>) => outletView(outlet, outlets.waiting(outlet));
  return {
    listOutlets: () => ({ rows: book.list().map(viewOf) }),
    async saveOutlet({ body }) {
      assertOwnOrganisation(sharing.recipients.get(body.recipient));
      const { outlet, signingKey } = await book.save(body, screening.newestMatch());
      return { outlet: viewOf(outlet), ...optional('signingKey', signingKey) };
    },
    removeOutlet: async ({ params }) => await book.remove(params.id),
    async testOutlet({ params, signal }) {
      const outcome = await outlets.sendTest(book.get(params.id), AbortSignal.any([signal, stop]));
      return { sent: outcome.isSent, ...optional('reason', outcome.isSent ? undefined : outcome.reason) };
    },
    exportMatches({ query: { form, source, alarm, since } }) {
      const filter = {
        ...optional('source', source),
        ...(alarm !== undefined && { alarm: alarm === 'true' }),
        ...(since !== undefined && { sinceMs: Date.parse(since) }),
      };
      const lines = async function* (): AsyncGenerator<string> {
        let cursor: string | undefined;
        do {
          const page = await screening.matches({ ...filter, ...optional('cursor', cursor), limit: 200 });
          cursor = page.next;
          yield page.rows
            .map((match) => `${JSON.stringify(matchDocument(ownMatch(match), form, { hostname, version }))}\n`)
            .join('');
        } while (cursor !== undefined && !stop.aborted);
      };
      const body = Readable.from(lines(), { objectMode: false, highWaterMark: 64 * 1024 });
      return { type: 'application/x-ndjson', body, fileName: `matches.${form}.ndjson` };
    },
  };
}

/** A match holds a record of this member: it goes to its own organisations alone. */
function assertOwnOrganisation({ key, kind }: { readonly key: string; readonly kind: string }): void {
  if (kind === 'organisation') return;
  throw new ComityError(
    'SHARING_REFUSED',
    `Cannot send matches to ${quote(key)}: a match holds a record of this member, so it goes to an organisation of its own alone`,
    { details: { hint: 'Add one: comity recipient add organisation:soc --name "Our SOC"' } },
  );
}
