import { composeUrls } from './composed-urls.ts';
import type { FieldList } from './field-list.ts';
import { formatTitles } from './format.ts';
import type { Format } from './format.ts';
import { shareOf } from './sample.ts';
import { addPort, createTextReader, findByte, findText, hasText, isDigit, skipSpaces } from './text-reader.ts';

const columns = ['vhost', 'vhost_port', 'client', 'user', 'request', 'referer', 'user_agent'] as const;
const key = Object.fromEntries(columns.map((name, index) => [name, index])) as Record<(typeof columns)[number], number>;

/**
 * Access logs of Apache httpd, nginx and their like.
 *
 * Common: `client ident user [time] "request" status bytes`; combined adds `"referer" "user_agent"`; `vhost_combined` puts
 * `vhost:port` in front. `\"` in a quoted part is part of it; a
 * quote that never closes runs to the end of the line. The URL of a request is put together from vhost and request.
 *
 * Reference: Apache HTTP Server 2.4, mod_log_config, "Examples".
 */
export const access: Format = {
  name: 'access',
  title: formatTitles.access,
  detect: (sample) =>
    0.9 *
    shareOf(sample, (line) => /^\S+ \S+ .{0,200}\[\d{1,2}\/[A-Z][a-z]{2}\/\d{4}:[\d:]{8} [+-]\d{4}\] "/.test(line)),
  framing: () => 'lines',
  createReader: () =>
    createTextReader({
      columns,
      served: [{ name: 'vhost', ports: ['vhost_port'] }],
      read: readAccessLine,
      urls: (textOf, ports) => {
        const [, target = ''] = (textOf('request') ?? '').split(' ', 2);
        const port = ports.portAt('vhost_port', 0);
        return composeUrls('vhost+request', textOf('vhost') ?? '', target, port === undefined ? [] : [port]);
      },
    }),
};

function readAccessLine(line: Uint8Array, start: number, end: number, fields: FieldList): boolean {
  const time = findTime(line, start, end);
  if (time < 0) return false;
  const afterTime = findText(line, '] "', time, end);
  if (afterTime < 0) return false;
  readWho(line, start, time, fields);

  const requestStart = afterTime + 3;
  const requestEnd = quotedEnd(line, requestStart, end);
  fields.add(key.request, requestStart, requestEnd);
  let at = requestEnd + 1;
  for (const name of ['referer', 'user_agent'] as const) {
    const quote = findByte(line, 0x22, at, end);
    if (quote >= end) break;
    const quoteEnd = quotedEnd(line, quote + 1, end);
    fields.add(key[name], quote + 1, quoteEnd);
    at = quoteEnd + 1;
  }
  return true;
}

/** Offset of the bracket of `[17/May/2015:…`. */
function findTime(line: Uint8Array, start: number, end: number): number {
  for (let at = findText(line, ' [', start, end); at >= 0; at = findText(line, ' [', at + 2, end)) {
    if (isDigit(line[at + 2]) && (line[at + 3] === 0x2f || line[at + 4] === 0x2f)) return at + 1;
  }
  return -1;
}

/** `[vhost[:port]] client ident user` in front of the time; a user may hold spaces. */
function readWho(line: Uint8Array, start: number, end: number, fields: FieldList): void {
  const first = skipSpaces(line, start, end);
  const firstEnd = findByte(line, 0x20, first, end);
  const second = skipSpaces(line, firstEnd, end);
  const secondEnd = findByte(line, 0x20, second, end);
  const third = skipSpaces(line, secondEnd, end);
  const thirdEnd = findByte(line, 0x20, third, end);
  const fourth = skipSpaces(line, thirdEnd, end);
  const isVhost = fourth < end - 1 && !hasText(line, '- ', second, end) && hasText(line, '- ', third, end);
  if (isVhost) {
    let colon = firstEnd;
    while (colon > first && isDigit(line[colon - 1])) colon--;
    if (colon > first + 1 && colon < firstEnd && line[colon - 1] === 0x3a) {
      fields.add(key.vhost, first, colon - 1);
      addPort(fields, key.vhost_port, colon, firstEnd);
    } else {
      fields.add(key.vhost, first, firstEnd);
    }
    fields.add(key.client, second, secondEnd);
    fields.add(key.user, fourth, end);
  } else {
    fields.add(key.client, first, firstEnd);
    fields.add(key.user, third, end);
  }
}

function quotedEnd(line: Uint8Array, from: number, end: number): number {
  let at = from;
  while (at < end && line[at] !== 0x22) at += line[at] === 0x5c ? 2 : 1;
  return Math.min(at, end);
}
