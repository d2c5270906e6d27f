import type { Table } from '@comity/screen';
import { RecordJudge } from './record-judge.ts';
import type { RunnerDeps } from './runner.ts';
import type { StreamState } from './worker-messages.ts';

/** Lines are judged together once they are this many bytes … */
const batchBytes = 16 * 1024;
/** … or have waited this long. */
const batchMs = 5;
/** Bytes that may wait for a full queue before peers are held up or datagrams dropped. */
const waitingBytesMax = 1024 * 1024;
const quietMsMax = 1000;

/** The lines of all peers of one socket between two starts: one stream, in the order they came. */
export class SocketRecords {
  readonly #deps: RunnerDeps;
  readonly #judge: RecordJudge;
  #state: StreamState;
  #waiting: { readonly peer: string; readonly line: Uint8Array }[] = [];
  #waitingBytes = 0;
  #timer: NodeJS.Timeout | undefined;
  #sentAtMs: number;
  /** Lines lost since the last report. */
  dropped = 0;

  constructor(state: StreamState, format: string, deps: RunnerDeps) {
    this.#state = state;
    this.#deps = deps;
    this.#judge = new RecordJudge({ ...state, file: state.path, format }, deps, deps.outbox.notes);
    this.#sentAtMs = deps.now();
  }

  get isFull(): boolean {
    return this.#waitingBytes >= waitingBytesMax || (this.#waitingBytes > 0 && this.#deps.outbox.isFull);
  }

  get waitingBytes(): number {
    return this.#waitingBytes;
  }

  useTable(table: Table): void {
    this.#judge.useTable(table);
  }

  /** Takes one line with its line end; the caller has looked at `isFull`. */
  add(peer: string, line: Uint8Array): void {
    this.#waiting.push({ peer, line });
    this.#waitingBytes += line.length;
    if (this.#waitingBytes >= batchBytes) this.flush();
    else this.#timer ??= setTimeout(() => this.flush(), batchMs);
  }

  /** Judges what waits, a batch at a time while there is room for what it may find, and reports what is due. */
  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    while (this.#waiting.length > 0 && !this.#deps.outbox.isFull) {
      this.#judgeBatch();
      if (this.#judge.draftCount > 0) this.report(false);
    }
    const isDue = this.#deps.now() - this.#sentAtMs >= quietMsMax;
    const hasNews = this.#judge.offset > this.#state.offset || this.dropped > 0;
    if (isDue && hasNews && !this.#deps.outbox.isFull) this.report(false);
  }

  #judgeBatch(): void {
    let bytes = 0;
    let end = 0;
    while (end < this.#waiting.length && bytes < batchBytes) bytes += this.#waiting[end++]!.line.length;
    const batch = this.#waiting.splice(0, end);
    this.#waitingBytes -= bytes;
    for (let at = 0; at < batch.length;) {
      const { peer } = batch[at]!;
      let next = at + 1;
      while (next < batch.length && batch[next]!.peer === peer) next++;
      this.#judge.file = peer;
      this.#judge.push(Buffer.concat(batch.slice(at, next).map(({ line }) => line)));
      at = next;
    }
  }

  /** Reports what was judged. `done`: the socket is closed. */
  report(done: boolean): void {
    if (done) {
      clearTimeout(this.#timer);
      this.#judge.end();
    }
    const { matches, records } = this.#judge.take();
    const bytes = this.#judge.offset - this.#state.offset;
    const { offset, lines, resume } = this.#judge;
    this.#state = { ...this.#state, offset, lines, resume, done };
    this.#sentAtMs = this.#deps.now();
    const dropped = this.dropped;
    this.dropped = 0;
    this.#deps.outbox.send({
      stream: String(this.#state.number),
      state: this.#state,
      matches,
      bytes,
      records,
      dropped,
    });
  }
}
