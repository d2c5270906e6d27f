import { ComityError } from '../base/index.ts';

/** One event of a `text/event-stream`. `id` is the last id seen so far, as the standard has it. */
export interface StreamEvent {
  readonly event: string;
  readonly data: string;
  readonly id: string;
}

/** Characters of one event; a longer one is an error, not a memory leak. */
const eventCharsMax = 1024 * 1024;

/**
 * Reads server-sent events from a byte stream, whatever the chunks are.
 *
 * Spec: WHATWG HTML, "Server-sent events", 9.2.6 Interpreting an event stream; `retry:` is ignored.
 *
 * @throws {ComityError} `INPUT_TOO_LARGE` for an event beyond 1 Mi characters; errors of the stream pass through.
 */
export async function* readEventStream(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<StreamEvent> {
  const decoder = new TextDecoder('utf-8');
  let pending = '';
  let id = '';
  let event = '';
  let data: string[] = [];
  let chars = 0;
  for await (const chunk of bytes) {
    pending += decoder.decode(chunk, { stream: true });
    const lines = pending.split(/\r\n|\n|\r(?!$)/);
    pending = lines.pop()!;
    for (const line of lines) {
      if (line === '') {
        if (data.length > 0) yield { event: event || 'message', data: data.join('\n'), id };
        [event, data, chars] = ['', [], 0];
        continue;
      }
      chars += line.length;
      const colon = line.indexOf(':');
      if (colon === 0) continue;
      const field = colon < 0 ? line : line.slice(0, colon);
      const value = colon < 0 ? '' : line.slice(line[colon + 1] === ' ' ? colon + 2 : colon + 1);
      if (field === 'data') data.push(value);
      else if (field === 'event') event = value;
      else if (field === 'id' && !value.includes('\0')) id = value;
    }
    if (chars + pending.length > eventCharsMax) {
      throw new ComityError('INPUT_TOO_LARGE', `Cannot read an event of more than ${eventCharsMax} characters`);
    }
  }
}
