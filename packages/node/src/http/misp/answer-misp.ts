import { createHash } from 'node:crypto';
import { ComityError, isJsonObject, parseJson, parseUtf8 } from '@comity/protocol/base';
import type { JsonObject, JsonValue } from '@comity/protocol/base';
import { mispHashLines, mispManifestEntry, mispUuidOfPair } from '@comity/protocol/misp';
import type { Intel } from '../../intel/index.ts';
import { buildEvent, eventMatches, parseEventFilter } from '../../misp/index.ts';
import type { BuildDeps, EventFilter, EventIndexes } from '../../misp/index.ts';
import type { Sharing } from '../../sharing/index.ts';
import type { Collection, Taxii } from '../../taxii/index.ts';
import { openAnswerExit } from '../answer-exit.ts';
import type { AnswerExit } from '../answer-exit.ts';
import type { TaxiiCaller } from '../taxii/audience.ts';
import { AnswerRoom } from './answer-room.ts';
import { assertDepth } from './assert-depth.ts';
import { collectionFor, mayPush } from './collection-for.ts';
import type { MispCall } from './collection-for.ts';
import type { EventLists, ListedEvent } from './kept-events.ts';
import { takeEvent, wantedEvents } from './take-event.ts';

/** The version whose calls are answered; a MISP compares it with its own before it sends anything. */
const version = '2.5.0';

export interface AnswerMispDeps {
  readonly taxii: Pick<Taxii, 'collections'>;
  readonly indexes: EventIndexes;
  readonly lists: EventLists;
  readonly sharing: Pick<Sharing, 'openExit' | 'recipients' | 'laws' | 'edition'>;
  readonly intel: Pick<Intel, 'arrivals' | 'findStored' | 'openImport' | 'importRows' | 'writes'>;
  readonly nowUs: () => number;
  readonly onFault: (error: unknown) => void;
}

/** A request after everything about the request itself was checked. */
export interface MispRequest extends MispCall {
  readonly method: string;
  /** Behind the `?`; untrusted. */
  readonly query: string;
  readonly headers: { readonly 'content-type'?: string | undefined; readonly accept?: string | undefined };
  readonly body: Uint8Array;
}

export interface MispAnswer {
  readonly status: 200 | 403;
  readonly text: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Where a MISP finds a collection. */
export function mispUrl(publicUrl: string, id: string): string {
  return `${publicUrl}/misp/${id}/`;
}

/**
 * What a MISP server answers for one collection, as far as feeds and synchronisation ask.
 *
 * @throws {ComityError} for everything of 4xx but a push that failed, whose answer has a shape of its own.
 */
export async function answerMisp(request: MispRequest, deps: AnswerMispDeps): Promise<MispAnswer> {
  const { place, caller, body } = request;
  const collection = collectionFor(request, deps);
  switch (place.kind) {
    case 'version':
      return json(versionOf(collection, caller));
    case 'me':
      return json(userOf(collection, caller));
    case 'sharing-groups':
    case 'sightings':
      return json({ response: [] });
    case 'proposals':
      return json([]);
    case 'post-test':
      return json(postTest(request));
    case 'filter':
      return json(
        mayPush(collection, caller)
          ? await wantedEvents(bodyOf(body), { collection, caller }, await openBuild(collection, caller, deps))
          : [],
      );
    case 'add':
    case 'edit':
      return await push(request, collection, deps);
    case 'manifest':
    case 'hashes':
      return await feedFile(place.kind, collection, caller, deps);
    case 'index':
    case 'search':
      return await list(request, place.kind, collection, deps);
    case 'view':
    case 'event-file':
      return await one(place.uuid, collection, caller, deps);
  }
}

async function openBuild(
  collection: Collection,
  { recipient, encrypted }: TaxiiCaller,
  deps: AnswerMispDeps,
): Promise<BuildDeps & AnswerExit> {
  const arrivals: BuildDeps['arrivals'] = (query, rowsMax) => deps.intel.arrivals(query, rowsMax);
  return {
    ...openAnswerExit(recipient, encrypted, deps.sharing),
    collection,
    index: await deps.indexes.of(collection, arrivals),
    arrivals,
    ownIdOf: (id) => deps.intel.findStored(id)?.id,
    lawUs: deps.sharing.laws.active().entry.activatedUs ?? 0,
    onStopped: (_uuid, error) => deps.onFault(error),
  };
}

/** Every event a caller may have anything of. */
function listEvents(collection: Collection, caller: TaxiiCaller, deps: AnswerMispDeps): AsyncGenerator<ListedEvent> {
  const key = JSON.stringify([caller.recipient.key, caller.encrypted, collection.id]);
  return deps.lists.read(key, () => openBuild(collection, caller, deps), deps);
}

function versionOf(collection: Collection, caller: TaxiiCaller): object {
  return {
    version,
    pymisp_recommended_version: version,
    perm_sync: mayPush(collection, caller),
    perm_sighting: false,
    perm_galaxy_editor: false,
    perm_analyst_data: false,
    uuid: mispUuidOfPair(collection.id, 'server'),
    request_encoding: [],
    filter_sightings: false,
  };
}

function userOf(collection: Collection, caller: TaxiiCaller): object {
  const organisation = { id: '1', name: caller.name, uuid: mispUuidOfPair(collection.id, caller.key) };
  const perm = mayPush(collection, caller);
  return {
    User: { id: '1', org_id: '1', email: caller.name, role_id: '1', disabled: false },
    Role: {
      id: '1',
      name: 'Sync user',
      perm_add: perm,
      perm_modify: perm,
      perm_sync: perm,
      perm_publish: perm,
      perm_auth: true,
    },
    UserSetting: {},
    Organisation: organisation,
  };
}

/** By this a MISP sees whether what it sends arrives as it was. */
function postTest({ body, headers }: MispRequest): object {
  return {
    body: bodyOf(body),
    headers: { 'Content-type': headers['content-type'] ?? 0, Accept: headers.accept ?? 0, Authorization: 'OK' },
  };
}

async function push(
  { place, body, caller }: MispRequest,
  collection: Collection,
  deps: AnswerMispDeps,
): Promise<MispAnswer> {
  const { isTaken, answer } = await takeEvent(
    bodyOf(body),
    place,
    { collection, caller },
    { ...deps, arrivals: (query, rowsMax) => deps.intel.arrivals(query, rowsMax) },
  );
  return { ...json(answer), status: isTaken ? 200 : 403 };
}

async function feedFile(
  kind: 'manifest' | 'hashes',
  collection: Collection,
  caller: TaxiiCaller,
  deps: AnswerMispDeps,
): Promise<MispAnswer> {
  const room = new AnswerRoom();
  const entries: [string, JsonObject][] = [];
  const lines: string[] = [];
  for await (const { uuid, event, text } of listEvents(collection, caller, deps)) {
    if (kind === 'manifest') {
      const entry = mispManifestEntry(event, text);
      room.take(JSON.stringify(entry));
      entries.push([uuid, entry]);
    } else for (const line of mispHashLines(event)) lines.push(room.take(`${line}\n`));
  }
  if (kind === 'manifest') return tagged(JSON.stringify(Object.fromEntries(entries)));
  return tagged(lines.join(''), 'text/csv; charset=utf-8');
}

async function one(
  uuid: string,
  collection: Collection,
  caller: TaxiiCaller,
  deps: AnswerMispDeps,
): Promise<MispAnswer> {
  const built = await buildEvent(uuid, await openBuild(collection, caller, deps));
  if (built === undefined) throw new ComityError('NOT_FOUND', 'Invalid event');
  return { status: 200, text: built.text };
}

/** An index says what events there are, a search gives them whole. Both are read from the newest filter down to its page. */
async function list(
  request: MispRequest,
  kind: 'index' | 'search',
  collection: Collection,
  deps: AnswerMispDeps,
): Promise<MispAnswer> {
  const filter = parseEventFilter(askedOf(request), Math.floor(deps.nowUs() / 1_000_000));
  const room = new AnswerRoom();
  const texts: string[] = [];
  const from = filter.limit === undefined ? 0 : (filter.page - 1) * filter.limit;
  let matched = 0;
  for await (const built of listEvents(collection, request.caller, deps)) {
    if (!eventMatches(filter, built.event)) continue;
    matched += 1;
    if (matched <= from) continue;
    if (filter.limit !== undefined && texts.length >= filter.limit) break;
    texts.push(room.take(kind === 'search' ? foundText(built, filter) : indexText(built.event, filter)));
  }
  return tagged(kind === 'search' ? `{"response":[${texts.join(',')}]}` : `[${texts.join(',')}]`);
}

function foundText({ event, text }: ListedEvent, { isMetadata }: EventFilter): string {
  return isMetadata ? JSON.stringify({ Event: headOf(event) }) : text;
}

function indexText(event: JsonObject, { isMinimal }: EventFilter): string {
  const { uuid, timestamp, published } = event;
  const organisation = event['Orgc'];
  const orgc = organisation !== undefined && isJsonObject(organisation) ? organisation['uuid'] : undefined;
  if (isMinimal) return JSON.stringify({ uuid, timestamp, published, sighting_timestamp: '0', orgc_uuid: orgc });
  const tags = Array.isArray(event['Tag']) ? event['Tag'] : [];
  return JSON.stringify({ ...headOf(event), EventTag: tags.map((tag) => ({ local: false, Tag: tag })) });
}

function headOf({ Attribute: attributes, Object: objects, ...head }: JsonObject): JsonObject {
  const count = [attributes, objects].reduce<number>((sum, each) => sum + (Array.isArray(each) ? each.length : 0), 0);
  return { ...head, Org: head['Orgc'] ?? {}, attribute_count: String(count) };
}

/** What a search asks for: the query of a GET, the body of a POST, `{"request":…}` round it or not. */
function askedOf({ method, query, body }: MispRequest): JsonObject {
  if (method !== 'POST' || body.length === 0) return askedInQuery(query);
  const value = bodyOf(body);
  const inner = isJsonObject(value) ? (value['request'] ?? value) : value;
  if (Array.isArray(inner) && inner.length === 0) return {};
  if (!isJsonObject(inner))
    throw new ComityError('ARGUMENT_INVALID', 'Cannot read the body: an object of filters is asked for');
  return inner;
}

function askedInQuery(query: string): JsonObject {
  const pairs = [...new URLSearchParams(query)];
  const asked = Object.fromEntries(pairs);
  if (Object.keys(asked).length === pairs.length) return asked;
  throw new ComityError('ARGUMENT_INVALID', 'Cannot read the query: a filter is given twice');
}

/** @throws {ComityError} `ENCODING_MALFORMED`, `INPUT_TOO_DEEP`, `JSON_MALFORMED`. */
function bodyOf(body: Uint8Array): JsonValue {
  const text = parseUtf8(body, 'the body');
  assertDepth(text);
  return parseJson(text, text.length, 'the body');
}

/** With a digest, by which whoever has the same is told so. @param type - Media type, where it is not JSON. */
function tagged(text: string, type?: string): MispAnswer {
  const digest = createHash('sha256').update(text, 'utf8').digest('hex').slice(0, 32);
  return { status: 200, text, headers: { etag: `"${digest}"`, ...(type !== undefined && { 'content-type': type }) } };
}

function json(value: object): MispAnswer {
  return { status: 200, text: JSON.stringify(value) };
}
