import { ComityError } from '@comity/protocol/base';

/** Characters of an answer beyond which nothing more goes into it: what is asked for in pieces is had in pieces. */
const answerCharsMax = 64 * 1024 * 1024;

/** Counts what goes into an answer. */
export class AnswerRoom {
  #chars = 0;

  /** @throws {ComityError} `CONFLICT`. */
  take(text: string): string {
    this.#chars += text.length;
    if (this.#chars <= answerCharsMax) return text;
    throw new ComityError(
      'CONFLICT',
      `Cannot answer: more than ${answerCharsMax} characters; ask with a limit, or narrow the collection`,
    );
  }
}
