import { ComityError, limits } from '@comity/protocol/base';

/**
 * What is nested without end can be parsed, and not written again. Looks at each character once.
 *
 * @param text - JSON or not, untrusted.
 * @throws {ComityError} `INPUT_TOO_DEEP`.
 */
export function assertDepth(text: string): void {
  let depth = 0;
  let isInside = false;
  for (let index = 0; index < text.length; index += 1) {
    const mark = text[index];
    if (isInside && mark === '\\') index += 1;
    else if (mark === '"') isInside = !isInside;
    else if (!isInside && (mark === '[' || mark === '{')) depth += 1;
    else if (!isInside && (mark === ']' || mark === '}')) depth -= 1;
    if (depth > limits.jsonDepthMax)
      throw new ComityError('INPUT_TOO_DEEP', `Cannot read the body: nested deeper than ${limits.jsonDepthMax}`);
  }
}
