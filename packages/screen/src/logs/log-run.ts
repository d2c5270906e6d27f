import { closeSync } from 'node:fs';
import { ComityError } from '@comity/protocol/base';
import type { FormatName } from '../formats/index.ts';
import type { Table } from '../table/index.ts';
import type { LogCounts, LogFinding } from './log-finding.ts';
import type { LogThread } from './log-thread.ts';
import { planWork } from './log-work.ts';
import type { CutFile, LogWork } from './log-work.ts';
import { follows } from './part.ts';
import type { ReadSizes } from './part.ts';
import type { FromLogThread, LogJob } from './thread-messages.ts';

/** Jobs a thread has: the next is there when it ends one. */
const jobsPerThread = 2;
/** Work under way and done that cannot be told of yet: how far threads may run ahead of a large compressed file. */
const aheadMax = 1024;

/** Work with what became of it so far. */
interface Task {
  readonly work: LogWork;
  /** Job and thread, once a thread has it. */
  number: number;
  thread: LogThread | undefined;
  readonly told: FromLogThread[];
}

/** What a run gets from the threads it is one of. */
export interface LogRunDeps {
  readonly threads: readonly LogThread[];
  readonly sizes: ReadSizes;
  readonly readBytes: () => number;
  /** A number for a job, larger than all before. */
  readonly nextJob: () => number;
  readonly onBegin: (run: LogRun) => void;
  readonly onEnd: () => void;
}

/**
 * The findings of one run, in the order of the paths, files and lines, as if one thread had read them one after another. Iterate once;
 * leaving the iteration ends the run. What is not taken is not read ahead of without bound: threads wait.
 */
export class LogRun implements AsyncIterable<LogFinding> {
  readonly #table: Table;
  readonly #deps: LogRunDeps;
  readonly #format: FormatName | 'auto';
  readonly #plan: AsyncGenerator<LogWork, void, undefined>;
  readonly #open = new Set<CutFile>();
  readonly #readBefore: number;
  /** In the order they are told of. */
  readonly #tasks: Task[] = [];
  #isPlanned = false;
  #failure: Error | undefined;
  #wake: () => void = () => undefined;
  #counts = { lines: 0, records: 0, oversized: 0 };

  constructor(table: Table, paths: readonly string[], format: FormatName | 'auto', deps: LogRunDeps) {
    this.#table = table;
    this.#deps = deps;
    this.#format = format;
    this.#readBefore = deps.readBytes();
    this.#plan = planWork(paths, { format, sizes: deps.sizes, open: this.#open });
  }

  /** How far it is; also while it is iterated. */
  get counts(): LogCounts {
    return { ...this.#counts, readBytes: this.#deps.readBytes() - this.#readBefore };
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<LogFinding, void, undefined> {
    for await (const findings of this.batches()) yield* findings;
  }

  /** The same, as many at a time as came together: to write them out at once, and no later than that. */
  async *batches(): AsyncGenerator<readonly LogFinding[], void, undefined> {
    this.#deps.onBegin(this);
    try {
      for (;;) {
        const { promise, resolve } = Promise.withResolvers<void>();
        this.#wake = resolve;
        await this.#giveJobs();
        const [head] = this.#tasks;
        if (this.#failure !== undefined) throw this.#failure;
        if (head === undefined) return;
        if (this.#isWrong(head)) this.#judgeAgain(head);
        else if (head.work.kind === 'fault') {
          this.#tasks.shift();
          yield [{ type: 'fault', file: head.work.path, error: head.work.error }];
        } else if (head.work.kind === 'end') {
          this.#tasks.shift();
          this.#close(head.work.file);
        } else if (head.told.length === 0) await promise;
        else yield* this.#tell(head, head.told.shift()!);
      }
    } finally {
      await this.#end();
    }
  }

  /** A thread told something; of what was given up it is let go. */
  hear(message: FromLogThread, thread: LogThread): void {
    const task = this.#tasks.find(({ number }) => number === message.job);
    if (task !== undefined) task.told.push(message);
    else if (message.type === 'records') thread.taken(message.weight);
    this.#wake();
  }

  fail(error: Error): void {
    this.#failure ??= error;
    this.#wake();
  }

  *#tell(task: Task, message: FromLogThread): Generator<readonly LogFinding[], void, undefined> {
    if (message.type === 'records') {
      const linesBefore = task.work.kind === 'part' ? task.work.file.lines : 0;
      const { file, bytes } = message;
      try {
        yield message.records.map(({ line, offset, start, end, matches }) => ({
          type: 'match',
          file,
          line: linesBefore + line,
          offset,
          record: bytes.subarray(start, end),
          matches,
        }));
      } finally {
        // Taken only now: the consumer has come back for more, or will not.
        task.thread?.taken(message.weight);
      }
    } else if (message.type === 'fault') {
      if (task.work.kind === 'part') this.#dropRest(task.work.file);
      yield [{ type: 'fault', file: message.file, error: new ComityError(message.code, message.message) }];
    } else {
      this.#tasks.shift();
      const { lines, records, oversized } = this.#counts;
      const { counts, state } = message;
      this.#counts = {
        lines: lines + counts.lines,
        records: records + counts.records,
        oversized: oversized + counts.oversized,
      };
      if (task.work.kind !== 'part') return;
      task.work.file.lines += counts.lines;
      task.work.file.state = state;
    }
  }

  /** Gives threads what they have room for, and finds out what comes then. */
  async #giveJobs(): Promise<void> {
    for (;;) {
      const thread = this.#deps.threads.toSorted((left, right) => left.jobs.size - right.jobs.size)[0]!;
      if (thread.jobs.size >= jobsPerThread) return;
      let task = this.#tasks.find(
        ({ number, work }) => number === 0 && (work.kind === 'whole' || work.kind === 'part'),
      );
      if (task === undefined) {
        if (this.#isPlanned || this.#tasks.length >= aheadMax) return;
        const next = await this.#plan.next();
        if (next.done === true) {
          this.#isPlanned = true;
          return;
        }
        task = { work: next.value, number: 0, thread: undefined, told: [] };
        if (task.work.kind === 'part' && task.work.file.isOver) continue;
        this.#tasks.push(task);
      }
      if (task.work.kind === 'whole' || task.work.kind === 'part') this.#give(task, thread);
    }
  }

  #give(task: Task, thread: LogThread): void {
    const { work } = task;
    task.number = this.#deps.nextJob();
    task.thread = thread;
    const job = { number: task.number, format: this.#format };
    if (work.kind === 'whole') thread.give({ ...job, path: work.path }, this.#table.memory);
    else if (work.kind === 'part') {
      const { path, descriptor } = work.file;
      thread.give({ ...job, path, part: { ...work.part, descriptor } } satisfies LogJob, this.#table.memory);
    }
  }

  /** Whether the part before ended otherwise than was expected when this one was given: its header was another. */
  #isWrong({ work }: Task): boolean {
    if (work.kind !== 'part' || work.part.resume === undefined || work.part.resume.lines === 0) return false;
    return work.file.state !== undefined && !follows(work.part.resume, work.file.state);
  }

  /**
   * Judges the rest of a file, in one part, from what the part before has left. Where a header changes once it may change often,
   * and this way no byte is judged more than twice. Other files begin anew too: a thread that waits with their findings could not
   * turn to this one.
   */
  #judgeAgain(task: Task): void {
    const { work } = task;
    if (work.kind !== 'part' || work.file.state === undefined) return;
    this.#dropRest(work.file);
    const first = this.#deps.nextJob();
    for (const thread of this.#deps.threads) thread.giveUpBefore(first);
    for (const other of this.#tasks) this.#takeBack(other);
    const resume = { ...work.file.state, lines: 1 };
    const part = { start: work.part.start, end: Number.POSITIVE_INFINITY, resume };
    this.#tasks.unshift({ work: { kind: 'part', file: work.file, part }, number: 0, thread: undefined, told: [] });
  }

  /** Of a file nothing more is told but what comes from the part that is told of now. */
  #dropRest(file: CutFile): void {
    file.isOver = true;
    const [head] = this.#tasks;
    const isRest = (task: Task): boolean => task.work.kind === 'part' && task.work.file === file;
    const dropped = this.#tasks.filter((task) => isRest(task) && (task !== head || this.#isWrong(task)));
    for (const task of dropped) {
      this.#takeBack(task);
      this.#tasks.splice(this.#tasks.indexOf(task), 1);
    }
  }

  /** Lets go what a thread told of a task. */
  #takeBack(task: Task): void {
    for (const message of task.told.splice(0)) if (message.type === 'records') task.thread?.taken(message.weight);
    task.number = 0;
    task.thread = undefined;
  }

  #close(file: CutFile): void {
    this.#open.delete(file);
    closeSync(file.descriptor);
  }

  async #end(): Promise<void> {
    await this.#plan.return();
    const first = this.#deps.nextJob();
    for (const thread of this.#deps.threads) thread.giveUpBefore(first);
    for (const task of this.#tasks.splice(0)) this.#takeBack(task);
    // A thread that still reads one by its descriptor reads at a place of its own, and is not listened to.
    for (const file of this.#open) this.#close(file);
    this.#deps.onEnd();
  }
}
