import type { BigIntStats } from 'node:fs';
import { newStream } from './followed-file.ts';
import type { SourceSpec, StreamState } from './worker-messages.ts';

/** What a source knows of its streams, those of earlier runs included. */
export class StreamBook {
  readonly #streams = new Map<number, StreamState>();
  readonly #byIdentity = new Map<string, number>();
  #next: number;

  constructor(spec: SourceSpec) {
    this.#next = spec.nextStream;
    for (const state of spec.streams) this.remember(state);
  }

  remember(state: StreamState): void {
    this.#streams.set(state.number, state);
    if (state.inode !== '') this.#byIdentity.set(identityOf(state), state.number);
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
