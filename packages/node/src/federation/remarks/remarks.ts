import { ComityError, parseRowId, parseStixId, timestampOfUs } from '@comity/protocol/base';
import type { JsonObject, MemberId, StixId } from '@comity/protocol/base';
import { markingIdOfTlp } from '@comity/protocol/markings';
import { digestOfObject } from '@comity/protocol/peer';
import { parseStixObject } from '@comity/protocol/stix';
import type { IntelSource } from '../../intel/index.ts';
import type { Connection, Store } from '../../store/index.ts';
import type { RemarkDeps } from '../federation.ts';
import { originOf } from '../inbox/known-book.ts';

/** Matches looked at in one turn. */
const matchesAtOnce = 500;

/** What this member itself says of others' objects. */
const ownRemarks: IntelSource = {
  id: parseRowId('src-remarks00'),
  name: 'Remarks of this member',
  kind: 'manual',
  reliability: 'A',
  defaultTlp: 'amber',
  own: true,
};

/** A remark, about whose object it is. */
interface Remark {
  readonly object: JsonObject & { readonly id: StixId };
  readonly origin: MemberId;
}

/** A sighting, with what tells whether the next one says more. */
interface Sighting extends Remark {
  readonly indicator: StixId;
  readonly count: number;
  readonly lastSeen: string;
  readonly modifiedUs: number;
}

/** What this member says of others' objects: that it saw them, that it thinks them wrong. Each goes to their origin. */
export class Remarks {
  readonly #store: Store;
  readonly #deps: RemarkDeps;

  constructor(store: Store, deps: RemarkDeps) {
    this.#store = store;
    this.#deps = deps;
  }

  /**
   * Tells origins of matches since the last time: one sighting an indicator, which grows. Whether it leaves is for the law to say.
   *
   * @returns Sightings that are new or grew.
   */
  async tellSightings(): Promise<number> {
    const { intel, screening } = this.#deps;
    let told = 0;
    for (;;) {
      const found = await screening.matchesAfter(this.#position(), matchesAtOnce);
      const last = found.at(-1);
      if (last === undefined) return told;
      const described = await intel.describe([...new Set(found.map(({ match }) => match.ref))]);
      const listing = [...described.values()].flatMap(({ indicator, otherIndicators }) => [
        indicator,
        ...otherIndicators,
      ]);
      const sightings: Sighting[] = [];
      for (const id of new Set(listing)) {
        const origin = this.#originOf(id);
        const sighting = origin === undefined ? undefined : await this.#sightingOf(id, origin);
        if (sighting !== undefined) sightings.push(sighting);
      }
      await this.#say(sightings);
      await this.#store.write((db) => {
        keepSightings(db, sightings);
        db.prepare('update peer_told_matches set position = ?').run(last.position);
      });
      told += sightings.length;
    }
  }

  /**
   * Tells the origin of an object that it is a false positive, and through it those who hold it.
   *
   * @returns Id of the opinion.
   * @throws {ComityError} `NOT_FOUND` when no member lent such an object.
   */
  async disagree(id: StixId): Promise<StixId> {
    const origin = this.#originOf(id);
    const known = await this.#deps.intel.object(id);
    if (origin === undefined || known === undefined) {
      throw new ComityError('NOT_FOUND', `Cannot disagree with ${id}: no member lends it here`);
    }
    const opinion = parseStixId(`opinion--${this.#deps.uuid()}`);
    const at = timestampOfUs(this.#deps.clock() * 1000);
    const object = {
      type: 'opinion',
      spec_version: '2.1',
      id: opinion,
      created: at,
      modified: at,
      opinion: 'strongly-disagree',
      explanation: 'false positive',
      object_refs: [id],
      object_marking_refs: [markingIdOfTlp(known.tlp)],
    };
    await this.#say([{ object, origin }]);
    return opinion;
  }

  /** Whose what counts here is. Who but states something under the id of our own, or of another's, hears of no match on it. */
  #originOf(id: StixId): MemberId | undefined {
    const { intel, crypto } = this.#deps;
    const stored = intel.findStored(id);
    if (stored === undefined || stored.own) return undefined;
    return originOf(this.#store.reader, stored.id, digestOfObject(stored.text, crypto.sha256));
  }

  #position(): number {
    return (
      this.#store.reader.prepare<{ position: number }>('select position from peer_told_matches').get()?.position ?? 0
    );
  }

  /** A sighting that says more than the last of the same indicator did. */
  async #sightingOf(indicator: StixId, origin: MemberId): Promise<Sighting | undefined> {
    const { intel, screening, uuid } = this.#deps;
    const known = await intel.object(indicator);
    if (known === undefined) return undefined;
    const before = this.#store.reader
      .prepare<{ sighting: string; count: number; last_seen: string; modified_us: number }>(
        'select sighting, count, last_seen, modified_us from peer_sighting where indicator = ?',
      )
      .get(indicator);
    const id = parseStixId(before?.sighting ?? `sighting--${uuid()}`);
    const minimised = screening.minimisedSighting(indicator, known.refs, id);
    if (minimised === undefined) return undefined;
    const { value, modifiedUs: hourUs = 0 } = minimised;
    const count = bucketOf(Number(value['count'] ?? 1));
    const { last_seen: last } = value;
    const lastSeen = typeof last === 'string' ? last : '';
    if (before?.count === count && before.last_seen === lastSeen) return undefined;
    // Later than the version before it, and else no finer than the hour.
    const modifiedUs = Math.max(hourUs, (before?.modified_us ?? 0) + 1000);
    const created = before === undefined ? value['created'] : await this.#createdOf(id);
    const object = {
      ...value,
      id,
      ...(created !== undefined && { created }),
      modified: timestampOfUs(modifiedUs),
      count,
      object_marking_refs: [markingIdOfTlp(known.tlp)],
    };
    return { object, origin, indicator, count, lastSeen, modifiedUs };
  }

  async #createdOf(id: StixId): Promise<JsonObject[string] | undefined> {
    return (await this.#deps.intel.object(id))?.object['created'];
  }

  /** First to whom it is, then what: what is there without the former would go to nobody, and never to everybody. */
  async #say(remarks: readonly Remark[]): Promise<void> {
    if (remarks.length === 0) return;
    await this.#store.write((db) => {
      const address = db.prepare('insert or ignore into peer_addressed (id, member) values (?, ?)');
      for (const { object, origin } of remarks) address.run(object.id, origin);
    });
    const run = await this.#deps.intel.openImport(ownRemarks, { format: 'stix', name: ownRemarks.name });
    await run.admit(
      remarks.map(({ object }) => ({ object: parseStixObject(JSON.stringify(object)), place: object.id })),
    );
    await run.finish();
  }
}

function keepSightings(db: Connection, sightings: readonly Sighting[]): void {
  const keep = db.prepare(
    'insert or replace into peer_sighting (indicator, sighting, count, last_seen, modified_us) values (?, ?, ?, ?, ?)',
  );
  for (const { indicator, object, count, lastSeen, modifiedUs } of sightings) {
    keep.run(indicator, object.id, count, lastSeen, modifiedUs);
  }
}

/** How often something was seen, no closer than whoever counts has to know: once, a few times, more, many times. */
function bucketOf(count: number): number {
  return count > 20 ? 21 : count > 5 ? 6 : count > 1 ? 2 : 1;
}
