import type { FileFacts } from './file-facts.ts';
import type { FileOutcome } from './outcome.ts';

type Digested = FileOutcome & { kind: 'digested' };

interface LinkedFile {
  /** Names that were not met yet. */
  left: number;
  readonly waiting: Uint8Array[];
  outcome?: Digested;
}

/** Files with several names: the first that is met is read, the others get its outcome. Holds each until its last name is met. */
export class LinkedFiles {
  readonly #files = new Map<string, LinkedFile>();

  /**
   * @param names - hard links the file has, 2 or more.
   * @returns `first`: to be read; `later`: {@link settle} gives the path back; or what the first one gave.
   */
  meet(path: Uint8Array, facts: FileFacts, names: number): 'first' | 'later' | Digested {
    const key = keyOf(facts);
    const file = this.#files.get(key);
    if (file === undefined) {
      this.#files.set(key, { left: names - 1, waiting: [] });
      return 'first';
    }
    file.left--;
    if (file.outcome === undefined) {
      file.waiting.push(path);
      return 'later';
    }
    if (file.left <= 0) this.#files.delete(key);
    return file.outcome;
  }

  /** Takes what the first name gave, and gives the paths that waited for it. */
  settle(facts: FileFacts, outcome: FileOutcome): readonly Uint8Array[] {
    const key = keyOf(facts);
    const file = this.#files.get(key);
    if (file === undefined) return [];
    if (outcome.kind !== 'digested' || file.left <= 0) this.#files.delete(key);
    else file.outcome = outcome;
    return file.waiting.splice(0);
  }
}

function keyOf({ dev, ino }: FileFacts): string {
  return `${dev}:${ino}`;
}
