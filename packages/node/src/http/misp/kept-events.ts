import { setImmediate as nextTurn } from 'node:timers/promises';
import { assert, isJsonObject, parseJson } from '@comity/protocol/base';
import type { Intel } from '../../intel/index.ts';
import { buildEvents } from '../../misp/index.ts';
import type { BuildDeps, BuiltEvent } from '../../misp/index.ts';
import type { Sharing } from '../../sharing/index.ts';
import type { Taxii } from '../../taxii/index.ts';
import { StandingCache } from '../standing-cache.ts';
import type { Standing } from '../standing-cache.ts';

/** All events of a collection as somebody may have them, by their texts: to read these again takes a fiftieth of making them. */
interface KeptEvents extends Standing {
  readonly events: readonly KeptEvent[];
  /** Records that all of it was gone through once more. */
  readonly again: () => void;
}

interface KeptEvent {
  readonly uuid: string;
  /** UTF-8. */
  readonly bytes: Uint8Array;
}

/** What lists are made of. */
export type ListedEvent = Pick<BuiltEvent, 'uuid' | 'event' | 'text'>;

export interface EventListsDeps {
  readonly sharing: Pick<Sharing, 'edition'>;
  readonly taxii: Pick<Taxii, 'collections'>;
  readonly intel: Pick<Intel, 'writes'>;
}

/** Bytes of events kept ready. */
const keptBytesMax = 64 * 1024 * 1024;

/**
 * The events of collections for their lists: manifests, hashes, indexes and searches. A MISP asks for several of them in a row and comes
 * back every hour, and each goes through the whole collection.
 *
 * They stand as long as law, recipients and collections are as they were and nothing was written about any object: unlike a page
 * of TAXII, a list says what came last.
 */
export class EventLists {
  readonly #kept = new StandingCache<KeptEvents>(keptBytesMax);

  /**
   * Every event `key` may have anything of.
   *
   * @param key - Names who asks, in which way, and of which collection.
   * @param open - What they are made with, where none are kept.
   */
  async *read(
    key: string,
    open: () => Promise<BuildDeps & { readonly exit: Exiting; readonly rehearsal: Exiting }>,
    deps: EventListsDeps,
  ): AsyncGenerator<ListedEvent> {
    const kept = this.#kept.find(key);
    if (kept !== undefined) {
      kept.again();
      for (const { uuid, bytes } of kept.events) {
        const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString();
        yield { uuid, text, event: eventOf(text) };
        await nextTurn();
      }
      return;
    }
    const isStanding = standingOf(deps);
    const build = await open();
    const events: KeptEvent[] = [];
    let size = 2 * key.length;
    for await (const built of buildEvents(build)) {
      const bytes = Buffer.from(built.text);
      size += bytes.length;
      if (size <= keptBytesMax) events.push({ uuid: built.uuid, bytes });
      yield built;
    }
    // Whoever wanted a few only ends before: what was not made is not kept.
    const again = build.exit.again();
    if (again === undefined || build.rehearsal.again() === undefined || !isStanding()) return;
    this.#kept.keep(key, { events, isStanding, again: again.record }, size + again.bytes);
  }
}

/** What tells whether its answers last; see {@link Sharing}. */
type Exiting = BuildDeps['exit'] & Pick<ReturnType<Sharing['openExit']>, 'again'>;

function standingOf({ sharing, taxii, intel }: EventListsDeps): () => boolean {
  const edition = sharing.edition();
  const collections = taxii.collections.list();
  const writes = intel.writes();
  return () => intel.writes() === writes && sharing.edition() === edition && taxii.collections.list() === collections;
}

function eventOf(text: string): BuiltEvent['event'] {
  const value = parseJson(text, text.length);
  const event = isJsonObject(value) ? value['Event'] : undefined;
  assert(event !== undefined && isJsonObject(event), 'what was kept is an event');
  return event;
}
