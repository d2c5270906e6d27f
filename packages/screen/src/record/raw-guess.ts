import { detectFormat, sampleOf } from '../formats/index.ts';
import type { FormatName, Framing } from '../formats/index.ts';

/** Lines at the beginning of what arrives that may be of another kind: a banner, the rest of a line. */
const leadLinesMax = 3;
/** Up to here every piece is looked at: a header comes once. */
const alwaysBytes = 64 * 1024;
/** Beyond, the next look is due when so much more came: the whole costs little however long an input stays raw. */
const growth = 1.25;

/** Where a format begins. */
export interface FoundFormat {
  /** Offset of its first line in the bytes looked at. */
  readonly at: number;
  readonly format: FormatName;
  readonly framing: Framing;
}

/**
 * Looks at later lines of an input that was taken for raw text, because its first lines were of no format.
 *
 * Nothing is lost by taking text for a format: what has not its form is screened as text. Only a table is never found
 * here, since its first line would be taken for a header, which is not screened.
 */
export class RawGuess {
  private isAtLineStart: boolean;
  private bytes = 0;
  private dueBytes = 0;

  constructor(isAtLineStart: boolean) {
    this.isAtLineStart = isAtLineStart;
  }

  /** So many bytes must have gone by before the next look. */
  get dueAt(): number {
    return this.dueBytes;
  }

  /** Lets bytes go by that need no look. @param endsLine - whether the last of them ends a line. */
  skip(bytes: number, endsLine: boolean): void {
    this.bytes += bytes;
    this.isAtLineStart = endsLine;
  }

  /** @returns Where in `chunk`, at the start of a line, records of a format begin. */
  look(chunk: Uint8Array): FoundFormat | undefined {
    const isDue = this.bytes >= this.dueBytes;
    const start = this.isAtLineStart ? 0 : chunk.indexOf(0x0a) + 1;
    const hasStart = this.isAtLineStart || start > 0;
    this.bytes += chunk.length;
    if (chunk.length > 0) this.isAtLineStart = chunk.at(-1) === 0x0a;
    const end = chunk.lastIndexOf(0x0a) + 1;
    if (!isDue || !hasStart || end <= start) return undefined;
    this.dueBytes = this.bytes < alwaysBytes ? 0 : this.bytes * growth;
    for (let at = start, lead = 0; at < end && lead <= leadLinesMax; at = chunk.indexOf(0x0a, at) + 1, lead += 1) {
      const sample = sampleOf(chunk.subarray(at, end));
      const format = detectFormat(sample);
      if (format.name !== 'raw' && format.name !== 'csv') {
        return { at, format: format.name, framing: format.framing(sample) };
      }
    }
    return undefined;
  }
}
