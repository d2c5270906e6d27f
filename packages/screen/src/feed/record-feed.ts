import { isJsonObject, limits } from '@comity/protocol/base';
import type { JsonObject, JsonValue } from '@comity/protocol/base';
import { utf8 } from '../formats/field-list.ts';
import { FieldList, getFormat } from '../formats/index.ts';
import type { FormatName, Framing, RecordReader } from '../formats/index.ts';
import { recordOf } from '../observe/index.ts';
import { LineFramer } from '../record/line-framer.ts';
import { ObjectFramer } from '../record/object-framer.ts';
import { PendingBytes } from '../record/pending-bytes.ts';
import { takeHeaders } from '../record/running.ts';
import type { ResumeState } from '../record/running.ts';

/** A record as its format has it, for rules and patterns. Untrusted. */
export interface FedRecord {
  readonly format: FormatName;
  /** Line of its first byte, from 1. */
  readonly line: number;
  /** Of its first byte, counted from the first byte pushed. */
  readonly offset: number;
  /** Its bytes; they change once `take` has returned. */
  readonly bytes: Uint8Array;
  /** A parsed JSON object; of a text format its fields by name, all of them text. */
  readonly record: JsonObject;
  /** The whole text of a record of a text format. */
  readonly text?: string;
}

/** Cuts an input into records and hands over each with its fields: what a second look at records begins with. */
export interface RecordFeed {
  /** Takes the next bytes, cut anywhere, once the screen of the same input has had them. The chunk is not kept. */
  push(chunk: Uint8Array): void;
  /** The input is over. */
  end(): void;
  /** Records handed over. */
  readonly records: number;
  /** Records that were not: longer than `limits.recordBytesMax`, or not of the form of their format. */
  readonly unread: number;
}

const jsonFormats: ReadonlySet<FormatName> = new Set(['zeek-json', 'eve', 'ecs', 'windows', 'ndjson']);

/**
 * @param decided - what the screen of the same input decided; undefined until it has. Bytes wait for that.
 * @param take - called during `push` and `end`, in the order of the input.
 * @param resume - state of a screen of the input: the first byte pushed is the one that screen would be given next.
 */
export function createRecordFeed(
  decided: () => { readonly format: FormatName; readonly framing: Framing } | undefined,
  take: (record: FedRecord) => void,
  resume?: ResumeState,
): RecordFeed {
  const waiting = new PendingBytes();
  let running = resume === undefined ? undefined : new Running(resume, take);
  return {
    push(chunk) {
      if (running !== undefined) {
        const now = decided();
        // Lines that were taken for anything may turn out to be of a format.
        if (now !== undefined && now.framing === 'lines') running.readAs(now.format);
        running.push(chunk);
        return;
      }
      waiting.append(chunk, 0, chunk.length);
      const how = decided();
      if (how === undefined) return;
      running = new Running({ ...how, header: '', lines: 0 }, take);
      running.push(waiting.take());
    },
    end() {
      const how = decided();
      if (running === undefined && how !== undefined) {
        running = new Running({ ...how, header: '', lines: 0 }, take);
        running.push(waiting.take());
      }
      running?.end();
    },
    get records() {
      return running?.records ?? 0;
    },
    get unread() {
      return running?.unread ?? 0;
    },
  };
}

class Running {
  records = 0;
  unread = 0;
  #format: FormatName;
  readonly #take: (record: FedRecord) => void;
  #reader: RecordReader;
  readonly #fields = new FieldList();
  readonly #framer: { push(chunk: Uint8Array): void; end(): void };
  #line: number;

  constructor({ format, framing, header, lines, inside }: ResumeState, take: (record: FedRecord) => void) {
    this.#format = format;
    this.#take = take;
    this.#reader = getFormat(format).createReader();
    takeHeaders(this.#reader, header);
    this.#line = lines;
    this.#framer =
      framing === 'lines'
        ? new LineFramer(
            {
              lines: (bytes, start, end, offset) => this.#lines(bytes, start, end, offset),
              piece: (_bytes, _start, _end, _lineOffset, _offset, isLast) => this.#piece(isLast, true),
            },
            inside ?? 0,
          )
        : new ObjectFramer(
            {
              object: (bytes, start, end, offset, line) => this.#record(bytes, start, end, offset, line),
              piece: (_bytes, _start, _end, _offset, _line, isLast) => this.#piece(isLast, false),
            },
            lines + 1,
          );
  }

  /** Reads the lines from the next one on as of another format. */
  readAs(format: FormatName): void {
    if (format === this.#format) return;
    this.#format = format;
    this.#reader = getFormat(format).createReader();
  }

  push(chunk: Uint8Array): void {
    this.#framer.push(chunk);
  }

  end(): void {
    this.#framer.end();
  }

  /** Records too long come in pieces; the last one counts. */
  #piece(isLast: boolean, isLine: boolean): void {
    if (!isLast) return;
    this.unread++;
    if (isLine) this.#line++;
  }

  #lines(bytes: Uint8Array, start: number, end: number, offset: number): void {
    let at = start;
    while (at < end) {
      const found = bytes.indexOf(0x0a, at);
      const next = found < 0 || found >= end ? end : found + 1;
      let lineEnd = next > at && bytes[next - 1] === 0x0a ? next - 1 : next;
      if (lineEnd > at && bytes[lineEnd - 1] === 0x0d) lineEnd--;
      this.#line++;
      if (lineEnd > at) this.#record(bytes, at, lineEnd, offset + at - start, this.#line);
      at = next;
    }
  }

  #record(bytes: Uint8Array, start: number, end: number, offset: number, line: number): void {
    // A byte-order mark is no part of the first record.
    const isMarked = line === 1 && bytes[start] === 0xef && bytes[start + 1] === 0xbb && bytes[start + 2] === 0xbf;
    const from = isMarked ? start + 3 : start;
    if (from === end || this.#reader.takeHeader(bytes, from, end)) return;
    if (end - from > limits.recordBytesMax) {
      this.unread++;
      return;
    }
    const record = jsonFormats.has(this.#format) ? jsonRecord(bytes, from, end) : this.#fieldsOf(bytes, from, end);
    if (record === undefined) {
      this.unread++;
      return;
    }
    this.records++;
    const text = jsonFormats.has(this.#format) ? undefined : utf8(bytes, from, end);
    const at = { line, offset: offset + from - start, bytes: bytes.subarray(from, end) };
    this.#take({ format: this.#format, ...at, record, ...(text !== undefined && { text }) });
  }

  #fieldsOf(bytes: Uint8Array, start: number, end: number): JsonObject {
    // What has not the form of its format is a text without fields.
    if (!this.#reader.read(bytes, start, end, this.#fields)) return {};
    return recordOf(this.#fields, this.#reader.describe(this.#fields));
  }
}

/** Whether records of a format are JSON objects. */
export function isJsonFormat(format: FormatName): boolean {
  return jsonFormats.has(format);
}

/** The JSON object in `[start, end)`; undefined when that holds none. */
export function jsonRecord(bytes: Uint8Array, start: number, end: number): JsonObject | undefined {
  try {
    const value = JSON.parse(utf8(bytes, start, end)) as JsonValue;
    return isJsonObject(value) ? value : undefined;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return undefined;
  }
}
