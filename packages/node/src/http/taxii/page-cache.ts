import { hash } from 'node:crypto';
import { taxiiMediaType } from '@comity/protocol/taxii';
import { securityHeaders } from '../security-headers.ts';
import { StandingCache } from '../standing-cache.ts';
import type { Standing } from '../standing-cache.ts';

/** A page nothing that comes later can change, for as long as law, recipients, collections and every object in it are as they were. */
export interface LastingPage extends Standing {
  /** Records that all of it was given once more. */
  readonly again: () => void;
  /** Bytes the records of it take, about. */
  readonly recordBytes: number;
}

/** A page as it is sent. */
export interface KeptPage extends Pick<LastingPage, 'isStanding' | 'again'> {
  /** Headers but for the length: names and values in turn. */
  readonly head: readonly string[];
  readonly bytes: Uint8Array;
  readonly etag: string;
}

/** Longest key that is kept, in characters. */
const keyCharsMax = 4096;
/** What an entry takes beside its bytes: headers, key and closures. */
const entryBytes = 2000;

/** Pages kept ready to be sent, those asked for last. */
export class PageCache {
  readonly #pages: StandingCache<KeptPage>;

  constructor(bytesMax: number) {
    this.#pages = new StandingCache(bytesMax);
  }

  /** The page under a key if it still stands. */
  find(key: string): KeptPage | undefined {
    return this.#pages.find(key);
  }

  /** Makes a page ready to be sent and keeps it if there is room for it. */
  keep(key: string, page: LastingPage, headers: Readonly<Record<string, string>>, bytes: Uint8Array): KeptPage {
    const etag = `"${hash('sha256', bytes, 'base64url')}"`;
    const all = {
      ...securityHeaders,
      'content-type': taxiiMediaType,
      // Whoever keeps it asks whether it still stands before it is used again.
      'cache-control': 'private, no-cache',
      vary: 'accept, accept-encoding, authorization',
      etag,
      ...headers,
    };
    const kept = { isStanding: page.isStanding, again: page.again, head: Object.entries(all).flat(), bytes, etag };
    const size = entryBytes + 2 * key.length + bytes.length + page.recordBytes;
    if (key.length <= keyCharsMax) this.#pages.keep(key, kept, size);
    return kept;
  }

  /** How much is kept. */
  get size(): { readonly count: number; readonly bytes: number } {
    return this.#pages.size;
  }
}
