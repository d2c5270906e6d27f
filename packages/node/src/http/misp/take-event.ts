import { ComityError, isJsonObject, parseStixId, quote } from '@comity/protocol/base';
import type { JsonObject, JsonValue, RowId, StixId } from '@comity/protocol/base';
import { attributesOfEvent, readMispEvent, recogniseMispUuid } from '@comity/protocol/misp';
import { importStream } from '../../connectors/index.ts';
import type { Intel } from '../../intel/index.ts';
import type { BuildDeps } from '../../misp/index.ts';
import type { Collection } from '../../taxii/index.ts';
import { senderSource } from '../sender-source.ts';
import type { TaxiiCaller } from '../taxii/audience.ts';
import type { MispPlace } from './misp-path.ts';

/** Largest body that is read, in bytes: an event with what it attaches. */
export const eventBytesMax = 32 * 1024 * 1024;
const askedEventsMax = 50_000;
const errorsShown = 100;

interface TakeEventDeps extends Pick<BuildDeps, 'arrivals'> {
  readonly intel: Pick<Intel, 'openImport' | 'importRows'>;
  readonly nowUs: () => number;
}

interface Sender {
  readonly collection: Collection;
  readonly caller: TaxiiCaller;
}

/** What became of a pushed event, as MISP says it. */
interface Taken {
  readonly isTaken: boolean;
  readonly answer: JsonObject;
}

/**
 * Takes an event that a MISP pushes, new or changed, through the usual import. What of it cannot be used stands under `errors`
 * as MISP writes them, what has no place in STIX under `import`.
 *
 * @param body - Untrusted; `{"Event":…}` or the event itself.
 * @throws {ComityError} `MISP_MALFORMED` for what is no event; `ARGUMENT_INVALID` for one under another's uuid.
 */
export async function takeEvent(
  body: JsonValue,
  place: MispPlace,
  sender: Sender,
  { intel, nowUs, arrivals }: TakeEventDeps,
): Promise<Taken> {
  const wrapped = eventIn(body);
  const asked = 'uuid' in place ? place.uuid : undefined;
  const given = recogniseMispUuid(wrapped['uuid']);
  if (asked !== undefined && given !== undefined && given !== asked)
    throw new ComityError(
      'ARGUMENT_INVALID',
      `Cannot change the event ${quote(asked)}: the body is of the event ${quote(given)}`,
    );
  const source = senderSource('misp', sender.collection, sender.caller);
  // A version without a time of its own is one of now, as a MISP takes it, and newer than what the sender sent before: two edits
  // in a second are two.
  const before = newestSent(asked ?? given, source.id, arrivals);
  const timestamp = wrapped['timestamp'] ?? String(Math.floor(Math.max(nowUs() / 1_000_000, before + 1)));
  const raw: JsonObject = { ...wrapped, ...(asked !== undefined && { uuid: asked }), timestamp };
  const event = readMispEvent({ Event: raw }, 'Event');
  const bytes = Buffer.from(JSON.stringify({ Event: raw }));
  const report = await importStream(`${event.uuid}.json`, once(bytes), source, { format: 'misp' }, { intel });
  const { counts, losses, id } = report;
  const rows = await intel.importRows(id, { outcome: 'rejected', limit: errorsShown });
  const errors = Object.fromEntries(rows.map(({ place: at, reason }) => [at, [reason]]));
  const isTaken = counts.rejected === 0 || counts.taken + counts.duplicate > 0;
  const said = {
    ...(rows.length > 0 && { errors: { Attribute: errors } }),
    import: { id, ...counts, losses: losses.map((loss) => ({ ...loss })) },
  };
  if (!isTaken) return { isTaken, answer: { ...failed(asked === undefined ? 'add' : 'edit', event.uuid), ...said } };
  const count = [...attributesOfEvent(event)].length;
  const { info, date, published } = event;
  const head = {
    uuid: event.uuid,
    info,
    date,
    published,
    timestamp,
    attribute_count: String(count),
  };
  return { isTaken, answer: { Event: head, ...said } };
}

/** When the newest version of an event is of that a source sent, in seconds; 0: it sent none. */
function newestSent(uuid: string | undefined, source: RowId, arrivals: BuildDeps['arrivals']): number {
  if (uuid === undefined) return 0;
  const query = { afterUs: 0, ids: idsOfEvent(uuid), types: undefined, kinds: undefined, lastOnly: true, source };
  return newestOf(arrivals(query, 10).rows);
}

function idsOfEvent(uuid: string): StixId[] {
  return [parseStixId(`report--${uuid}`), parseStixId(`grouping--${uuid}`)];
}

function newestOf(rows: ReturnType<BuildDeps['arrivals']>['rows']): number {
  return rows.reduce((latest, { versionUs }) => Math.max(latest, versionUs / 1_000_000), 0);
}

function failed(action: 'add' | 'edit', uuid: string): JsonObject {
  const message = `Could not ${action} Event`;
  return { saved: false, name: message, message, url: `/events/${action}`, id: uuid };
}

function eventIn(body: JsonValue): JsonObject {
  const first = isJsonObject(body) ? (body['response'] ?? body['request'] ?? body) : body;
  const listed = Array.isArray(first) && first.length === 1 ? first[0] : first;
  const event = listed !== undefined && isJsonObject(listed) ? (listed['Event'] ?? listed) : undefined;
  if (event !== undefined && isJsonObject(event)) return event;
  throw new ComityError('MISP_MALFORMED', 'Cannot read the body: one event is asked for, as {"Event":…}');
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

/**
 * Of events a MISP would push the uuids of those that are not here, or older. Of an event that somebody else sent and the
 * caller may not see, it is not said that it is here.
 *
 * @param asked - Untrusted; `[{"Event":{"uuid":…,"timestamp":…}}]`.
 * @throws {ComityError} `ARGUMENT_INVALID`.
 */
export function wantedEvents(
  asked: JsonValue,
  { collection, caller }: Sender,
  { arrivals, rehearsal }: BuildDeps,
): string[] {
  if (!Array.isArray(asked) || asked.length > askedEventsMax)
    throw new ComityError(
      'ARGUMENT_INVALID',
      `Cannot read the body: a list of at most ${askedEventsMax} events is asked for`,
    );
  const own = senderSource('misp', collection, caller).id;
  return asked.flatMap((item) => {
    const event = isJsonObject(item) && isJsonObject(item['Event'] ?? null) ? (item['Event'] as JsonObject) : {};
    const uuid = recogniseMispUuid(event['uuid']);
    if (uuid === undefined) return [];
    const look = { afterUs: 0, ids: idsOfEvent(uuid), types: undefined, kinds: undefined, lastOnly: true };
    const sent = arrivals({ ...look, source: own }, 10).rows;
    const seen = arrivals({ ...look, source: undefined }, 10).rows.filter(
      ({ object }) => rehearsal.admit([object]).length > 0,
    );
    const knownS = newestOf([...sent, ...seen]);
    return knownS > 0 && knownS >= Number(event['timestamp'] ?? 0) ? [] : [uuid];
  });
}
