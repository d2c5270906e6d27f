import { ComityError, isJsonObject, parseJson, parseUtf8 } from '@comity/protocol/base';
import type { JsonValue, StixId } from '@comity/protocol/base';
import { readBundle } from '@comity/protocol/stix';
import type { StixObject } from '@comity/protocol/stix';
import { taxiiTimestamp } from '@comity/protocol/taxii';
import type { TaxiiStatus, TaxiiStatusDetail } from '@comity/protocol/taxii';
import { admitBatchMax } from '../../intel/index.ts';
import type { Candidate, Import, Intel, Outcome } from '../../intel/index.ts';
import type { Collection } from '../../taxii/index.ts';
import { senderSource } from '../sender-source.ts';
import type { TaxiiCaller } from './audience.ts';

/** Largest body of a POST that is read, in bytes: what the API root says as `max_content_length`. */
export const contentBytesMax = 8 * 1024 * 1024;
const detailCharsMax = 1000;

export interface TakeDeps {
  readonly intel: Pick<Intel, 'openImport'>;
  readonly nowUs: () => number;
  readonly uuid: () => string;
}

/**
 * Takes the objects of an envelope in, each with its own outcome. What is there already is a success (TAXII 2.1 §5.5).
 *
 * @param body - Attacker-controlled, at most {@link contentBytesMax}.
 * @throws {ComityError} `JSON_MALFORMED`, `ENCODING_MALFORMED`, `INPUT_TOO_DEEP`; `STIX_MALFORMED` for what is no envelope.
 */
export async function takeObjects(
  body: Uint8Array,
  { collection, caller }: { readonly collection: Collection; readonly caller: TaxiiCaller },
  { intel, nowUs, uuid }: TakeDeps,
): Promise<TaxiiStatus> {
  const atUs = nowUs();
  const text = parseUtf8(body, 'the body');
  const ids = idsOfEnvelope(text);
  const requested = taxiiTimestamp(atUs);
  const successes: TaxiiStatusDetail[] = [];
  const failures: TaxiiStatusDetail[] = [];
  let opened: Import | undefined;
  let batch: { readonly object: StixObject; readonly place: string }[] = [];
  const admit = async (): Promise<void> => {
    if (batch.length === 0) return;
    opened ??= await intel.openImport(senderSource('taxii', collection, caller), {
      format: 'stix',
      name: `TAXII ${requested}`,
    });
    const outcomes = await opened.admit(batch);
    for (const [index, outcome] of outcomes.entries()) {
      const { id, value } = batch[index]!.object;
      const detail = { id, version: versionOf(value, requested) };
      if (outcome.kind === 'rejected') failures.push({ ...detail, message: cut(outcome.error.message) });
      else successes.push({ ...detail, ...messageOf(outcome) });
    }
    batch = [];
  };
  let index = 0;
  for (const item of readBundle(text)) {
    const id = ids[index] ?? item.place;
    index += 1;
    if (item.object === undefined) failures.push({ id, version: requested, message: cut(item.error.message) });
    else if (item.spec20)
      failures.push({ id, version: requested, message: 'STIX 2.0: this collection takes STIX 2.1 only' });
    else batch.push({ object: item.object, place: item.place });
    if (batch.length >= admitBatchMax) await admit();
  }
  await admit();
  await opened?.finish();
  return {
    id: uuid(),
    status: 'complete',
    request_timestamp: requested,
    total_count: successes.length + failures.length,
    success_count: successes.length,
    ...(successes.length > 0 && { successes }),
    failure_count: failures.length,
    ...(failures.length > 0 && { failures }),
    pending_count: 0,
  };
}

/**
 * Takes back what the caller sent itself: the object is there from then on in a revoked version.
 *
 * @throws {ComityError} `NOT_ALLOWED` when it came from somebody else.
 */
export async function takeBack(
  id: StixId,
  { collection, caller }: { readonly collection: Collection; readonly caller: TaxiiCaller },
  { intel, nowUs }: TakeDeps,
): Promise<void> {
  const atUs = nowUs();
  const candidate: Candidate = {
    withdraw: id,
    atUs,
    reason: `its sender deleted it over TAXII at ${taxiiTimestamp(atUs)}`,
    place: id,
    loss: undefined,
  };
  const run = await intel.openImport(senderSource('taxii', collection, caller), {
    format: 'stix',
    name: `TAXII delete ${id}`,
  });
  const [outcome] = await run.admit([candidate]);
  await run.finish();
  if (outcome?.kind !== 'not-there') return;
  throw new ComityError('NOT_ALLOWED', `Cannot delete ${id}: only who sent it may, and you did not`);
}

/** Ids the objects of an envelope give themselves, as far as they do. */
function idsOfEnvelope(text: string): (string | undefined)[] {
  const value: JsonValue = parseJson(text, text.length, 'the body');
  if (!isJsonObject(value)) throw noEnvelope('it is no object');
  if (value['type'] !== undefined) throw noEnvelope('it has a type: send its objects without the bundle');
  const { objects } = value;
  if (!Array.isArray(objects)) throw noEnvelope('it has no list of objects');
  return objects.map((object) => {
    const id = isJsonObject(object) ? object['id'] : undefined;
    return typeof id === 'string' ? id.slice(0, detailCharsMax) : undefined;
  });
}

function noEnvelope(why: string): ComityError {
  return new ComityError('STIX_MALFORMED', `Cannot read the body as an envelope: ${why}`);
}

function versionOf(value: StixObject['value'], requested: string): string {
  const version = value['modified'] ?? value['created'];
  return typeof version === 'string' ? version : requested;
}

function messageOf(outcome: Outcome): { readonly message?: string } {
  if (outcome.kind === 'held-back') return { message: `Kept, and held back: it is on the list ${outcome.list}` };
  if (outcome.kind === 'taken' && outcome.change === 'conflict')
    return { message: 'Kept beside the version that counts, which another source told' };
  return {};
}

function cut(message: string): string {
  return message.slice(0, detailCharsMax);
}
