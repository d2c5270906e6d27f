import { appendFileSync, copyFileSync, existsSync, mkdirSync, readdirSync, renameSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import type { Random } from '../../packages/testkit/src/index.ts';

/** Generations of a rotated log that are kept. */
const generationsMax = 200;
/** The name that is listed in the middle of a run. */
export const lateName = 'late.example';

/** Writes a log as programs and logrotate do: lines cut anywhere, rotation by rename or by copy and truncation. */
export class LogWriter {
  /** Values that were written in whole lines or will be before `finish` returns. */
  readonly written: string[] = [];
  readonly #folder: string;
  readonly #random: Random;
  readonly #name: string;
  readonly #tag: string;
  #pending = '';

  constructor(folder: string, name: string, tag: string, random: Random) {
    mkdirSync(folder, { recursive: true });
    this.#folder = folder;
    this.#name = name;
    this.#tag = tag;
    this.#random = random;
  }

  /** One thing a program or logrotate does. */
  act(): void {
    const what = this.#random.below(100);
    if (what < 4) this.#rotateByRename();
    else if (what < 6) this.#rotateByCopy();
    else this.#write(1 + this.#random.below(what < 10 ? 400 : 8));
  }

  /** Writes the rest of a line that was cut. */
  finish(): void {
    this.#flush();
  }

  get #path(): string {
    return join(this.#folder, this.#name);
  }

  #write(lines: number): void {
    let text = this.#pending;
    for (let line = 0; line < lines; line++) {
      if (this.#random.below(3) === 0) {
        // Half of them lie below a name that is listed only later: a hunt finds what was written before.
        const listed = this.#random.below(2) === 0 ? 'evil.example' : lateName;
        const value = `${this.#tag}${this.written.length}.${listed}`;
        this.written.push(value);
        text += `query ${this.written.length} ${value} from 192.0.2.1\n`;
      } else {
        text += `query nothing ${this.#random.u32()} fine.example\n`;
      }
    }
    // Now and then the write ends in the middle of a line, as a full buffer does.
    const cut = this.#random.below(4) === 0 ? text.length - this.#random.below(40) : text.length;
    this.#pending = text.slice(cut);
    appendFileSync(this.#path, text.slice(0, cut));
  }

  #flush(): void {
    if (this.#pending === '') return;
    appendFileSync(this.#path, this.#pending);
    this.#pending = '';
  }

  #rotateByRename(): void {
    if (!existsSync(this.#path)) return;
    const old = this.#makeRoom();
    renameSync(this.#path, old);
    // The program has the old file open for a moment longer.
    appendFileSync(old, this.#pending);
    this.#pending = '';
    if (this.#random.below(2) === 0) this.#write(3);
  }

  #rotateByCopy(): void {
    if (!existsSync(this.#path)) return;
    this.#flush();
    copyFileSync(this.#path, this.#makeRoom());
    truncateSync(this.#path, 0);
  }

  /** The name `.1`, all older generations one further. */
  #makeRoom(): string {
    const numbers = readdirSync(this.#folder)
      .filter((name) => name.startsWith(`${this.#name}.`))
      .map((name) => Number(name.slice(this.#name.length + 1)))
      .toSorted((a, b) => b - a);
    for (const number of numbers) {
      if (number < generationsMax) renameSync(`${this.#path}.${number}`, `${this.#path}.${number + 1}`);
    }
    return `${this.#path}.1`;
  }
}
