import type { Format } from './format.ts';
import { formatTitles } from './format.ts';
import { createJsonReader, jsonFraming, jsonKeys } from './json-reader.ts';

/**
 * Suricata's EVE output: NDJSON as the sensor writes it, or an array as tools export it.
 *
 * A field is named by its last key (`src_ip`, `hostname`, `sni`, `rrname`, `rdata`), since Suricata moves the same member
 * between objects from version to version. An alert may stand on the answer of a server, so a host name's port is either
 * side's port.
 */
export const eve: Format = {
  name: 'eve',
  title: formatTitles.eve,
  detect: (sample) => {
    const keys = jsonKeys(sample);
    return keys.has('event_type') && (keys.has('src_ip') || keys.has('flow_id') || keys.has('timestamp')) ? 0.95 : 0;
  },
  framing: jsonFraming,
  createReader: () =>
    createJsonReader({
      fieldName: 'last',
      served: ['http.hostname', 'tls.sni', 'quic.sni'].map((name) => ({
        name,
        ports: ['http.http_port', 'dest_port', 'src_port'],
      })),
      urls: [{ host: 'http.hostname', path: 'http.url', ownPort: 'http.http_port' }],
    }),
};
