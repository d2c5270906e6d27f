import { limits } from '@comity/protocol/base';
import { fieldForms, utf8 } from './field-list.ts';
import type { FieldList } from './field-list.ts';

/** A name is shown and compared up to here: thousands below one endless key must not each carry all of it. */
const pathCharsMax = 1024;

/**
 * The keys and values of one JSON text as positions, without making an object or a string.
 *
 * Values are strings (escapes decoded into scratch) and scalars; keys are no values. Elements of an array have the
 * array's key. Reading is lenient where logs are: an unquoted token that is no number counts as a string (Zeek test logs
 * mask numbers as `XXXX`), several objects may follow each other, and control characters may stand in strings. Anything
 * else malformed, outside any object or array, or deeper than `limits.jsonDepthMax` makes `read` return false.
 */
export class JsonRecord {
  private keyStarts = new Uint32Array(64);
  private keyEnds = new Uint32Array(64);
  /** Key of the object the key stands in; -1 at the top. */
  private keyParents = new Int32Array(64);
  private keyObjects = new Uint32Array(64);
  private keyCount = 0;
  /** Paths made so far, by key: thousands of values in one deep object must not each cost its depth. */
  private paths: (string | undefined)[] = [];

  // One entry for each open container.
  private readonly isObject = new Uint8Array(limits.jsonDepthMax + 1);
  private readonly containerKey = new Int32Array(limits.jsonDepthMax + 1);
  private readonly objectNumber = new Uint32Array(limits.jsonDepthMax + 1);

  /** @returns whether `[start, end)` is JSON; `fields` is complete only then. Linear in its length. */
  read(line: Uint8Array, start: number, end: number, fields: FieldList): boolean {
    fields.reset(line);
    this.keyCount = 0;
    if (this.paths.length > 0) this.paths = [];
    let depth = 0;
    let key = -1;
    let objects = 0;
    let at = start;
    while (at < end) {
      const byte = line[at]!;
      switch (byte) {
        case 0x20:
        case 0x09:
        case 0x0a:
        case 0x0d:
        case 0x2c: // , separates; that it stands where it should is not our concern
          at++;
          break;
        case 0x7b: // {
        case 0x5b: // [
          if (depth === limits.jsonDepthMax) return false;
          depth++;
          this.isObject[depth] = byte === 0x7b ? 1 : 0;
          this.containerKey[depth] = key;
          if (byte === 0x7b) this.objectNumber[depth] = ++objects;
          else this.objectNumber[depth] = this.objectNumber[depth - 1]!;
          at++;
          break;
        case 0x7d: // }
        case 0x5d: // ]
          if (depth === 0 || this.isObject[depth] !== (byte === 0x7d ? 1 : 0)) return false;
          key = this.containerKey[depth]!;
          depth--;
          // Back in an array, the next element has the array's key again, which is the key just restored.
          at++;
          break;
        default: {
          const isString = byte === 0x22;
          const valueStart = isString ? at + 1 : at;
          let escaped = false;
          let valueEnd = valueStart;
          if (isString) {
            while (valueEnd < end && line[valueEnd] !== 0x22) {
              if (line[valueEnd] === 0x5c) {
                escaped = true;
                valueEnd++;
              }
              valueEnd++;
            }
            if (valueEnd >= end) return false;
            at = valueEnd + 1;
          } else {
            while (valueEnd < end && !endsScalar(line[valueEnd]!)) valueEnd++;
            if (valueEnd === valueStart) return false;
            at = valueEnd;
          }
          let next = at;
          while (next < end && isSpace(line[next]!)) next++;
          if (next < end && line[next] === 0x3a) {
            if (!isString || depth === 0 || this.isObject[depth] !== 1) return false;
            key = this.addKey(valueStart, valueEnd, this.containerKey[depth]!, this.objectNumber[depth]!);
            at = next + 1;
          } else if (depth === 0) {
            return false;
          } else if (!isString) {
            fields.add(
              key,
              valueStart,
              valueEnd,
              isPlainScalar(line, valueStart, valueEnd) ? fieldForms.scalar : fieldForms.inLine,
            );
          } else if (escaped) {
            const scratchStart = fields.scratchUsed;
            decodeEscapes(line, valueStart, valueEnd, fields);
            fields.add(key, scratchStart, fields.scratchUsed, fieldForms.inScratch);
          } else {
            fields.add(key, valueStart, valueEnd);
          }
        }
      }
    }
    return depth === 0;
  }

  /** Dotted path of a key, cut at {@link pathCharsMax}; undefined for a value outside any object. */
  pathOf(key: number, line: Uint8Array): string | undefined {
    if (key < 0) return undefined;
    const known = this.paths[key];
    if (known !== undefined) return known;
    const parent = this.pathOf(this.keyParents[key]!, line);
    const name = this.nameOf(key, line);
    const path = (parent === undefined ? name : `${parent}.${name}`).slice(0, pathCharsMax);
    this.paths[key] = path;
    return path;
  }

  /** The key itself, cut at {@link pathCharsMax} bytes. */
  nameOf(key: number, line: Uint8Array): string {
    const start = this.keyStarts[key]!;
    const text = utf8(line, start, Math.min(this.keyEnds[key]!, start + pathCharsMax));
    if (!text.includes('\\')) return text;
    try {
      return String(JSON.parse(`"${text}"`));
    } catch {
      return text; // An escape that JSON does not know: the key is shown as it is written.
    }
  }

  /** Number of the object the key stands in. */
  objectOf(key: number): number {
    return key < 0 ? 0 : this.keyObjects[key]!;
  }

  private addKey(start: number, end: number, parent: number, object: number): number {
    if (this.keyCount === this.keyStarts.length) this.growKeys();
    const at = this.keyCount++;
    this.keyStarts[at] = start;
    this.keyEnds[at] = end;
    this.keyParents[at] = parent;
    this.keyObjects[at] = object;
    return at;
  }

  private growKeys(): void {
    const size = this.keyStarts.length * 2;
    const starts = new Uint32Array(size);
    const ends = new Uint32Array(size);
    const parents = new Int32Array(size);
    const objects = new Uint32Array(size);
    starts.set(this.keyStarts);
    ends.set(this.keyEnds);
    parents.set(this.keyParents);
    objects.set(this.keyObjects);
    this.keyStarts = starts;
    this.keyEnds = ends;
    this.keyParents = parents;
    this.keyObjects = objects;
  }
}

function isSpace(byte: number): boolean {
  return byte === 0x20 || byte === 0x09 || byte === 0x0a || byte === 0x0d;
}

function endsScalar(byte: number): boolean {
  return (
    isSpace(byte) ||
    byte === 0x2c ||
    byte === 0x7d ||
    byte === 0x5d ||
    byte === 0x3a ||
    byte === 0x22 ||
    byte === 0x7b ||
    byte === 0x5b
  );
}

/** Whether an unquoted token is a number, true, false or null. Others (an address without quotes) are looked at. */
function isPlainScalar(line: Uint8Array, start: number, end: number): boolean {
  const first = line[start]!;
  if (first === 0x74 || first === 0x66 || first === 0x6e) return end - start <= 5;
  let dots = 0;
  for (let at = start; at < end; at++) {
    const byte = line[at]!;
    if (byte === 0x2e) dots++;
    else if ((byte < 0x30 || byte > 0x39) && byte !== 0x2d && byte !== 0x2b && (byte | 0x20) !== 0x65) return false;
  }
  return dots <= 1;
}

/** Appends a string body to the scratch with its escapes decoded (RFC 8259 §7); an unknown escape stays as written. */
function decodeEscapes(line: Uint8Array, start: number, end: number, fields: FieldList): void {
  fields.reserveScratch(end - start + 4);
  const out = fields.scratch;
  let used = fields.scratchUsed;
  let at = start;
  while (at < end) {
    const byte = line[at++]!;
    if (byte !== 0x5c || at >= end) {
      out[used++] = byte;
      continue;
    }
    const escape = line[at++]!;
    if (escape === 0x75) {
      let code = hex4(line, at, end);
      if (code < 0) {
        out[used++] = 0x5c;
        out[used++] = escape;
        continue;
      }
      at += 4;
      if (code >= 0xd800 && code < 0xdc00 && line[at] === 0x5c && line[at + 1] === 0x75) {
        const low = hex4(line, at + 2, end);
        if (low >= 0xdc00 && low < 0xe000) {
          code = 0x1_0000 + ((code - 0xd800) << 10) + (low - 0xdc00);
          at += 6;
        }
      }
      used = putUtf8(out, used, code);
      continue;
    }
    const plain = plainEscapes[escape] ?? 0;
    if (plain === 0) out[used++] = 0x5c;
    out[used++] = plain === 0 ? escape : plain;
  }
  fields.scratchUsed = used;
}

const plainEscapes = new Uint8Array(256);
for (const pair of ['""', '\\\\', '//', 'b\b', 'f\f', 'n\n', 'r\r', 't\t'])
  plainEscapes[pair.charCodeAt(0)] = pair.charCodeAt(1);

function hex4(line: Uint8Array, at: number, end: number): number {
  if (at + 4 > end) return -1;
  let code = 0;
  for (let index = at; index < at + 4; index++) {
    const digit = hexDigit(line[index]!);
    if (digit < 0) return -1;
    code = code * 16 + digit;
  }
  return code;
}

/** Value of a hexadecimal digit, or -1. */
export function hexDigit(byte: number): number {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
  const lower = byte | 0x20;
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : -1;
}

/** UTF-8 of a code point; a lone surrogate becomes U+FFFD. Never longer than the six bytes of its escape. */
function putUtf8(out: Uint8Array, used: number, codePoint: number): number {
  const code = codePoint >= 0xd800 && codePoint < 0xe000 ? 0xfffd : codePoint;
  if (code < 0x80) {
    out[used++] = code;
  } else if (code < 0x800) {
    out[used++] = 0xc0 | (code >> 6);
    out[used++] = 0x80 | (code & 63);
  } else if (code < 0x1_0000) {
    out[used++] = 0xe0 | (code >> 12);
    out[used++] = 0x80 | ((code >> 6) & 63);
    out[used++] = 0x80 | (code & 63);
  } else {
    out[used++] = 0xf0 | (code >> 18);
    out[used++] = 0x80 | ((code >> 12) & 63);
    out[used++] = 0x80 | ((code >> 6) & 63);
    out[used++] = 0x80 | (code & 63);
  }
  return used;
}
