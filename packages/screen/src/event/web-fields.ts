import type { JsonObject, JsonValue } from '@comity/protocol/base';
import type { FieldSource } from './source-kind.ts';

/** What a request shows, by the parts of the record that hold it. */
export interface WebParts {
  /** The request's target: path and query, or a whole URL. */
  readonly target: (record: JsonObject) => string | undefined;
  readonly host: (record: JsonObject) => string | undefined;
  /** How the page names the two. */
  readonly says: string;
}

/**
 * The fields of `category: proxy` and `category: webserver` that are parts of a URL. Spec: Sigma taxonomy 2.1.0, after the
 * W3C extended log format. `c-uri` is the whole URL, with a host when one is known; `cs-uri-query` and `c-uri-query` are what
 * stands behind the question mark with it, and the whole target where there is none, since rules look for paths there too.
 */
export function urlFields({ target, host, says }: WebParts): Readonly<Record<string, readonly FieldSource[]>> {
  const whole = (record: JsonObject): string | undefined => {
    const path = target(record);
    const name = host(record);
    if (path === undefined || name === undefined || !path.startsWith('/')) return path;
    return `http://${name}${path}`;
  };
  const part = (name: string, of: (url: string) => JsonValue | undefined): FieldSource => ({
    says: `${name} of ${says}`,
    of: (record) => {
      const url = target(record);
      return url === undefined ? undefined : of(url);
    },
  });
  const stem = part('path', (url) => pathOf(url).split('?', 1)[0]);
  const query = part('target', (url) => pathOf(url));
  const uri: FieldSource = { says: `URL of ${says}`, of: whole };
  const extension = part('extension', (url) => /\.([^./?#]{1,32})(?:[?#]|$)/.exec(pathOf(url).split('?', 1)[0]!)?.[1]);
  return {
    'c-uri': [uri],
    'cs-uri': [uri],
    'c-uri-stem': [stem],
    'cs-uri-stem': [stem],
    'c-uri-query': [query],
    'cs-uri-query': [query],
    'c-uri-extension': [extension],
  };
}

/** Path and query of a target that may be a whole URL. */
function pathOf(target: string): string {
  if (target.startsWith('/')) return target;
  const [, rest = target] = /^[a-z][a-z0-9+.-]{0,20}:\/\/[^/?#]*(.*)$/is.exec(target) ?? [];
  return rest;
}
