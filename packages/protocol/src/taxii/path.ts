/** What a path under the discovery URL names. Ids are as they were written, percent-decoded. */
export type TaxiiPlace =
  | { readonly endpoint: 'discovery' }
  | { readonly endpoint: 'api-root'; readonly root: string }
  | { readonly endpoint: 'status'; readonly root: string; readonly status: string }
  | { readonly endpoint: 'collections'; readonly root: string }
  | { readonly endpoint: 'collection' | 'manifest' | 'objects'; readonly root: string; readonly collection: string }
  | {
      readonly endpoint: 'object' | 'versions';
      readonly root: string;
      readonly collection: string;
      readonly object: string;
    };

/** Methods of each endpoint, as `Allow` names them. */
export const taxiiMethods: Readonly<Record<TaxiiPlace['endpoint'], readonly string[]>> = {
  discovery: ['GET'],
  'api-root': ['GET'],
  status: ['GET'],
  collections: ['GET'],
  collection: ['GET'],
  manifest: ['GET'],
  objects: ['GET', 'POST'],
  object: ['GET', 'DELETE'],
  versions: ['GET'],
};

/**
 * What a path asks for, with its last slash or without: a redirect would lose the client's credentials (TAXII 2.1 §3.1
 * ends every path with one).
 *
 * @param path - Attacker-controlled, without query.
 * @returns Undefined when there is nothing under it.
 */
export function recogniseTaxiiPath(path: string): TaxiiPlace | undefined {
  const parts = path.replace(/\/$/, '').split('/').map(decoded);
  const [nothing, first, root, kind, name, part, object, last, ...more] = parts;
  if (nothing !== '' || first !== 'taxii2' || more.length > 0 || parts.slice(1).includes('')) return undefined;
  if (root === undefined) return { endpoint: 'discovery' };
  if (kind === undefined) return { endpoint: 'api-root', root };
  if (kind === 'status')
    return name === undefined || part !== undefined ? undefined : { endpoint: 'status', root, status: name };
  if (kind !== 'collections') return undefined;
  if (name === undefined) return { endpoint: 'collections', root };
  if (part === undefined) return { endpoint: 'collection', root, collection: name };
  if (part === 'manifest') return object === undefined ? { endpoint: 'manifest', root, collection: name } : undefined;
  if (part !== 'objects') return undefined;
  if (object === undefined) return { endpoint: 'objects', root, collection: name };
  if (last === undefined) return { endpoint: 'object', root, collection: name, object };
  return last === 'versions' ? { endpoint: 'versions', root, collection: name, object } : undefined;
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return ''; // Malformed escapes name nothing.
  }
}
