import type { SeenKeys } from '../seen/index.ts';
import type { EntrySet, Table } from '../table/index.ts';
import type { ByteMasks } from './byte-masks.ts';
import type { HitList } from './hits.ts';

/** What one scan knows: what it looks through and the token before it. */
export interface ScanState {
  readonly set: EntrySet;
  readonly bytes: Uint8Array;
  /** Nothing before `from` or from `to` on is looked at. */
  readonly from: number;
  readonly to: number;
  /** What the bytes are, up to the end of the scan. */
  readonly masks: ByteMasks;
  readonly hits: HitList;
  /** Is told every value, listed or not. */
  readonly seen: SeenKeys | undefined;

  /** The token looked at, or the host with its brackets, is `bytes[rawStart, rawEnd)`; its core `bytes[start, end)`. */
  rawStart: number;
  rawEnd: number;
  start: number;
  end: number;

  /** The bytes last looked through for the end of a URL, and where its trailers begin: URLs inside URLs are read once. */
  urlStart: number;
  urlEnd: number;
  urlTrimmedEnd: number;
  /** Whether `seen` is told the URL at the host looked at. */
  seesUrls: boolean;
  /** Where the URLs last told to `seen` end, and how many that were. */
  seenUrlEnd: number;
  seenUrls: number;
}

/** The state of a scan of `bytes[from, to)`, whose bytes are classified already. */
export function scanStateOf(
  table: Table,
  bytes: Uint8Array,
  from: number,
  to: number,
  masks: ByteMasks,
  hits: HitList,
  seen?: SeenKeys,
): ScanState {
  return {
    set: table.set,
    bytes,
    from,
    to,
    masks,
    hits,
    seen,
    rawStart: from,
    rawEnd: from,
    start: from,
    end: from,
    urlStart: from,
    urlEnd: from,
    urlTrimmedEnd: from,
    seesUrls: true,
    seenUrlEnd: from,
    seenUrls: 0,
  };
}
