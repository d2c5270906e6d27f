import { availableParallelism } from 'node:os';
import type { Worker } from 'node:worker_threads';
import { ComityError } from '@comity/protocol/base';
import { startThread } from '../threads/index.ts';
import type { DigestCache } from './digest-cache.ts';
import type { DigestList } from './digest-list.ts';
import { DigestThreads } from './digest-threads.ts';
import { areSettled } from './file-facts.ts';
import type { FileFacts } from './file-facts.ts';
import { fileLimits } from './file-limits.ts';
import type { FileLimits } from './file-limits.ts';
import type { FileFinding } from './finding.ts';
import { faultFinding, matchesOf } from './finding.ts';
import { LinkedFiles } from './linked-files.ts';
import type { DigestedPart, FileOutcome } from './outcome.ts';
import type { FromWalk, ToWalk, WalkData } from './thread-messages.ts';
import type { WalkStep } from './walk-files.ts';

/** What files are looked for, and how. */
export interface ScreenFilesOptions {
  readonly list: DigestList;
  /** Files read before and not changed since are not read again; what is read is added. */
  readonly cache?: DigestCache;
  /** How far archives are looked into; what is left out is as `fileLimits` says. */
  readonly limits?: Partial<FileLimits>;
  /** Threads that read; default one for each core. */
  readonly threads?: number;
}

/** The surroundings of a run. */
export interface ScreenFilesDeps {
  /** Milliseconds since 1970, on the clock that file systems set their times by. */
  readonly clock: () => number;
  /** Ends the run early. */
  readonly signal?: AbortSignal;
}

/** How far a run is; the numbers only grow. */
export interface FileCounts {
  /** Regular files come by, each name of a hard-linked one. */
  files: number;
  /** Files that were read, bytes that were, archives' own bytes and not what they hold. */
  readFiles: number;
  readBytes: number;
  /** Files whose digests were known: from the cache, or under another name of the same file. */
  unchangedFiles: number;
  linkedFiles: number;
  /** Files that were gone when they were to be read. */
  goneFiles: number;
  /** Left out below a folder: symbolic links; pipes, devices and sockets; file systems of the kernel such as /proc. */
  links: number;
  specials: number;
  kernelFolders: number;
  matches: number;
  faults: number;
}

interface Waiting {
  readonly path: Uint8Array;
  readonly facts: FileFacts;
  readonly names: number;
}

/** Files of a job; so many, or so many bytes. */
const jobFiles = 64;
const jobBytes = 8 * 1024 * 1024;
/** Files found and not begun; the walk waits beyond. */
const waitingMax = 2048;

/**
 * Looks for listed digests among files, those of folders and those in archives. Iterate once for the findings; they come in
 * no order, as soon as they are known.
 *
 * Files are found on one thread and read on others; this one only asks the list for the digests. Leaving the iteration ends
 * them. Meaning of a match: docs/spec/matching.md, as for a digest in a record. Of the kinds of digest only those that are
 * listed are computed; when there is none, nothing is read at all.
 *
 * Below a folder, symbolic links are not followed and nothing but regular files is opened. A file with several names (hard
 * links) is read once and reported under each. One that changes while it is read is read again, three times in all. What
 * cannot be read is a finding like a match, also a member of an archive: the rest is read.
 */
export class FileScreen implements AsyncIterable<FileFinding> {
  readonly #paths: readonly (string | Uint8Array)[];
  readonly #list: DigestList;
  readonly #cache: DigestCache | undefined;
  readonly #deps: ScreenFilesDeps;
  readonly #looksInside: boolean;
  readonly #threads: DigestThreads;
  readonly #linked = new LinkedFiles();
  readonly #readBytes = new BigInt64Array(new SharedArrayBuffer(8));
  readonly #counts: Omit<FileCounts, 'readBytes'> = {
    files: 0,
    readFiles: 0,
    unchangedFiles: 0,
    linkedFiles: 0,
    goneFiles: 0,
    links: 0,
    specials: 0,
    kernelFolders: 0,
    matches: 0,
    faults: 0,
  };
  #waiting: Waiting[] = [];
  #findings: FileFinding[] = [];
  #untaken = 0;
  #isWalked = false;
  #failure: Error | undefined;
  #wake: () => void = () => undefined;

  /** @param paths - files and folders, as text or, where a name is no UTF-8, as the bytes of the path. */
  constructor(paths: readonly (string | Uint8Array)[], options: ScreenFilesOptions, deps: ScreenFilesDeps) {
    this.#paths = paths;
    this.#list = options.list;
    this.#cache = options.cache;
    this.#deps = deps;
    const limits = { ...fileLimits, ...options.limits };
    this.#looksInside = limits.depthMax > 0;
    this.#threads = new DigestThreads(
      { kinds: options.list.kinds, limits, readBytes: this.#readBytes },
      options.threads ?? availableParallelism(),
      (error) => this.#fail(error),
    );
  }

  /** How far it is; also while it is iterated. */
  get counts(): Readonly<FileCounts> {
    return { ...this.#counts, readBytes: Number(Atomics.load(this.#readBytes, 0)) };
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<FileFinding, void, undefined> {
    if (this.#list.kinds.length === 0) return;
    const walk = this.#startWalk();
    const { signal } = this.#deps;
    const onAbort = (): void => this.#wake();
    signal?.addEventListener('abort', onAbort);
    try {
      while (signal?.aborted !== true) {
        const { promise, resolve } = Promise.withResolvers<void>();
        this.#wake = resolve;
        this.#giveJobs();
        for (; this.#untaken > 0 && this.#waiting.length < waitingMax; this.#untaken--) {
          walk.postMessage('taken' satisfies ToWalk);
        }
        if (this.#findings.length > 0) yield* this.#findings.splice(0);
        else if (this.#failure !== undefined) throw this.#failure;
        else if (this.#isWalked && this.#waiting.length === 0 && this.#threads.jobs === 0) return;
        else await promise;
      }
    } finally {
      signal?.removeEventListener('abort', onAbort);
      await Promise.all([walk.terminate(), this.#threads.close()]);
    }
  }

  #startWalk(): Worker {
    const workerData: WalkData = {
      paths: this.#paths.map((path) => (typeof path === 'string' ? Buffer.from(path) : path)),
    };
    const walk = startThread(new URL('./walk.worker.ts', import.meta.url), workerData);
    walk.on('message', ({ steps, isLast }: FromWalk) => {
      this.#untaken++;
      for (const step of steps) this.#take(step);
      if (isLast) this.#isWalked = true;
      this.#wake();
    });
    walk.on('error', (error: unknown) => this.#fail(error instanceof Error ? error : new Error(String(error))));
    return walk;
  }

  #fail(error: Error): void {
    this.#failure ??= error;
    this.#wake();
  }

  #take(step: WalkStep): void {
    if (step.kind === 'fault') {
      this.#counts.faults++;
      this.#findings.push(faultFinding(step.path, step.fault));
      return;
    }
    if (step.kind === 'skipped') {
      if (step.what === 'link') this.#counts.links++;
      else if (step.what === 'special') this.#counts.specials++;
      else this.#counts.kernelFolders++;
      return;
    }
    this.#counts.files++;
    const known = this.#cache?.find(step.facts, this.#list.kinds, this.#looksInside);
    if (known !== undefined) {
      this.#counts.unchangedFiles++;
      this.#judge(step.path, known);
      return;
    }
    const met = step.names > 1 ? this.#linked.meet(step.path, step.facts, step.names) : 'first';
    if (met === 'first') this.#waiting.push(step);
    else if (met !== 'later') this.#link(step.path, met);
  }

  #giveJobs(): void {
    while (this.#waiting.length > 0 && this.#threads.room > 0) {
      // Also the last files go to all threads.
      const most = Math.min(jobFiles, Math.ceil(this.#waiting.length / this.#threads.room));
      let count = 0;
      for (let bytes = 0; count < most && bytes < jobBytes; count++) bytes += Number(this.#waiting[count]!.facts.size);
      const job = this.#waiting.splice(0, count);
      const begunAtMs = this.#deps.clock();
      this.#threads.give(
        job.map(({ path }) => path),
        (outcomes) => {
          for (const [index, outcome] of outcomes.entries()) this.#conclude(job[index]!, outcome, begunAtMs);
          this.#wake();
        },
      );
    }
  }

  #conclude(file: Waiting, outcome: FileOutcome, begunAtMs: number): void {
    if (file.names > 1) {
      for (const path of this.#linked.settle(file.facts, outcome)) {
        // What became of one name says nothing of another when it could not be read.
        if (outcome.kind === 'digested') this.#link(path, outcome);
        else this.#waiting.push({ ...file, path, names: 1 });
      }
    }
    if (outcome.kind === 'digested') this.#digested(file.path, outcome, begunAtMs);
    else if (outcome.kind === 'gone') this.#counts.goneFiles++;
    else if (outcome.kind === 'special') this.#counts.specials++;
    else {
      this.#counts.faults++;
      this.#findings.push(faultFinding(file.path, outcome.fault));
    }
  }

  #digested(path: Uint8Array, outcome: FileOutcome & { kind: 'digested' }, begunAtMs: number): void {
    this.#counts.readFiles++;
    const { facts, parts, faultCount } = outcome;
    if (faultCount === 0 && areSettled(facts, begunAtMs)) {
      this.#cache?.keep({ facts, kinds: this.#list.kinds, looksInside: this.#looksInside, parts });
    }
    this.#report(path, outcome);
  }

  #link(path: Uint8Array, outcome: FileOutcome & { kind: 'digested' }): void {
    this.#counts.linkedFiles++;
    this.#report(path, outcome);
  }

  #report(path: Uint8Array, { parts, faults, faultCount }: FileOutcome & { kind: 'digested' }): void {
    this.#judge(path, parts);
    this.#counts.faults += faultCount;
    for (const fault of faults) this.#findings.push(faultFinding(path, fault));
    if (faultCount > faults.length) {
      const message = `Cannot read ${faultCount - faults.length} more members of it`;
      this.#findings.push({ ...faultFinding(path, faults[0]!), error: new ComityError(faults[0]!.code, message) });
    }
  }

  #judge(path: Uint8Array, parts: readonly DigestedPart[]): void {
    for (const part of parts) {
      for (const match of matchesOf(this.#list, path, part)) {
        this.#counts.matches++;
        this.#findings.push(match);
      }
    }
  }
}
