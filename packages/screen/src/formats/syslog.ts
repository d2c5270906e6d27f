import type { FieldList } from './field-list.ts';
import { formatTitles } from './format.ts';
import type { Format } from './format.ts';
import { shareOf } from './sample.ts';
import { createTextReader, findByte, isDigit, skipSpaces } from './text-reader.ts';

const [hostname, tag, message] = [0, 1, 2] as const;
const classic = /^(?:<\d{1,3}>)?[A-Z][a-z]{2} [ \d]\d (?:\d{4} )?\d\d:\d\d:\d\d(?:\.\d+)? \S+ /;
const iso = /^(?:<\d{1,3}>)?\d{4}-\d\d-\d\dT[\d:.,]+(?:Z|[+-]\d\d:?\d\d) \S+ [^\s:]{1,64}: /;
const modern = /^<\d{1,3}>1 (?:-|\d{4}-\d\d-\d\dT\S+) \S+ \S+ \S+ \S+ /;

/**
 * Lines of syslog: RFC 3164 (`<34>Oct 11 22:14:15 host tag[pid]: message`, also without priority, as files have it), the
 * same with an RFC 3339 time, and RFC 5424 (`<34>1 time host app procid msgid [data] message`).
 *
 * Fields: `hostname`, `tag`, `message`; the message is looked at as a whole, with the structured data of RFC 5424.
 */
export const syslog: Format = {
  name: 'syslog',
  title: formatTitles.syslog,
  detect: (sample) => 0.7 * shareOf(sample, (line) => classic.test(line) || modern.test(line) || iso.test(line)),
  framing: () => 'lines',
  createReader: () => createTextReader({ columns: ['hostname', 'tag', 'message'], read: readSyslogLine }),
};

function readSyslogLine(line: Uint8Array, start: number, end: number, fields: FieldList): boolean {
  let at = start;
  if (line[at] === 0x3c) {
    const close = findByte(line, 0x3e, at, Math.min(end, at + 5));
    if (line[close] !== 0x3e || close >= end) return false;
    at = close + 1;
  }
  const isModern = line[at] === 0x31 && line[at + 1] === 0x20;
  at = isModern ? afterWord(line, at + 2, end) : afterTime(line, at, end);
  if (at < 0 || at >= end) return false;

  const hostEnd = findByte(line, 0x20, at, end);
  fields.add(hostname, at, hostEnd);
  at = skipSpaces(line, hostEnd, end);
  if (isModern) {
    const tagEnd = afterWord(line, afterWord(line, afterWord(line, at, end), end), end);
    fields.add(tag, at, tagEnd);
    at = tagEnd;
  } else {
    // A tag is the word that ends in a colon, if it is the next one.
    const wordEnd = findByte(line, 0x20, at, end);
    if (wordEnd > at && line[wordEnd - 1] === 0x3a) {
      fields.add(tag, at, wordEnd);
      at = wordEnd;
    }
  }
  if (at < end) fields.add(message, at, end);
  return true;
}

/** Offset after a time of RFC 3164, with or without year, or of RFC 3339; -1 when there is none. */
function afterTime(line: Uint8Array, start: number, end: number): number {
  if (isDigit(line[start]))
    return isDigit(line[start + 3]) && line[start + 4] === 0x2d ? afterWord(line, start, end) : -1;
  let at = afterWord(line, afterWord(line, start, end), end);
  if (isDigit(line[at]) && isDigit(line[at + 3]) && line[at + 4] === 0x20) at = afterWord(line, at, end);
  return line[at + 2] === 0x3a && line[at + 5] === 0x3a ? afterWord(line, at, end) : -1;
}

function afterWord(line: Uint8Array, from: number, end: number): number {
  return skipSpaces(line, findByte(line, 0x20, from, end), end);
}
