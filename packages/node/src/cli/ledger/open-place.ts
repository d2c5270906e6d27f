import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gunzip, zstdDecompress } from 'node:zlib';
import { ComityError, limits } from '@comity/protocol/base';
import { tileWidth } from '@comity/protocol/tlog';
import { fileError } from '../file-error.ts';

/** Bytes of a file of a ledger; undefined when it is not there. */
export type Read = (path: string) => Promise<Uint8Array | undefined>;

/** Somebody's ledger that is open for reading. */
interface Place {
  readonly read: Read;
  readonly close: () => Promise<void>;
}

/** The longest bundle there can be. */
const bytesMax = tileWidth * (2 + limits.ledgerEntryBytesMax);

/** Where somebody's ledger is: a folder, or a URL. */
export async function openPlace(place: string, options: { readonly allowPrivate: boolean }): Promise<Place> {
  if (/^https?:\/\//.test(place)) return await openUrl(place.replace(/\/+$/, ''), options);
  return { read: (path) => readIn(join(place, path)), close: async () => undefined };
}

async function readIn(file: string): Promise<Uint8Array | undefined> {
  try {
    return await readFile(file);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw fileError('read', file, cause);
  }
}

async function openUrl(url: string, options: { readonly allowPrivate: boolean }): Promise<Place> {
  const { createFetcher } = await import('../../connectors/index.ts');
  const fetcher = createFetcher({ bytesMax });
  const read: Read = async (path) => {
    try {
      const fetched = await fetcher.fetchUrl(`${url}/${path}`, options);
      // Asked without validators, a server has nothing to call unchanged.
      if (fetched.kind === 'unchanged') return undefined;
      const sent = Buffer.concat(await Array.fromAsync(fetched.chunks));
      return await decoded(sent, fetched.header('content-encoding') ?? '', `${url}/${path}`);
    } catch (error) {
      if (error instanceof ComityError && error.details['status'] === 404) return undefined;
      throw error;
    }
  };
  return { read, close: () => fetcher.close() };
}

const decoders: Readonly<Record<string, (bytes: Buffer, options: { maxOutputLength: number }) => Promise<Buffer>>> = {
  gzip: promisify<Buffer, { maxOutputLength: number }, Buffer>(gunzip),
  zstd: promisify<Buffer, { maxOutputLength: number }, Buffer>(zstdDecompress),
};

/** Servers may send bundles compressed (C2SP tlog-tiles). */
async function decoded(bytes: Buffer, encoding: string, url: string): Promise<Buffer> {
  const decode = decoders[encoding.replace('x-', '').trim().toLowerCase()];
  if (decode === undefined) return bytes;
  try {
    return await decode(bytes, { maxOutputLength: bytesMax });
  } catch (cause) {
    throw new ComityError('REMOTE_FAILED', `Cannot read ${url}: it is not the ${encoding} it says it is`, { cause });
  }
}
