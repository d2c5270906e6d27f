import { setImmediate } from 'node:timers/promises';
import { openInput } from '@comity/screen';
import type { OpenedInput, Table } from '@comity/screen';
import { ComityError } from '@comity/protocol/base';
import { PrintTaker } from './file-print.ts';
import type { Outbox } from './outbox.ts';
import { RecordJudge } from './record-judge.ts';
import type { StreamState } from './worker-messages.ts';

const sliceBytes = 256 * 1024;
const quietBytesMax = 8 * 1024 * 1024;
const draftsMax = 400;

export interface WholeFileOptions {
  readonly path: string;
  /** Shown instead of the path. */
  readonly label: string;
  readonly format: string;
}

export interface WholeFileDeps {
  readonly table: () => Table;
  readonly outbox: Outbox;
  /** State of the stream of a member, by its name and first decompressed bytes: a new one, or how far it was judged. */
  readonly streamOf: (name: string, head: Uint8Array) => StreamState;
}

interface OpenStream {
  state: StreamState;
  readonly judge: RecordJudge;
  readonly prints: PrintTaker;
}

/**
 * Reads a file that does not grow, looking through compression, each member of an archive as a stream of its own.
 *
 * What was judged before a crash is decompressed again and skipped.
 */
export class WholeFile {
  readonly path: string;
  readonly #options: WholeFileOptions;
  readonly #deps: WholeFileDeps;
  #isStopped = false;
  #input: OpenedInput | undefined;
  #stream: OpenStream | undefined;
  /** Who waits for what was judged so far to be sent. */
  #asked: PromiseWithResolvers<void> | undefined;
  #isEnded = false;

  constructor(options: WholeFileOptions, deps: WholeFileDeps) {
    this.path = options.path;
    this.#options = options;
    this.#deps = deps;
  }

  get lagBytes(): number {
    const input = this.#input;
    return input?.sizeBytes === undefined ? 0 : Math.max(0, input.sizeBytes - input.readBytes());
  }

  useTable(table: Table): void {
    this.#stream?.judge.useTable(table);
  }

  /** Ends `run` after the slice at hand. */
  stop(): void {
    this.#isStopped = true;
    this.#deps.outbox.wake();
  }

  /** Has what was judged so far sent before anything else is judged; resolves once it is. */
  report(): Promise<void> {
    if (this.#isEnded) return Promise.resolve();
    this.#asked ??= Promise.withResolvers<void>();
    return this.#asked.promise;
  }

  /** Judges everything. Resolves with false when it was stopped, else with what went wrong in which member. */
  async run(): Promise<false | readonly ComityError[]> {
    try {
      return await this.#judgeAll();
    } finally {
      this.#isEnded = true;
      this.#answer();
    }
  }

  #answer(): void {
    this.#asked?.resolve();
    this.#asked = undefined;
  }

  async #judgeAll(): Promise<false | readonly ComityError[]> {
    const errors: ComityError[] = [];
    for await (const input of openInput(this.path)) {
      this.#input = input;
      const name = input.name.startsWith(this.path)
        ? this.#options.label + input.name.slice(this.path.length)
        : input.name;
      try {
        await this.#judgeInput(name, input);
      } catch (error) {
        if (!(error instanceof ComityError)) throw error;
        errors.push(error);
      }
      if (this.#isStopped) return false;
      // Of a damaged file everything up to the damage is judged and kept.
      const stream = this.#begin(name, new Uint8Array(0));
      if (!stream.state.done) {
        stream.judge.end();
        await this.#send(stream, true);
      }
      this.#stream = undefined;
    }
    return errors;
  }

  #begin(name: string, head: Uint8Array): OpenStream {
    if (this.#stream === undefined) {
      const state = this.#deps.streamOf(name, head);
      this.#stream = {
        state,
        judge: new RecordJudge(
          { ...state, file: name, format: this.#options.format },
          this.#deps,
          this.#deps.outbox.notes,
        ),
        prints: new PrintTaker(new Uint8Array(0), { headBytes: 0, headPrint: '', tailAt: 0, tailPrint: '' }),
      };
    }
    return this.#stream;
  }

  async #judgeInput(name: string, input: OpenedInput): Promise<void> {
    let position = 0;
    for await (const chunk of input.chunks) {
      const stream = this.#begin(name, chunk);
      if (stream.state.done) return;
      for (let at = 0; at < chunk.length; at += sliceBytes) {
        const piece = chunk.subarray(at, at + sliceBytes);
        const known = Math.max(0, Math.min(piece.length, stream.state.offset - position));
        if (known < piece.length) stream.judge.push(piece.subarray(known));
        stream.prints.take(piece, position, Math.max(position, stream.judge.offset));
        position += piece.length;
        // The thread is shared: messages and other sources have their turn after each piece.
        await setImmediate();
        const isDue =
          this.#asked !== undefined ||
          stream.judge.draftCount >= draftsMax ||
          stream.judge.offset - stream.state.offset >= quietBytesMax;
        if (isDue && !this.#isStopped) await this.#send(stream, false);
        this.#answer();
        if (this.#isStopped) return;
      }
    }
  }

  async #send(stream: OpenStream, done: boolean): Promise<void> {
    await this.#deps.outbox.room();
    if (this.#isStopped) return;
    const { judge, prints, state } = stream;
    const { matches, records } = judge.take();
    const bytes = judge.offset - state.offset;
    const before = state.resume === '' ? { ...state, resume: judge.resumeFrom(state.lines) } : state;
    stream.state = {
      ...state,
      ...prints.prints,
      resume: judge.resume,
      offset: judge.offset,
      lines: judge.lines,
      done,
    };
    this.#deps.outbox.send({ stream: String(state.number), state: stream.state, before, matches, bytes, records });
  }
}

/** gzip, Zstandard or zip, by the first four bytes: what is read whole and not followed. */
export function isCompressed(head: Uint8Array): boolean {
  const [a, b, c, d] = head;
  return (
    (a === 0x1f && b === 0x8b) ||
    (a === 0x28 && b === 0xb5 && c === 0x2f && d === 0xfd) ||
    (a === 0x50 && b === 0x4b && c === 0x03 && d === 0x04)
  );
}
