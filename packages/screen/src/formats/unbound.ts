import type { FieldList } from './field-list.ts';
import { formatTitles } from './format.ts';
import type { Format } from './format.ts';
import { shareOfText } from './sample.ts';
import { createTextReader, findByte, findText, hasText, skipSpaces } from './text-reader.ts';

/**
 * Unbound with `log-queries` or `log-replies`, from its own file or through syslog:
 * `[1732348800] unbound[1234:0] info: 192.0.2.1 www.example.com. A IN NOERROR 0.000000 0 48`.
 *
 * Fields: `client` and `query`. Other lines have no fields.
 *
 * Reference: unbound.conf(5), "log-queries", "log-replies", "log-tag-queryreply".
 */
export const unbound: Format = {
  name: 'unbound',
  title: formatTitles.unbound,
  detect: (sample) => {
    const isUnbound = (line: string): boolean =>
      /unbound\[\d+(?::\w+)?\]:? (?:\[\w+:\w+\] )?(?:info|query|reply|notice|warning|error|debug): /.test(line);
    return 0.95 * shareOfText(sample, isUnbound);
  },
  framing: () => 'lines',
  createReader: () =>
    createTextReader({
      columns: ['client', 'query'],
      read: readUnboundLine,
    }),
};

function readUnboundLine(line: Uint8Array, start: number, end: number, fields: FieldList): boolean {
  let at = -1;
  for (const tag of ['info: ', 'query: ', 'reply: ']) {
    const found = findText(line, tag, Math.max(at, start), end);
    if (found >= 0) at = found + tag.length;
  }
  if (at < 0) return false;
  const clientEnd = findByte(line, 0x20, at, end);
  const name = skipSpaces(line, clientEnd, end);
  const nameEnd = findByte(line, 0x20, name, end);
  const type = skipSpaces(line, nameEnd, end);
  const typeEnd = findByte(line, 0x20, type, end);
  const kind = skipSpaces(line, typeEnd, end);
  if (!isUpper(line[type]) || !['IN', 'CH', 'HS', 'ANY'].some((text) => hasText(line, text, kind, end))) return false;
  fields.add(0, at, clientEnd);
  fields.add(1, name, nameEnd);
  return true;
}

function isUpper(byte: number | undefined): boolean {
  return byte !== undefined && byte >= 0x41 && byte <= 0x5a;
}
