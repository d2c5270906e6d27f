import { Readable } from 'node:stream';
import { ComityError, parseRowId, parseStixId, quote } from '@comity/protocol/base';
import type { Clock } from '@comity/protocol/base';
import type { IntelRow as IntelRowView } from '@comity/protocol/api';
import { defang, parseValue, recogniseValue } from '@comity/protocol/values';
import type { Value, ValueKind } from '@comity/protocol/values';
import type { Intel, IntelFilter, IntelQuery, IntelRow } from '../../intel/index.ts';
import type { Screening } from '../../screening/index.ts';
import type { Sharing } from '../../sharing/index.ts';
import { exportTypes, gateFor, ownGate } from '../export-gate.ts';
import { begun } from '../first-chunk.ts';
import type { Handlers } from '../handler.ts';
import { intelObjectView, intelRowView, intelSourceView } from '../views/intel-view.ts';
import { optional } from '../views/instants.ts';

export interface IntelRoutesDeps {
  readonly intel: Pick<Intel, 'search' | 'object' | 'lookup' | 'export' | 'stored' | 'sources'>;
  readonly sharing: Pick<Sharing, 'openExit' | 'recipients'>;
  readonly screening: Pick<Screening, 'matchCount' | 'seenValue'>;
  readonly clock: Clock;
}

type IntelRoutes = Pick<Handlers, 'searchIntel' | 'getIntel' | 'exportIntel' | 'lookup' | 'listIntelSources'>;

const seenMs = { day: 86_400_000, week: 7 * 86_400_000, month: 30 * 86_400_000 } as const;
/** Pages looked through for one answer of rows that have matches; then the answer is short and has a cursor. */
const matchedPagesMax = 20;

export function intelRoutes({ intel, screening, sharing, clock }: IntelRoutesDeps): IntelRoutes {
  const viewOf = (row: IntelRow): IntelRowView => intelRowView(row, screening.matchCount(row.refs));
  return {
    async searchIntel({ query }) {
      const { type, seen, matched, limit, ...rest } = query;
      const asked: IntelQuery = {
        ...filterOf(rest),
        ...optional('text', query.text),
        ...optional('cursor', query.cursor),
        ...(type !== 'any' && { type }),
        ...(seen !== undefined && { addedSinceUs: (clock() - seenMs[seen]) * 1000 }),
        limit,
      };
      if (matched === undefined) {
        const page = await intel.search(asked);
        return { rows: page.rows.map(viewOf), ...optional('next', page.cursor) };
      }
      return await searchMatched(asked, matched === 'true', limit);
    },
    async getIntel({ params }) {
      const detail = await intel.object(parseStixId(params.id));
      if (detail === undefined) throw new ComityError('NOT_FOUND', `Cannot find ${quote(params.id)}`);
      return intelObjectView(detail, screening.matchCount(detail.refs));
    },
    async exportIntel({ query }) {
      const { open, type, fileName } = exportTypes[query.format];
      const format = open();
      const filter = { ...filterOf(query), type: 'indicator', ...optional('text', query.text) };
      const gate =
        query.to === undefined
          ? ownGate(sharing)
          : await gateFor(sharing.recipients.get(query.to), format, () => intel.stored(filter), sharing);
      const chunks = await begun(intel.export(format, filter, gate));
      return { type, fileName, body: Readable.from(chunks, { objectMode: false }) };
    },
    async lookup({ query }) {
      const asked = parseAskedValue(query.value, query.kind);
      const answers = await intel.lookup(asked);
      const rows = answers.flatMap((answer) => answer.objects.filter((row) => row.type === 'indicator'));
      const unique = [...new Map(rows.map((row) => [row.id, row])).values()];
      const seen = screening.seenValue(asked.kind, asked.value);
      const held = answers.find((answer) => answer.heldBy !== undefined)?.heldBy;
      return {
        kind: asked.kind,
        value: asked.value,
        defanged: defang(asked.value),
        indicators: unique.slice(0, 20).map(viewOf),
        indicatorCount: unique.length,
        matchCount: seen.count,
        ...optional('lastMatchAt', seen.lastAt),
        ...optional('knownGood', held),
      };
    },
    async listIntelSources() {
      const sources = await intel.sources();
      return { rows: sources.map((source) => ({ ...intelSourceView(source), objectCount: source.objects })) };
    },
  };

  async function searchMatched(asked: IntelQuery, wanted: boolean, limit: number) {
    const rows: IntelRowView[] = [];
    let cursor = asked.cursor;
    for (let page = 0; page < matchedPagesMax; page += 1) {
      // Only as many as there is room for, so that the cursor stands behind the last row given.
      const found = await intel.search({ ...asked, ...optional('cursor', cursor), limit: limit - rows.length });
      rows.push(...found.rows.map(viewOf).filter((row) => row.matchCount > 0 === wanted));
      cursor = found.cursor;
      if (cursor === undefined || rows.length >= limit) break;
    }
    return { rows, ...optional('next', cursor) };
  }
}

interface AskedFilter {
  readonly kind?: ValueKind | undefined;
  readonly state?: IntelFilter['state'] | undefined;
  readonly tlp?: IntelFilter['tlp'] | undefined;
  readonly source?: string | undefined;
}

function filterOf(query: AskedFilter): IntelFilter {
  return {
    ...(query.kind !== undefined && { kinds: [query.kind] }),
    ...optional('state', query.state),
    ...optional('tlp', query.tlp),
    ...(query.source !== undefined && { source: parseRowId(query.source) }),
  };
}

/**
 * A value as a person types it, defanged or not; without a kind it is recognised.
 *
 * @throws {ComityError} `VALUE_MALFORMED`.
 */
function parseAskedValue(text: string, kind: ValueKind | undefined): Value {
  if (kind !== undefined) return parseValue(text, kind);
  const value = recogniseValue(text, { anySuffix: true });
  if (value === undefined) {
    throw new ComityError('VALUE_MALFORMED', `Cannot use ${quote(text)}: it is no address, name, URL or digest`);
  }
  return value;
}
