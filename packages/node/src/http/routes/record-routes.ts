import { ComityError, limits, parseStixId, quote } from '@comity/protocol/base';
import { recogniseValue, valueKinds } from '@comity/protocol/values';
import type { Value } from '@comity/protocol/values';
import type { Intel } from '../../intel/index.ts';
import type { RecordSource, Screening } from '../../screening/index.ts';
import type { Handlers } from '../handler.ts';
import { optional } from '../views/instants.ts';
import { huntReportView, matchView, recordSourceView } from '../views/record-view.ts';

export interface RecordRoutesDeps {
  readonly screening: Screening;
  readonly intel: Pick<Intel, 'object'>;
}

type RecordRoutes = Pick<
  Handlers,
  | 'listSources'
  | 'addSource'
  | 'getSource'
  | 'changeSource'
  | 'deleteSource'
  | 'pushRecords'
  | 'screenUpload'
  | 'listMatches'
  | 'getMatch'
  | 'hunt'
>;

export function recordRoutes({ screening, intel }: RecordRoutesDeps): RecordRoutes {
  const getSource = (id: string): RecordSource => {
    const source = screening.findSource(id);
    if (source === undefined) throw new ComityError('NOT_FOUND', `Cannot find the source ${quote(id)}`);
    return source;
  };
  return {
    listSources: () => ({ rows: screening.sources().map(recordSourceView) }),
    async addSource({ body }) {
      const { name, ...rest } = body;
      return recordSourceView(await screening.addSource({ ...rest, ...optional('name', name) }));
    },
    getSource: ({ params }) => recordSourceView(getSource(params.id)),
    async changeSource({ params, body }) {
      let source = getSource(params.id);
      if (body.name !== undefined) source = await screening.renameSource(source.id, body.name);
      if (body.paused === true) source = await screening.pauseSource(source.id);
      if (body.paused === false) source = await screening.resumeSource(source.id);
      return recordSourceView(source);
    },
    deleteSource: async ({ params }) => await screening.removeSource(getSource(params.id).id),
    async pushRecords({ params, body, idempotencyKey }) {
      const options = optional('batchId', idempotencyKey);
      const { records, matches } = await screening.push(getSource(params.id).id, body, options);
      return { records, matches };
    },
    async screenUpload({ query, body }) {
      const options = { format: query.format, bytesMax: limits.importBytesMax };
      const { source, done } = await screening.screenUpload(query.name, body, options);
      return recordSourceView(query.wait === 'true' ? await done : source);
    },
    async listMatches({ query }) {
      const { source, value, kind, indicator, alarm, cursor, limit } = query;
      const refs = indicator === undefined ? undefined : await refsOf(indicator);
      const page = await screening.matches({
        ...optional('source', source),
        ...optional('value', value),
        ...optional('kind', kind),
        ...optional('refs', refs),
        ...(alarm !== undefined && { alarm: alarm === 'true' }),
        ...optional('cursor', cursor),
        limit,
      });
      return { rows: page.rows.map(matchView), ...optional('next', page.next) };
    },
    async getMatch({ params }) {
      const match = await screening.findMatch(params.id);
      if (match === undefined) throw new ComityError('NOT_FOUND', `Cannot find the match ${quote(params.id)}`);
      return matchView(match);
    },
    async hunt({ body }) {
      const values = body.values.map(valueOf);
      const { since, confirm: confirms } = body;
      const report = await screening.hunt(values, { confirms, ...optional('sinceMs', msOf(since)) });
      return huntReportView(report);
    },
  };

  /** An indicator nobody knows has no values, so no matches. */
  async function refsOf(indicator: string): Promise<readonly number[]> {
    return (await intel.object(parseStixId(indicator)))?.refs ?? [];
  }
}

function msOf(instant: string | undefined): number | undefined {
  return instant === undefined ? undefined : Date.parse(instant);
}

/** A value in any of the spellings that are recognised, without the port it may be listed with: a hunt is for all ports. */
function valueOf(text: string): Value {
  const found = recogniseValue(text, { anySuffix: true });
  if (found === undefined || !valueKinds[found.kind].screened) {
    throw new ComityError(
      'VALUE_MALFORMED',
      `Cannot hunt for ${quote(text)}: it is no value that records are screened for`,
    );
  }
  return { kind: found.kind, value: found.value };
}
