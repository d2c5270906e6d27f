import type { Writable } from 'node:stream';
import { finished } from 'node:stream/promises';
import { tooMany } from '../body-reader.ts';

/** Bounds the answers under way: each is from when it begins to be made until it is taken, and holds its memory so long. */
export class AnswerSlots {
  readonly #max: number;
  #used = 0;

  constructor(max: number) {
    this.#max = max;
  }

  /**
   * Makes an answer.
   *
   * @param response - What it will be sent on.
   * @throws {ComityError} `TOO_MANY_REQUESTS` while all slots are taken; whatever `make` throws.
   */
  async hold<Answer>(response: Writable, make: () => Promise<Answer>): Promise<Answer> {
    if (this.#used >= this.#max) throw tooMany();
    this.#used += 1;
    const making = make();
    // Both: whoever hangs up does not end what is being made.
    void Promise.allSettled([making, finished(response)]).then(() => (this.#used -= 1));
    return await making;
  }
}
