import type { Sample } from './format.ts';

const sampleBytesMax = 64 * 1024;
const sampleLinesMax = 64;

/** The sample of an input from its first bytes; a line that is cut off counts only when there is no other. */
export function sampleOf(bytes: Uint8Array): Sample {
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, sampleBytesMax));
  const lastLineEnd = view.lastIndexOf(0x0a);
  const text = view
    .toString('latin1', 0, lastLineEnd < 0 ? view.length : lastLineEnd)
    // A byte-order mark, as Latin-1.
    .replace(/^\u00ef\u00bb\u00bf/, '');
  const lines: string[] = [];
  for (const line of text.split('\n', 4 * sampleLinesMax)) {
    const trimmed = line.endsWith('\r') ? line.slice(0, -1) : line;
    if (trimmed.trim() !== '' && lines.length < sampleLinesMax) lines.push(trimmed);
  }
  return { text, lines };
}

/** Share of the sample's lines a test accepts, 0 to 1; comment lines aside. */
export function shareOf(sample: Sample, accepts: (line: string) => boolean): number {
  const lines = sample.lines.filter((line) => !line.startsWith('#'));
  return lines.length === 0 ? 0 : lines.filter(accepts).length / lines.length;
}

/** The same for logs of text that are told by what stands anywhere in a line: an object of JSON may carry such a line, and is none. */
export function shareOfText(sample: Sample, accepts: (line: string) => boolean): number {
  return shareOf(sample, (line) => !line.startsWith('{') && accepts(line));
}
