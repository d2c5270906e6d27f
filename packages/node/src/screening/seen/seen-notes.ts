import { hourOf, minuteOf, SeenKeys, SeenTable, writeTable } from '@comity/screen';
import type { KeySeed } from '@comity/screen';
import type { FromWorker } from '../worker-messages.ts';

/** Keys of one source and hour in memory; at this many they become a run. With free slots 8 MB. */
const keysMax = 300_000;
/** Memory of the notes of all sources of a worker; beyond it the largest become a run. */
const bytesMax = 48 * 1024 * 1024;

/** What a batch carries of what its source showed since the batch before. */
export interface FreshNotes {
  /** Hours since 1970. */
  readonly hour: number;
  /** As `SeenTable.takeFresh` gives them. */
  readonly keys: Uint8Array;
}

export interface SeenDeskDeps {
  /** The folder of the runs. */
  readonly dir: string;
  readonly seed: KeySeed;
  /** ms since the Unix epoch. */
  readonly clock: () => number;
  readonly post: (message: FromWorker) => void;
}

/** The notes of all sources of one worker: keeps them within their memory. */
export class SeenDesk {
  readonly deps: SeenDeskDeps;
  readonly #notes = new Set<SeenNotes>();

  constructor(deps: SeenDeskDeps) {
    this.deps = deps;
  }

  open(source: number, epoch: number): SeenNotes {
    const notes = new SeenNotes(source, epoch, this);
    this.#notes.add(notes);
    return notes;
  }

  /** The source was stopped or begun anew: what is acknowledged of it stands in the store. */
  drop(notes: SeenNotes): void {
    this.#notes.delete(notes);
    notes.drop();
  }

  /** Makes runs of hours that are over, and of the largest notes while all together are too large. */
  tend(): void {
    const hour = hourOf(this.deps.clock());
    let bytes = 0;
    for (const notes of this.#notes) {
      if (notes.hour !== hour) notes.spill();
      bytes += notes.bytes;
    }
    const bySize = [...this.#notes].sort((left, right) => right.bytes - left.bytes);
    for (const notes of bySize) {
      if (bytes <= bytesMax) return;
      bytes -= notes.bytes;
      notes.spill();
    }
  }

  /** Makes a run of everything noted so far, so that a hunt can ask for it. */
  spillAll(): void {
    for (const notes of this.#notes) notes.spill();
  }
}

/**
 * What one source showed since it was started, as far as it is not in a run.
 *
 * Keys seen for the first time go with the next batch and are committed with its offset; a run makes them durable a second
 * time, in the form hunts ask, and says so. So a crash loses none that was acknowledged; it may note one twice.
 */
export class SeenNotes {
  hour: number;
  readonly keys: SeenKeys;
  readonly #source: number;
  readonly #epoch: number;
  readonly #desk: SeenDesk;
  #table: SeenTable;
  /** What is still to go with a batch. */
  readonly #aside: FreshNotes[] = [];
  /** Number of the last batch of the source, -1 before the first. */
  #lastBatch = -1;

  constructor(source: number, epoch: number, desk: SeenDesk) {
    this.#source = source;
    this.#epoch = epoch;
    this.#desk = desk;
    this.#table = new SeenTable(desk.deps.seed);
    this.hour = hourOf(desk.deps.clock());
    this.keys = new SeenKeys(desk.deps.seed, {
      take: (batch) => this.#table.take(batch),
      join: (space) => this.#table.join(space),
    });
  }

  get bytes(): number {
    return this.#table.bytes;
  }

  /** Says that bytes are about to be judged: what they show is of this minute. */
  begin(): void {
    const nowMs = this.#desk.deps.clock();
    const hour = hourOf(nowMs);
    if (hour !== this.hour || this.#table.count >= keysMax) this.spill();
    // What could not be written stays of its hour, and what comes now with it.
    if (this.#table.count === 0) this.hour = hour;
    this.#table.minute = minuteOf(nowMs);
  }

  /** What the batch of this number has to carry. */
  take(batch: number): readonly FreshNotes[] {
    this.#lastBatch = batch;
    this.#setAside();
    return this.#aside.splice(0);
  }

  #setAside(): void {
    const keys = this.#table.takeFresh();
    if (keys !== undefined) this.#aside.push({ hour: this.hour, keys });
  }

  /** Writes what is noted as a run. From here on the store need not keep what went with batches. */
  spill(): void {
    if (this.#table.count === 0) return;
    const { dir, seed, post } = this.#desk.deps;
    try {
      writeTable(dir, seed, this.#table, this.#source, this.hour);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === undefined) throw error;
      post({ type: 'seen-trouble', error: `Cannot keep what was seen: ${(error as Error).message}` });
      // Screening goes on. The store has what was acknowledged, and gets the rest; the next start makes runs of it.
      if (this.#table.count < keysMax) return;
      this.#setAside();
      this.drop();
      return;
    }
    // If we stop here the store has them too, and they are noted twice.
    this.drop();
    post({ type: 'seen-kept', source: this.#source, epoch: this.#epoch, through: this.#lastBatch });
  }

  /** Gives up what is in memory. */
  drop(): void {
    this.#table.leave();
    this.#table = new SeenTable(this.#desk.deps.seed);
  }
}
