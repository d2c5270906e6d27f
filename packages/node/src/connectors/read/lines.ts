import { ComityError, limits } from '@comity/protocol/base';

export interface Line {
  /** Without its line break. Undefined when the line is longer than {@link limits.listLineBytesMax}. */
  readonly text: string | undefined;
  /** From 1. */
  readonly number: number;
}

/** Text of chunks in any state: UTF-8, or UTF-16 when a byte-order mark says so; what is neither becomes U+FFFD. */
export async function* textChunks(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  let decoder: InstanceType<typeof TextDecoder> | undefined;
  for await (const chunk of chunks) {
    decoder ??= new TextDecoder(encodingOf(chunk));
    const text = decoder.decode(chunk, { stream: true });
    if (text !== '') yield text;
  }
  const rest = decoder?.decode() ?? '';
  if (rest !== '') yield rest;
}

function encodingOf(head: Uint8Array): string {
  if (head[0] === 0xff && head[1] === 0xfe) return 'utf-16le';
  if (head[0] === 0xfe && head[1] === 0xff) return 'utf-16be';
  return 'utf-8';
}

/**
 * The text up to a fault of what it is read from, without the line the fault cut: half a name is another name. `onFault` is
 * told of it, once everything before was taken.
 */
export async function* soundText(
  texts: AsyncIterable<string>,
  onFault: (error: ComityError) => void,
): AsyncGenerator<string> {
  let held = '';
  try {
    for await (const text of texts) {
      const end = Math.max(text.lastIndexOf('\n'), text.lastIndexOf('\r')) + 1;
      if (end > 0 || held.length > limits.listLineBytesMax) {
        yield held + text.slice(0, end);
        held = text.slice(end);
      } else held += text;
    }
    if (held !== '') yield held;
  } catch (error) {
    if (!(error instanceof ComityError)) throw error;
    if (error.details['dataIsWhole'] === true && held !== '') yield held;
    onFault(error);
  }
}

/** The same text with LF for every line end: CR LF, and CR alone, as old Macs and some exports write. */
export async function* withLineFeeds(texts: AsyncIterable<string>): AsyncGenerator<string> {
  let endsInCr = false;
  for await (const text of texts) {
    // The other half of a CR LF that was cut by the chunks.
    const rest = endsInCr && text.startsWith('\n') ? text.slice(1) : text;
    if (text !== '') endsInCr = text.endsWith('\r');
    if (rest !== '') yield inLineFeeds(rest);
  }
}

/** {@link withLineFeeds} of one whole text. */
export function inLineFeeds(text: string): string {
  return text.includes('\r') ? text.replace(/\r\n?/g, '\n') : text;
}

/**
 * Lines of a text, ended by LF or CR LF. Memory is bounded by one line: of a longer one only its number is told.
 */
export async function* linesOf(texts: AsyncIterable<string>): AsyncGenerator<Line> {
  let held = '';
  let tooLong = false;
  let number = 0;
  for await (const text of texts) {
    let from = 0;
    for (let end = text.indexOf('\n', from); end >= 0; end = text.indexOf('\n', from)) {
      number += 1;
      const whole = tooLong ? undefined : held + text.slice(from, end);
      yield { text: fitting(whole), number };
      held = '';
      tooLong = false;
      from = end + 1;
    }
    if (!tooLong) held += text.slice(from);
    if (held.length > limits.listLineBytesMax) {
      held = '';
      tooLong = true;
    }
  }
  if (held !== '' || tooLong) yield { text: tooLong ? undefined : fitting(held), number: number + 1 };
}

function fitting(text: string | undefined): string | undefined {
  if (text === undefined || text.length > limits.listLineBytesMax) return undefined;
  return text.endsWith('\r') ? text.slice(0, -1) : text;
}

/** The error of a line that was too long to look at. */
export function lineTooLong(number: number): ComityError {
  return new ComityError(
    'INPUT_TOO_LARGE',
    `Cannot read line ${number}: it is longer than ${limits.listLineBytesMax} characters`,
  );
}

/**
 * The whole text.
 *
 * @throws {ComityError} `INPUT_TOO_LARGE` beyond {@link limits.jsonDocumentBytesMax}.
 */
export async function wholeText(texts: AsyncIterable<string>, name: string): Promise<string> {
  const parts: string[] = [];
  let chars = 0;
  for await (const text of texts) {
    chars += text.length;
    if (chars > limits.jsonDocumentBytesMax) {
      throw new ComityError(
        'INPUT_TOO_LARGE',
        `Cannot read ${name}: a document that is read whole may have ${limits.jsonDocumentBytesMax} characters`,
      );
    }
    parts.push(text);
  }
  return parts.join('');
}
