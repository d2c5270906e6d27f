import type { FieldList } from './field-list.ts';
import type { ComposedUrl } from './format.ts';
import { foldedPath } from './record-ports.ts';
import type { NamedField, RecordPorts } from './record-ports.ts';

/** Fields that together state a URL, by full path. */
export interface UrlParts {
  readonly host: string;
  readonly path: string;
  /** Put behind `?`, unless the path has a query already. */
  readonly query?: string;
  /** Field that states the port the URL itself has; what it says goes before the connection's ports. */
  readonly ownPort?: string;
}

/**
 * The URLs a record states in parts, and each with the port of the connection when the sensor cut it from the host.
 *
 * Spec: docs/spec/records.md §3.
 *
 * @param ports - says the connection's port: it is the one of the host's field (§4).
 */
export function composedUrls(
  fields: FieldList,
  ports: RecordPorts,
  namedOf: (index: number) => NamedField | undefined,
  parts: UrlParts,
): readonly ComposedUrl[] {
  const host = ports.find(parts.host);
  const path = ports.find(parts.path);
  if (host === undefined || path === undefined) return [];
  const query = parts.query === undefined ? undefined : ports.find(parts.query);
  const own = parts.ownPort === undefined ? undefined : ports.portAt(parts.ownPort, namedOf(host)?.object ?? 0);
  return composeUrls(
    `${parts.host}+${parts.path}`,
    fields.latin1(host),
    withQuery(fields.latin1(path), query === undefined ? '' : fields.latin1(query)),
    own === undefined ? ports.of(host) : [own],
  );
}

const plainHosts = new Set(['host', 'hostname', 'httphost', 'domain']);
const plainPaths = new Set(['uri', 'url', 'path']);
/** Where a record of no known shape has the port of the connection. */
const plainPorts = ['dport', 'dst_port', 'dest_port', 'destination_port'];

/**
 * The URLs that a record of no known shape states in parts: a host and a path by their usual names, in one object (or,
 * where names have dots, with the same beginning). The port is the host's own, and the connection's.
 */
export function plainUrls(
  fields: FieldList,
  ports: RecordPorts,
  namedOf: (index: number) => NamedField | undefined,
): readonly ComposedUrl[] {
  const places = new Map<string, { hosts: number[]; paths: number[] }>();
  const seen = new Set<string>();
  for (let index = 0; index < fields.count; index++) {
    const field = namedOf(index);
    if (field === undefined) continue;
    const key = field.path.slice(field.path.lastIndexOf('.') + 1);
    const word = foldedPath(key);
    const isHost = plainHosts.has(word);
    if (!isHost && !plainPaths.has(word)) continue;
    const placeName = `${field.object} ${field.path.slice(0, field.path.length - key.length)}`;
    // An array of hosts has one host that the path belongs to, and nobody can say which; the first stands for it.
    if (seen.has(`${word} ${placeName}`)) continue;
    seen.add(`${word} ${placeName}`);
    let place = places.get(placeName);
    if (place === undefined) places.set(placeName, (place = { hosts: [], paths: [] }));
    (isHost ? place.hosts : place.paths).push(index);
  }
  const nameOf = (index: number): string => namedOf(index)?.path ?? '';
  return [...places.values()].flatMap(({ hosts, paths }) =>
    hosts.flatMap((host) => {
      if (paths.length === 0) return [];
      const object = namedOf(host)?.object ?? 0;
      const connection = plainPorts.flatMap((name) => ports.portAt(name, object) ?? []);
      return paths.flatMap((path) =>
        composeUrls(`${nameOf(host)}+${nameOf(path)}`, fields.latin1(host), fields.latin1(path), [
          ...ports.of(host),
          ...connection,
        ]),
      );
    }),
  );
}

/**
 * The URLs that a host and a path stand for: as they are, and with each port that is neither 80 nor 443 when the host
 * names none, since some sensors cut it from the host.
 *
 * @param host - name, address (IPv6 with or without brackets), with or without port.
 */
export function composeUrls(name: string, host: string, path: string, ports: readonly number[]): ComposedUrl[] {
  if (host === '' || !path.startsWith('/')) return [];
  const bracketed = isBareIpv6(host) ? `[${host}]` : host;
  const urls = [{ name, url: bracketed + path }];
  if (/:\d+$/.test(bracketed)) return urls;
  for (const port of new Set(ports)) {
    if (port !== 80 && port !== 443) urls.push({ name, url: `${bracketed}:${port}${path}` });
  }
  return urls;
}

/** Whether the colons of a host are those of an IPv6 address: a port has only one in front of it. */
function isBareIpv6(host: string): boolean {
  return !host.startsWith('[') && host.indexOf(':') !== host.lastIndexOf(':');
}

function withQuery(path: string, query: string): string {
  return query === '' || path.includes('?') ? path : `${path}?${query.replace(/^\?/, '')}`;
}
