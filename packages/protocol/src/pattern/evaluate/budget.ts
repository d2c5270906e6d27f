import { ComityError } from '../../base/index.ts';

/** Steps a search may take, so that a pattern with many ways to be answered ends with an error and not never. */
export class Budget {
  readonly #steps: number;
  #left: number;

  constructor(steps: number) {
    this.#steps = steps;
    this.#left = steps;
  }

  /** @throws {ComityError} `PATTERN_TOO_COMPLEX` when the steps are used up: whether the pattern matches is not known. */
  spend(steps: number): void {
    this.#left -= steps;
    if (this.#left < 0) {
      throw new ComityError(
        'PATTERN_TOO_COMPLEX',
        `Cannot evaluate pattern: gave up after ${this.#steps} steps, neither matched nor not`,
      );
    }
  }
}
