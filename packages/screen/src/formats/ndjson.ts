import type { Format } from './format.ts';
import { formatTitles } from './format.ts';
import { createJsonReader, jsonFraming, jsonKeys } from './json-reader.ts';

const servedPorts = ['dport', 'dst_port', 'dest_port', 'sport', 'src_port'];

/**
 * JSON objects of no known shape: one a line, in an array, or pretty-printed one after another. Fields are named by the
 * dotted path; ports are found by the usual names. `host` counts as the served side only where the object is an HTTP
 * request, since elsewhere it is the machine that wrote the log.
 */
export const ndjson: Format = {
  name: 'ndjson',
  title: formatTitles.ndjson,
  detect: (sample) => (jsonKeys(sample).size > 0 ? 0.5 : 0),
  framing: jsonFraming,
  createReader: () =>
    createJsonReader({
      fieldName: 'path',
      served: [
        ...['sni', 'server_name', 'http_host'].map((name) => ({ name, ports: servedPorts })),
        ...['host', 'hostname'].map((name) => ({
          name,
          ports: servedPorts,
          onlyWith: ['uri', 'url', 'request', 'method'],
        })),
      ],
      urls: 'plain',
    }),
};
