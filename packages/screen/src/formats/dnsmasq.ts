import type { FieldList } from './field-list.ts';
import { formatTitles } from './format.ts';
import type { Format } from './format.ts';
import { shareOfText } from './sample.ts';
import { addPort, createTextReader, findByte, findText, hasText, isDigit, skipSpaces } from './text-reader.ts';

/**
 * dnsmasq with `log-queries`, Pi-hole's FTL among its kin:
 * `Nov 23 08:00:00 dnsmasq[123]: query[A] www.example.com from 192.0.2.1`, `reply NAME is VALUE`, `cached NAME is VALUE`,
 * `forwarded NAME to SERVER`; with `log-queries=extra` the serial and `client/port` come first.
 *
 * Fields: `query`, `client`, `answers`, `server`. Other lines (DHCP, start) have no fields.
 *
 * Reference: dnsmasq(8), "--log-queries"; `src/cache.c`, log_query().
 */
export const dnsmasq: Format = {
  name: 'dnsmasq',
  title: formatTitles.dnsmasq,
  detect: (sample) => 0.95 * shareOfText(sample, (line) => /\b(?:dnsmasq|pihole-FTL)(?:-dhcp)?\[\d+\]: /.test(line)),
  framing: () => 'lines',
  createReader: () =>
    createTextReader({
      columns: ['query', 'client', 'client_port', 'answers', 'server'],
      served: [{ name: 'client', ports: ['client_port'] }],
      read: readDnsmasqLine,
    }),
};

const [query, client, clientPort, answers, server] = [0, 1, 2, 3, 4] as const;

function readDnsmasqLine(line: Uint8Array, start: number, end: number, fields: FieldList): boolean {
  const tag = findText(line, ']: ', start, end);
  if (tag < 0) return false;
  let at = skipSpaces(line, tag + 3, end);
  if (isDigit(line[at])) {
    const serialEnd = findByte(line, 0x20, at, end);
    const address = skipSpaces(line, serialEnd, end);
    const addressEnd = findByte(line, 0x20, address, end);
    const slash = findByte(line, 0x2f, address, addressEnd);
    if (slash === addressEnd) return false;
    fields.add(client, address, slash);
    addPort(fields, clientPort, slash + 1, addressEnd);
    at = skipSpaces(line, addressEnd, end);
  }
  // verb NAME is|from|to REST: the name is the word before the first of the three.
  let word = at;
  let before = -1;
  let beforeEnd = -1;
  while (word < end) {
    const wordEnd = findByte(line, 0x20, word, end);
    const isKey =
      before > at &&
      (isWord(line, 'is', word, wordEnd) || isWord(line, 'from', word, wordEnd) || isWord(line, 'to', word, wordEnd));
    if (isKey) {
      const rest = skipSpaces(line, wordEnd, end);
      fields.add(query, before, beforeEnd);
      fields.add(line[word] === 0x69 ? answers : line[word] === 0x66 ? client : server, rest, end);
      return true;
    }
    before = word;
    beforeEnd = wordEnd;
    word = skipSpaces(line, wordEnd, end);
  }
  return false;
}

function isWord(line: Uint8Array, word: string, start: number, end: number): boolean {
  return end - start === word.length && hasText(line, word, start, end);
}
