import { hash } from 'node:crypto';
import { taxiiMediaType } from '@comity/protocol/taxii';
import { securityHeaders } from '../security-headers.ts';

/** A page nothing that comes later can change, for as long as what it was made under stands. */
export interface LastingPage {
  /** Whether law, recipients, collections and every object in it are as they were when it was made. Takes no time. */
  readonly isStanding: () => boolean;
  /** Records that all of it was given once more. */
  readonly again: () => void;
  /** Bytes the records of it take, about. */
  readonly recordBytes: number;
}

/** A page as it is sent. */
export interface KeptPage {
  readonly page: LastingPage;
  /** Headers but for the length: names and values in turn. */
  readonly head: readonly string[];
  readonly bytes: Uint8Array;
  readonly etag: string;
}

/** Longest key that is kept, in characters. */
const keyCharsMax = 4096;
/** What an entry takes beside its bytes: headers, key and closures. */
const entryBytes = 2000;

/**
 * Pages kept ready to be sent, those asked for last. Knows nothing of why a page stands: whoever finds one asks it.
 */
export class PageCache {
  readonly #bytesMax: number;
  readonly #pages = new Map<string, KeptPage>();
  #bytes = 0;

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax;
  }

  /** The page under a key if it still stands; one that does not is thrown away. */
  find(key: string): KeptPage | undefined {
    const kept = this.#pages.get(key);
    if (kept === undefined) return undefined;
    this.#pages.delete(key);
    if (kept.page.isStanding()) {
      this.#pages.set(key, kept);
      return kept;
    }
    this.#bytes -= sizeOf(key, kept);
    return undefined;
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
    const kept = { page, head: Object.entries(all).flat(), bytes, etag };
    const size = sizeOf(key, kept);
    if (key.length > keyCharsMax || size > this.#bytesMax / 4) return kept;
    const before = this.#pages.get(key);
    if (before !== undefined) this.#bytes -= sizeOf(key, before);
    this.#pages.delete(key);
    this.#pages.set(key, kept);
    this.#bytes += size;
    for (const [oldest, old] of this.#pages) {
      if (this.#bytes <= this.#bytesMax) break;
      this.#pages.delete(oldest);
      this.#bytes -= sizeOf(oldest, old);
    }
    return kept;
  }

  /** How much is kept. */
  get size(): { readonly pages: number; readonly bytes: number } {
    return { pages: this.#pages.size, bytes: this.#bytes };
  }
}

function sizeOf(key: string, { bytes, page }: KeptPage): number {
  return entryBytes + 2 * key.length + bytes.length + page.recordBytes;
}
