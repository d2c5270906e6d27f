/** Runs a screen over files to its end; used by tests only. */
import { createHash } from 'node:crypto';
import { DigestList, FileScreen } from './index.ts';
import type { DigestCache, DigestKind, FileCounts, FileFault, FileLimits, FileMatch } from './index.ts';

const farAheadMs = Date.UTC(2100, 0);

/** A digest by the platform, of all bytes at once. */
export function digestOf(kind: DigestKind, content: string | Uint8Array): string {
  return createHash(kind).update(content).digest('hex');
}

/** A list of the digests of these contents; `ref` is their index. */
export function listOf(
  contents: readonly (string | Uint8Array)[],
  kinds: readonly DigestKind[] = ['sha256'],
): DigestList {
  const rows = contents.flatMap((content, ref) =>
    kinds.map((kind) => ({ value: { kind, value: digestOf(kind, content) }, ref })),
  );
  return DigestList.build(rows);
}

/** What a run found. */
export interface Screened {
  readonly matches: readonly FileMatch[];
  readonly faults: readonly FileFault[];
  readonly counts: FileCounts;
  /** `a.zip!member` of each match, in order of their text. */
  readonly places: readonly string[];
}

/** How a run is made. */
export interface ScreenForTests {
  readonly list: DigestList;
  readonly cache?: DigestCache;
  readonly limits?: Partial<FileLimits>;
  readonly threads?: number;
  /** Default far ahead, so that what a test has just written counts as settled. */
  readonly clock?: () => number;
  readonly signal?: AbortSignal;
}

/** @param strip - taken off the front of places. */
export async function screened(
  paths: readonly (string | Uint8Array)[],
  options: ScreenForTests,
  strip = '',
): Promise<Screened> {
  const { clock = () => farAheadMs, signal, ...rest } = options;
  const screen = new FileScreen(paths, { threads: 2, ...rest }, { clock, ...(signal !== undefined && { signal }) });
  const matches: FileMatch[] = [];
  const faults: FileFault[] = [];
  for await (const finding of screen) {
    if (finding.type === 'match') matches.push(finding);
    else faults.push(finding);
  }
  const places = matches.map(
    ({ file, member }) => `${file.replace(strip, '')}${member === undefined ? '' : `!${member}`}`,
  );
  return { matches, faults, counts: screen.counts, places: places.sort() };
}
