import { limits } from '@comity/protocol/base';

/** How deep and how far archives are looked into; what lies beyond is a fault that is told, never passed over. */
export interface FileLimits {
  /** Archives and compressions inside each other: `a.zip/b.zip/c.gz` are three, and a `.tar.gz` is two. 0 looks into none. */
  readonly depthMax: number;
  /**
   * Decompressed bytes for each compressed one, once past 1 MiB; judged for each archive, and for everything that comes
   * out of a file on all levels together, so that members that share their bytes or many levels hide no bomb.
   */
  readonly ratioMax: number;
  /** Members of one zip. More than where logs are read: a library of a programming language has tens of thousands. */
  readonly membersMax: number;
  /** Members of everything in one file. */
  readonly membersInAllMax: number;
  /** Bytes of a zip inside another archive: it is kept in memory, since its directory stands at its end. */
  readonly nestedZipBytesMax: number;
}

export const fileLimits: FileLimits = {
  depthMax: 4,
  ratioMax: limits.archiveRatioMax,
  membersMax: 100_000,
  membersInAllMax: 200_000,
  nestedZipBytesMax: 128 * 1024 * 1024,
};
