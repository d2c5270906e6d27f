import { readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { ComityError } from '@comity/protocol/base';
import type { Clock } from '@comity/protocol/base';
import type { Value } from '@comity/protocol/values';
import { hourOf, openSeenFolder, removeUnfinished } from '@comity/screen';
import type { Tended } from '@comity/screen';
import type { Store } from '../../store/index.ts';
import { huntReport, RecordCollector, rescannable } from './hunt-report.ts';
import type { HuntReport } from './hunt-report.ts';
import { JournalCuts } from './journal-cuts.ts';
import { RetroHunt } from './retro-hunt.ts';
import type { RescanPoint } from './seen-jobs.ts';
import type { HuntCounts } from './retro-hunt.ts';
import { cutJournal, deleteRows, strayRows } from './seen-journal.ts';
import { SeenThread } from './seen-thread.ts';

/** How often runs are merged and old ones deleted. */
const tendEveryMs = 600_000;
/** After the start the node has other things to do. */
const firstTendMs = 60_000;
const retryMs = 60_000;

export interface SeenValuesOptions {
  readonly dataDir: string;
  readonly valueReaderModule: string;
  /** Whole days before the running one that are kept. */
  readonly days: number;
  /** Of all runs together. */
  readonly bytesMax: number;
  /** How long after a change of the listed values what was seen is asked for them, ms: changes come in bursts. */
  readonly delayMs: number;
}

export interface SeenValuesDeps {
  readonly store: Store;
  readonly clock: Clock;
  /** Has what the workers noted made into runs. */
  readonly spill: () => Promise<void>;
  /** State of the listed values that every worker looks for. */
  readonly sequence: () => number;
  /** Whether a start of a source is at work on a thread: then its notes are there and need not be recovered. */
  readonly isRunning: (source: number, epoch: number) => boolean;
  readonly onMatches: (rows: readonly number[]) => void;
}

/** What is kept of what was seen. */
export interface SeenStats {
  readonly bytes: number;
  readonly runs: number;
  /** Distinct keys in runs, those of different days each by itself; as of the last time they were looked through. */
  readonly keys: number;
  /** Runs that cannot be read; as of then. */
  readonly damaged: number;
  readonly hunts: Readonly<HuntCounts>;
  /** What went wrong last, until it goes right again. */
  readonly trouble: string | undefined;
}

/** Where runs lie in the data folder. */
export function seenDirOf(dataDir: string): string {
  return join(dataDir, 'seen');
}

/** Keeps what was seen, asks it for every value that becomes active, and for what somebody asks. */
export class SeenValues {
  readonly dir: string;
  readonly cuts: JournalCuts;
  readonly #options: SeenValuesOptions;
  readonly #deps: SeenValuesDeps;
  readonly #thread: SeenThread;
  readonly #hunt: RetroHunt;
  readonly #timers = new Map<string, NodeJS.Timeout>();
  /** Cuts of journals under way: the store stays open until they are done. */
  readonly #cutting = new Set<Promise<void>>();
  #isStarted = false;
  #running: Promise<void> | undefined;
  #isAskedAgain = false;
  #isClosing = false;
  #tended: Tended | undefined;
  #trouble: string | undefined;

  constructor(options: SeenValuesOptions, deps: SeenValuesDeps) {
    this.#options = options;
    this.#deps = deps;
    this.dir = seenDirOf(options.dataDir);
    this.#thread = new SeenThread({
      dir: options.dataDir,
      seenDir: this.dir,
      valueReaderModule: options.valueReaderModule,
    });
    this.#hunt = new RetroHunt({
      ...deps,
      thread: this.#thread,
      makeAskable: () => this.#makeAskable(),
      hasRuns: () => this.#hasRuns(),
    });
    this.cuts = new JournalCuts((source, epoch, through) => {
      // If this fails, the rows are noted a second time at the next start.
      const cutting = deps.store
        .write((db) => cutJournal(db, source, epoch, through))
        .catch((error: unknown) => this.#note(error))
        .finally(() => this.#cutting.delete(cutting));
      this.#cutting.add(cutting);
    });
  }

  /** Before a source is read: what a crash left is put in order. */
  async open(): Promise<void> {
    await this.#attempt(async () => {
      this.#openFolder();
      removeUnfinished(this.dir);
      await this.#recover();
    });
  }

  /** What is looked for from the first byte on need not be hunted for. */
  async begin(sequence: number): Promise<void> {
    await this.#attempt(() => this.#hunt.begin(sequence));
  }

  start(): void {
    this.#isStarted = true;
    this.tableChanged();
    this.#later('tend', firstTendMs, () => this.#tend());
  }

  /** A worker looks for what changed: once all do, what was seen before is asked for it. */
  tableChanged(): void {
    if (this.#isStarted) this.#later('hunt', this.#options.delayMs, () => this.#catchUp());
  }

  async close(): Promise<void> {
    this.#isClosing = true;
    for (const timer of this.#timers.values()) clearTimeout(timer);
    await this.#thread.close();
    await this.#running;
    await Promise.all(this.#cutting);
  }

  /** Something about what is seen went wrong on another thread. */
  complain(trouble: string): void {
    this.#trouble = trouble;
  }

  /**
   * Asks where and when values were seen; `confirms`: and looks for their records where these are still there.
   *
   * @param options.sinceMs - earlier hours are not asked.
   * @throws {ComityError} `DATA_UNWRITABLE` when it cannot be looked at.
   */
  async ask(
    values: readonly Value[],
    options: { readonly sinceMs?: number; readonly confirms?: boolean } = {},
  ): Promise<HuntReport> {
    const { reader } = this.#deps.store;
    // A command that composes a node for itself asks without having started it.
    this.#openFolder();
    await this.#makeAskable();
    const sinceHour = options.sinceMs === undefined ? undefined : hourOf(options.sinceMs);
    const answer = await this.#thread.ask('ask', { values, sinceHour });
    const sources = options.confirms === true ? rescannable(reader, answer) : [];
    const listed = values.map((value, ref) => ({ value, ref }));
    const records = new RecordCollector(values.length);
    for (const source of sources) {
      let from: RescanPoint | undefined;
      do {
        const part = await this.#thread.ask('rescan', { values: listed, source, from });
        records.take(source.source, part);
        from = part.next;
      } while (from !== undefined);
    }
    return huntReport(reader, values, answer, records);
  }

  stats(): SeenStats {
    let bytes = 0;
    let runs = 0;
    for (const name of this.#runNames()) {
      runs += 1;
      bytes += statSync(join(this.dir, name), { throwIfNoEntry: false })?.size ?? 0;
    }
    const { keys = 0, damaged = 0 } = this.#tended ?? {};
    return { bytes, runs, keys, damaged, hunts: { ...this.#hunt.counts }, trouble: this.#trouble };
  }

  #runNames(): string[] {
    const isThere = statSync(this.dir, { throwIfNoEntry: false })?.isDirectory() === true;
    return isThere ? readdirSync(this.dir).filter((name) => name.endsWith('.seen')) : [];
  }

  /** Yes where the folder cannot be listed: the thread says why. */
  #hasRuns(): boolean {
    try {
      return this.#runNames().length > 0;
    } catch {
      return true;
    }
  }

  #openFolder(): void {
    try {
      openSeenFolder(this.dir);
    } catch (cause) {
      const message = `Cannot keep what is seen in ${this.dir}: ${(cause as Error).message}`;
      throw new ComityError('DATA_UNWRITABLE', message, { cause });
    }
  }

  /** What is noted in memory, and what only the store has, becomes runs. */
  async #makeAskable(): Promise<void> {
    await this.#deps.spill();
    await this.#recover();
  }

  async #recover(): Promise<void> {
    const { store, isRunning } = this.#deps;
    while (strayRows(store.reader, isRunning).length > 0) {
      // As a write it comes after the cuts that were asked for before.
      const rows = await store.write((db) => strayRows(db, isRunning));
      await this.#thread.ask('recover', { rows });
      await store.write((db) => deleteRows(db, rows));
    }
  }

  /** One at a time; what changes meanwhile is asked for right after. */
  async #catchUp(): Promise<void> {
    if (this.#running !== undefined) {
      this.#isAskedAgain = true;
      return;
    }
    do {
      this.#isAskedAgain = false;
      this.#running = this.#attempt(async () => {
        await this.#hunt.catchUp(this.#deps.sequence(), () => this.#isClosing);
      });
      await this.#running;
      this.#running = undefined;
    } while (this.#isAskedAgain && !this.#isClosing);
    if (this.#trouble !== undefined) this.#later('hunt', retryMs, () => this.#catchUp());
  }

  async #tend(): Promise<void> {
    const { days, bytesMax } = this.#options;
    await this.#attempt(async () => {
      const retention = { daysMax: days, bytesMax };
      this.#tended = await this.#thread.ask('tend', { retention, nowMs: this.#deps.clock() });
    });
    this.#later('tend', tendEveryMs, () => this.#tend());
  }

  /** What the disk or the thread does is noted and tried again later; screening goes on. */
  async #attempt(act: () => Promise<void>): Promise<void> {
    try {
      await act();
      this.#trouble = undefined;
    } catch (error) {
      this.#note(error);
    }
  }

  #note(error: unknown): void {
    if (!(error instanceof ComityError)) throw error;
    if (!this.#isClosing) this.#trouble = error.message;
  }

  #later(what: string, delayMs: number, act: () => Promise<void>): void {
    if (this.#isClosing || (what === 'hunt' && this.#timers.has(what))) return;
    const timer = setTimeout(() => {
      this.#timers.delete(what);
      void act();
    }, delayMs).unref();
    this.#timers.set(what, timer);
  }
}

/** Nothing is to be kept: what was goes. */
export function forgetSeen(dataDir: string): void {
  rmSync(seenDirOf(dataDir), { recursive: true, force: true });
}
