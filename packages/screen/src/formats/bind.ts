import type { FieldList } from './field-list.ts';
import { formatTitles } from './format.ts';
import type { Format } from './format.ts';
import { shareOfText } from './sample.ts';
import { addPort, createTextReader, findByte, findText } from './text-reader.ts';

/**
 * Query log of BIND 9, from its own file or through syslog:
 * `… client @0x7f… 192.0.2.1#53124 (www.example.com): view v: query: www.example.com IN A +E(0)K (198.51.100.53)`.
 *
 * Fields: `client` with its port, `query`, `server` (the address asked). Other categories are lines without fields.
 *
 * Reference: BIND 9 Administrator Reference Manual, "The queries Category".
 */
export const bind: Format = {
  name: 'bind',
  title: formatTitles.bind,
  detect: (sample) =>
    0.95 *
    shareOfText(sample, (line) =>
      /client (?:@0x[0-9a-f]+ )?[\da-f.:]+(?:%\w+)?#\d+.{0,300}: query: \S+ \S+ \S+/i.test(line),
    ),
  framing: () => 'lines',
  createReader: () =>
    createTextReader({
      columns: ['client', 'client_port', 'query', 'server'],
      served: [{ name: 'client', ports: ['client_port'] }],
      read: readBindLine,
    }),
};

function readBindLine(line: Uint8Array, start: number, end: number, fields: FieldList): boolean {
  const client = findText(line, 'client ', start, end);
  const query = client < 0 ? -1 : findText(line, ': query: ', client, end);
  if (query < 0) return false;
  let address = client + 7;
  if (line[address] === 0x40) address = findByte(line, 0x20, address, end) + 1;
  const hash = findByte(line, 0x23, address, query);
  const portEnd = findByte(line, 0x20, hash, query);
  fields.add(0, address, hash);
  if (hash < query) addPort(fields, 1, hash + 1, portEnd);
  const name = query + 9;
  const nameEnd = findByte(line, 0x20, name, end);
  fields.add(2, name, nameEnd);
  const bracket = findByte(line, 0x28, nameEnd, end);
  // `+E(0)K (198.51.100.53)`: the server is the last pair of brackets, after a space.
  const server = findText(line, ' (', Math.min(bracket, end) - 1, end);
  if (server >= 0) fields.add(3, server + 2, findByte(line, 0x29, server, end));
  return true;
}
