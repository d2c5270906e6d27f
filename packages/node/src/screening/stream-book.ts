import type { BigIntStats } from 'node:fs';
import { newStream } from './followed-file.ts';
import type { SourceSpec, StreamState } from './worker-messages.ts';

/**
 * Finished streams that are remembered, the newest of them: more than the files a folder may hold, since a compressed
 * one is known to be read by its stream alone when the source begins.
 */
const endedMax = 50_000;

/** What a source knows of its streams, those of earlier runs included. */
export class StreamBook {
  readonly #streams = new Map<number, StreamState>();
  readonly #byIdentity = new Map<string, number>();
  /** Numbers of finished streams, the longest finished first. */
  readonly #ended = new Set<number>();
  #next: number;

  constructor(spec: SourceSpec) {
    this.#next = spec.nextStream;
    for (const state of spec.streams) this.remember(state);
  }

  remember(state: StreamState): void {
    this.#streams.set(state.number, state);
    if (state.inode !== '') this.#byIdentity.set(identityOf(state), state.number);
    if (!state.done) this.#ended.delete(state.number);
    else this.#ended.add(state.number);
    if (this.#ended.size > endedMax) for (const oldest of this.#ended) return this.#forget(oldest);
  }

  #forget(number: number): void {
    const state = this.#streams.get(number);
    if (state !== undefined && this.#byIdentity.get(identityOf(state)) === number) {
      this.#byIdentity.delete(identityOf(state));
    }
    this.#streams.delete(number);
    this.#ended.delete(number);
  }

  /** A new stream of a file nothing was read of. */
  begin(path: string, stats: BigIntStats | undefined): StreamState {
    const state = newStream(this.#next++, path, stats);
    this.remember(state);
    return state;
  }

  /** The newest stream of a file, by device and inode alone. */
  findByIdentity(key: string): StreamState | undefined {
    const number = this.#byIdentity.get(key);
    return number === undefined ? undefined : this.#streams.get(number);
  }

  /** Oldest first. */
  all(): StreamState[] {
    return [...this.#streams.values()];
  }
}

/** Device and inode of a file as one key. */
export function keyOf(stats: BigIntStats): string {
  return `${stats.dev}:${stats.ino}`;
}

export function identityOf(state: StreamState): string {
  return `${state.device}:${state.inode}`;
}
