import type { Format } from './format.ts';
import { formatTitles } from './format.ts';
import { createJsonReader, jsonFraming, jsonKeys } from './json-reader.ts';

const served = ['url.domain', 'tls.client.server_name', 'http.request.host'];

/**
 * Elastic Common Schema (reference of version 8), as the Beats, Logstash and Elastic Agent write it. A field is named by
 * its dotted path (`source.ip`, `dns.question.name`), whether the document nests objects or has dots in its keys.
 */
export const ecs: Format = {
  name: 'ecs',
  title: formatTitles.ecs,
  detect: (sample) => {
    const keys = jsonKeys(sample);
    if (!keys.has('@timestamp')) return 0;
    if (keys.has('ecs') || keys.has('ecs.version')) return 0.9;
    return ['source', 'destination', 'event', 'agent', 'source.ip', 'destination.ip', 'event.kind', 'host.name'].some(
      (key) => keys.has(key),
    )
      ? 0.8
      : 0;
  },
  framing: jsonFraming,
  createReader: () =>
    createJsonReader({
      fieldName: 'path',
      served: served.map((name) => ({ name, ports: ['url.port', 'destination.port', 'server.port'] })),
      urls: ['url.domain', 'destination.domain', 'server.domain'].flatMap((host) => [
        { host, path: 'url.path', query: 'url.query', ownPort: 'url.port' },
        { host, path: 'url.original', ownPort: 'url.port' },
      ]),
    }),
};
