import { ComityError, isJsonObject, quote } from '@comity/protocol/base';
import type { JsonObject, JsonValue } from '@comity/protocol/base';
import { attributesOfEvent, readMispEvent, recogniseMispUuid } from '@comity/protocol/misp';
import { importStream } from '../../connectors/index.ts';
import type { Arrival, Intel } from '../../intel/index.ts';
import type { BuildDeps } from '../../misp/index.ts';
import type { Collection } from '../../taxii/index.ts';
import { senderSource } from '../sender-source.ts';
import type { TaxiiCaller } from '../taxii/audience.ts';
import type { MispPlace } from './misp-path.ts';
import { newestVersions } from './newest-versions.ts';

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
  const known = asked ?? given;
  const sent = { source: source.id, counts: () => true };
  const before = known === undefined ? undefined : (await newestVersions([known], sent, { arrivals })).get(known);
  const timestamp = wrapped['timestamp'] ?? String(Math.floor(Math.max(nowUs() / 1_000_000, (before ?? 0) + 1)));
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
export async function wantedEvents(
  asked: JsonValue,
  { collection, caller }: Sender,
  { arrivals, rehearsal }: Pick<BuildDeps, 'arrivals' | 'rehearsal'>,
): Promise<string[]> {
  if (!Array.isArray(asked) || asked.length > askedEventsMax)
    throw new ComityError(
      'ARGUMENT_INVALID',
      `Cannot read the body: a list of at most ${askedEventsMax} events is asked for`,
    );
  const offered = offeredIn(asked);
  const uuids = [...offered.keys()];
  const own = senderSource('misp', collection, caller).id;
  const isSeen = ({ object }: Arrival): boolean => rehearsal.admit([object]).length > 0;
  const sent = await newestVersions(uuids, { source: own, counts: () => true }, { arrivals });
  const seen = await newestVersions(uuids, { source: undefined, counts: isSeen }, { arrivals });
  return uuids.filter((uuid) => {
    const knownS = Math.max(sent.get(uuid) ?? 0, seen.get(uuid) ?? 0);
    return knownS === 0 || !(knownS >= offered.get(uuid)!);
  });
}

/** When the newest version of each event is of, in seconds; NaN where one does not say it in a way that can be read. */
function offeredIn(asked: readonly JsonValue[]): Map<string, number> {
  const offered = new Map<string, number>();
  for (const item of asked) {
    const event = isJsonObject(item) ? item['Event'] : undefined;
    if (event === undefined || !isJsonObject(event)) continue;
    const uuid = recogniseMispUuid(event['uuid']);
    if (uuid === undefined) continue;
    const timestamp = event['timestamp'] ?? 0;
    const offeredS = typeof timestamp === 'string' || typeof timestamp === 'number' ? Number(timestamp) : Number.NaN;
    offered.set(uuid, Math.max(offered.get(uuid) ?? 0, offeredS));
  }
  return offered;
}
