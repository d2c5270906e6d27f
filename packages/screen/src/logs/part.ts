import type { ResumeState } from '../record/index.ts';

/** Some whole lines of a file, judged by themselves: all that begin at `start` or later and before `end`. */
export interface Part {
  /** Offset in the file; a line need not begin there. */
  readonly start: number;
  /** Infinity for whatever follows. */
  readonly end: number;
  /**
   * What whoever judges it must know. `lines` is 0 where a format begins, at the start of a line; else 1, and the header is the
   * one that the part before is expected to leave. Undefined: nothing, as for the beginning of any input.
   */
  readonly resume: ResumeState | undefined;
}

/** How files are read. */
export interface ReadSizes {
  /** Bytes of one read, as a screen is given them; each begins at a multiple of it. */
  readonly chunkBytes: number;
  /** Bytes of a part; a multiple of `chunkBytes`. */
  readonly partBytes: number;
}

/** Whether a part that was expected to begin in one state may follow another that ended in the other. */
export function follows(resume: ResumeState, end: ResumeState): boolean {
  return resume.format === end.format && resume.framing === end.framing && resume.header === end.header;
}
