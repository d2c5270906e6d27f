import type { Clock } from '@comity/protocol/base';
import type { Store } from '../../store/index.ts';
import { findSource, listStreams } from '../source-rows.ts';
import { countHour } from '../commit-batch.ts';
import { huntedThrough, setHuntedThrough } from './seen-journal.ts';
import { deleteSeen, hasMatchOf, insertConfirmed, insertSeen } from './hunted-matches.ts';
import type { HuntedPlace, Rescanned, RescanPoint, RescanSource } from './seen-jobs.ts';
import type { SeenThread } from './seen-thread.ts';

/** Matches of one transaction. */
const rowsMax = 500;
/** How far the time a record states may lie from the hour it was screened in and still be of it. */
const nearUs = 2 * 3_600_000_000;

export interface RetroHuntDeps {
  readonly store: Store;
  readonly clock: Clock;
  readonly thread: SeenThread;
  /** Makes runs of all that was judged so far. */
  readonly makeAskable: () => Promise<void>;
  /** Whether there is any run. */
  readonly hasRuns: () => boolean;
  /** New matches are durable. */
  readonly onMatches: (rows: readonly number[]) => void;
}

/** What hunts for new values did since the start. */
export interface HuntCounts {
  /** Values asked for. */
  asked: number;
  /** Places named, a value, source and hour each. */
  places: number;
  /** Matches whose record was read again. */
  confirmed: number;
  /** Matches whose records are no longer there. */
  seen: number;
  /** Places named that the records, all of them read again, do not bear out. */
  refuted: number;
}

/**
 * Asks what was seen before for every value that becomes active. A place it names is looked at again as far as its bytes are
 * there: what is found is a match like any other; what cannot be read any more is kept as seen.
 */
export class RetroHunt {
  readonly counts: HuntCounts = { asked: 0, places: 0, confirmed: 0, seen: 0, refuted: 0 };
  readonly #deps: RetroHuntDeps;

  constructor(deps: RetroHuntDeps) {
    this.#deps = deps;
  }

  /** What is in the table before anything was seen is not hunted for, unless a hunt began before. */
  async begin(sequence: number): Promise<void> {
    const { store } = this.#deps;
    if (huntedThrough(store.reader) === undefined) await store.write((db) => setHuntedThrough(db, sequence));
  }

  /**
   * Catches up with the listed values to a state that every worker looks for by now. What stops it is tried again the next
   * time: it goes on from what is noted in the store.
   */
  async catchUp(through: number, isClosing: () => boolean): Promise<void> {
    const { store, thread, makeAskable, hasRuns } = this.#deps;
    if ((huntedThrough(store.reader) ?? through) >= through) return;
    // Records that were judged before the values were looked for must be in runs before these are asked.
    await makeAskable();
    // Where nothing was seen there is nothing to ask, and no thread to start for it.
    if (!hasRuns()) return await store.write((db) => setHuntedThrough(db, through));
    while (!isClosing()) {
      const sequence = huntedThrough(store.reader) ?? 0;
      const answer = await thread.ask('follow', { sequence, through });
      if (answer.places.length > 0) await this.#look(answer.places, answer.sequence);
      this.counts.asked += answer.asked;
      this.counts.places += answer.places.length;
      // Durable is: every match of these values. If we stop before, they are asked for again, and nothing is doubled.
      if (answer.sequence !== sequence) await store.write((db) => setHuntedThrough(db, answer.sequence));
      if (!answer.hasMore) return;
    }
  }

  async #look(places: readonly HuntedPlace[], sequence: number): Promise<void> {
    const bySource = Map.groupBy(places, ({ source }) => source);
    for (const [source, own] of bySource) {
      const rescan = this.#rescanOf(source);
      const again = rescan === undefined ? undefined : await this.#lookAgain(own, rescan, sequence);
      await this.#settle(own, again, sequence);
    }
  }

  /** The source as far as its bytes lie in files; undefined for what was only heard. */
  #rescanOf(source: number): RescanSource | undefined {
    const { reader } = this.#deps.store;
    const row = findSource(reader, source);
    if (row === undefined || (row.kind !== 'file' && row.kind !== 'folder')) return undefined;
    return { source, format: row.format, streams: listStreams(reader, source) };
  }

  /** Reads what is there of a source, part by part, and keeps what is found in it. */
  async #lookAgain(places: readonly HuntedPlace[], source: RescanSource, sequence: number): Promise<LookedAgain> {
    const values = [...new Map(places.map(({ value }) => [value.ref, value])).values()];
    const times = new FoundTimes();
    let from: RescanPoint | undefined;
    for (;;) {
      const part = await this.#deps.thread.ask('rescan', { values, source, from });
      await this.#keepFound(source.source, part, sequence);
      times.note(part);
      if (part.next === undefined) {
        const { isWhole } = part;
        return { isWhole, isAll: isWhole && this.#hasAllStreams(source.source), times };
      }
      from = part.next;
    }
  }

  async #keepFound(source: number, { found }: Rescanned, sequence: number): Promise<void> {
    const { store, clock, onMatches } = this.#deps;
    for (const { stream, matches } of found) {
      for (let from = 0; from < matches.length; from += rowsMax) {
        const nowUs = clock() * 1000;
        const part = matches.slice(from, from + rowsMax);
        const rows = await store.write((db) => insertConfirmed(db, source, stream, part, sequence, nowUs));
        this.counts.confirmed += rows.length;
        onMatches(rows);
      }
    }
  }

  /** Decides of each place what stands of it when its bytes were looked at again. */
  async #settle(places: readonly HuntedPlace[], again: LookedAgain | undefined, sequence: number): Promise<void> {
    const { store, clock, onMatches } = this.#deps;
    for (let from = 0; from < places.length; from += rowsMax) {
      const nowUs = clock() * 1000;
      const part = places.slice(from, from + rowsMax);
      const rows = await store.write((db) => {
        const added: number[] = [];
        for (const place of part) {
          if (isBorneOut(place, again)) {
            deleteSeen(db, place);
            continue;
          }
          if (again?.isAll === true) {
            this.counts.refuted++;
            continue;
          }
          // Of a part (the host of a URL) only records tell, and these are gone.
          if (place.basis === 'part' || hasMatchOf(db, place)) continue;
          const row = insertSeen(db, place, sequence, nowUs);
          if (row !== undefined) added.push(row);
        }
        countHour(db, nowUs, added.length, added.length);
        return added;
      });
      this.counts.seen += rows.length;
      onMatches(rows);
    }
  }

  /** Whether every stream the source ever had is still known. */
  #hasAllStreams(source: number): boolean {
    const { reader } = this.#deps.store;
    const next = findSource(reader, source)?.nextStream ?? 0;
    return listStreams(reader, source).length === next - 1;
  }
}

/** What reading a source again came to. */
interface LookedAgain {
  /** Whether all that is known of its streams was there. */
  readonly isWhole: boolean;
  /** The same, of every stream it ever had. */
  readonly isAll: boolean;
  readonly times: FoundTimes;
}

/** Which values were found again, and the times their records state, by the minute. */
class FoundTimes {
  readonly #minutes = new Map<string, Set<number | undefined>>();

  note({ found }: Rescanned): void {
    for (const { matches } of found) {
      for (const { listed, recordedUs } of matches) {
        const minutes = this.#minutes.get(listed) ?? new Set();
        minutes.add(recordedUs === undefined ? undefined : Math.floor(recordedUs / minuteUs));
        this.#minutes.set(listed, minutes);
      }
    }
  }

  has(listed: string): boolean {
    return this.#minutes.has(listed);
  }

  /** Also where a record states no time. */
  hasNear(listed: string, fromUs: number, toUs: number): boolean {
    const minutes = this.#minutes.get(listed);
    if (minutes === undefined) return false;
    if (minutes.has(undefined)) return true;
    return minutes.values().some((minute) => minute !== undefined && isBetween(minute * minuteUs, fromUs, toUs));
  }
}

const minuteUs = 60_000_000;

function isBetween(us: number, fromUs: number, toUs: number): boolean {
  return us >= fromUs - minuteUs && us <= toUs;
}

/** Whether a record of the value was found again that may be of the hour: one that states another time is not. */
function isBorneOut(place: HuntedPlace, again: LookedAgain | undefined): boolean {
  if (again === undefined) return false;
  const { value } = place.value;
  if (again.isWhole) return again.times.has(value.value);
  return again.times.hasNear(value.value, place.firstMs * 1000 - nearUs, place.lastMs * 1000 + nearUs);
}
