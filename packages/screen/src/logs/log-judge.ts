import { closeSync, fstatSync, openSync, readSync, statSync } from 'node:fs';
import { assert, ComityError } from '@comity/protocol/base';
import { isPacked, openInput, unreadable } from '../input/index.ts';
import { kernelOn } from '../kernel/index.ts';
import { createScreen } from '../record/index.ts';
import type { MatchedRecord, Screen, ScreenOptions } from '../record/index.ts';
import { Table } from '../table/index.ts';
import { readPart } from './read-part.ts';
import type { Part } from './part.ts';
import { control } from './thread-messages.ts';
import type { FromLogThread, LogJob, LogThreadData } from './thread-messages.ts';
import { ToldRecords } from './told-records.ts';

/** Between two looks at whether the other side is still there. */
const waitMs = 1000;
const whole: Part = { start: 0, end: Number.POSITIVE_INFINITY, resume: undefined };

/** What one thread does: screens jobs one after another and tells what it found, no faster than that is taken. */
export class LogJudge {
  readonly #data: LogThreadData;
  readonly #tell: (message: FromLogThread) => void;
  readonly #told = new ToldRecords();
  #table: Table | undefined;
  #buffer: Uint8Array = new Uint8Array(0);

  constructor(data: LogThreadData, tell: (message: FromLogThread) => void) {
    this.#data = data;
    this.#tell = tell;
  }

  /** Screens with another table from the next job on. */
  useTable(memory: WebAssembly.Memory): void {
    const { chunkBytes } = this.#data.sizes;
    this.#table = Table.attach(memory);
    // Files are read to where the kernel looks: no byte is copied.
    this.#buffer = kernelOn(this.#table.set.memory)?.allocateInput(chunkBytes) ?? new Uint8Array(chunkBytes);
  }

  async judge(job: LogJob): Promise<void> {
    if (this.#isGivenUp(job)) return;
    if (job.part !== undefined) {
      this.#judgeOpen(job, job.part.descriptor, job.part);
      return;
    }
    const descriptor = openPlain(job.path);
    if (descriptor === undefined) {
      await this.#judgeStreams(job);
      return;
    }
    try {
      this.#judgeOpen(job, descriptor, whole);
    } finally {
      closeSync(descriptor);
    }
  }

  #judgeOpen(job: LogJob, descriptor: number, part: Part): void {
    const linesBefore = part.resume?.lines ?? 0;
    let firstOffset: number | undefined;
    const screen = this.#screen(
      job,
      part.resume === undefined ? { format: job.format } : { format: part.resume.format, resume: part.resume },
      (found) => ({ line: found.line - linesBefore, offset: (firstOffset ?? 0) + found.offset }),
    );
    try {
      readPart(part, {
        buffer: this.#buffer,
        read: (target, at) => readFully(descriptor, target, at),
        take: (bytes, offset) => {
          firstOffset ??= offset;
          Atomics.add(this.#data.readBytes, 0, BigInt(bytes.length));
          this.#table?.refresh();
          screen.push(bytes);
          return this.#handOver(job, job.path);
        },
      });
    } catch (error) {
      this.#end(job, job.path, screen);
      this.#fault(job, job.path, unreadable(job.path, error));
      this.#done(job, [screen], linesBefore);
      return;
    }
    this.#end(job, job.path, screen);
    this.#done(job, [screen], linesBefore);
  }

  /** Compressed, an archive, a pipe: whatever is no plain file. */
  async #judgeStreams(job: LogJob): Promise<void> {
    const screens: Screen[] = [];
    for await (const input of openInput(job.path)) {
      const screen = this.#screen(job, { format: job.format }, ({ line, offset }) => ({ line, offset }));
      screens.push(screen);
      let readBytes = 0;
      const countRead = (): void => {
        Atomics.add(this.#data.readBytes, 0, BigInt(input.readBytes() - readBytes));
        readBytes = input.readBytes();
      };
      try {
        for await (const chunk of input.chunks) {
          this.#table?.refresh();
          screen.push(chunk);
          countRead();
          if (!this.#handOver(job, input.name)) return;
        }
        this.#end(job, input.name, screen);
      } catch (error) {
        if (!(error instanceof ComityError)) throw error;
        this.#end(job, input.name, screen);
        this.#fault(job, input.name, error);
      }
    }
    this.#done(job, screens, 0);
  }

  #screen(
    job: LogJob,
    options: ScreenOptions,
    placeOf: (found: MatchedRecord) => { readonly line: number; readonly offset: number },
  ): Screen {
    const table = this.#table;
    assert(table !== undefined, `job ${job.number} comes after a table`);
    return createScreen(table, options, {
      match: (found) => {
        this.#told.add(found, placeOf(found));
      },
    });
  }

  /** A last line without line end is judged; also of an input that broke off. */
  #end(job: LogJob, file: string, screen: Screen): void {
    screen.end();
    this.#handOver(job, file);
  }

  /** Tells what came together; waits while too much was told and not taken. @returns Whether to go on with the job. */
  #handOver(job: LogJob, file: string): boolean {
    if (this.#isGivenUp(job)) {
      this.#told.take();
      return false;
    }
    if (this.#told.weight === 0) return true;
    const told = this.#told.take();
    const { control: shared, untakenMax } = this.#data;
    Atomics.add(shared, control.untaken, told.weight);
    this.#tell({ type: 'records', job: job.number, file, ...told });
    for (;;) {
      const untaken = Atomics.load(shared, control.untaken);
      if (this.#isGivenUp(job)) return false;
      if (untaken <= untakenMax) return true;
      Atomics.wait(shared, control.untaken, untaken, waitMs);
    }
  }

  #isGivenUp(job: LogJob): boolean {
    return job.number < Atomics.load(this.#data.control, control.firstJob);
  }

  #fault(job: LogJob, file: string, { code, message }: ComityError): void {
    this.#tell({ type: 'fault', job: job.number, file, code, message });
  }

  #done(job: LogJob, screens: readonly Screen[], linesBefore: number): void {
    const sum = (of: (screen: Screen) => number): number => screens.reduce((total, screen) => total + of(screen), 0);
    this.#tell({
      type: 'done',
      job: job.number,
      counts: {
        lines: sum((screen) => screen.lines - linesBefore),
        records: sum((screen) => screen.records),
        oversized: sum((screen) => screen.oversized),
      },
      state: job.part === undefined ? undefined : screens[0]?.state,
    });
  }
}

/** A descriptor of a regular file that is read as it lies; undefined for others and where opening tells what is wrong. */
function openPlain(path: string): number | undefined {
  let descriptor: number | undefined;
  try {
    // Asked first: what was written to a pipe is gone once it was opened and closed.
    if (!statSync(path).isFile()) return undefined;
    descriptor = openSync(path, 'r');
    if (fstatSync(descriptor).isFile()) {
      const head = new Uint8Array(4);
      const bytes = readSync(descriptor, head, 0, head.length, 0);
      if (!isPacked(head.subarray(0, bytes))) return descriptor;
    }
    closeSync(descriptor);
    return undefined;
  } catch {
    if (descriptor !== undefined) closeSync(descriptor);
    return undefined;
  }
}

function readFully(descriptor: number, target: Uint8Array, at: number): number {
  let length = 0;
  while (length < target.length) {
    const bytes = readSync(descriptor, target, length, target.length - length, at + length);
    if (bytes === 0) break;
    length += bytes;
  }
  return length;
}
