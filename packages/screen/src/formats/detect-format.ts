import { access } from './access.ts';
import { csv } from './csv.ts';
import { bind, dnsmasq, unbound } from './dns.ts';
import { ecs } from './ecs.ts';
import { eve } from './eve.ts';
import type { Format, FormatName, Sample } from './format.ts';
import { ndjson } from './ndjson.ts';
import { raw } from './raw.ts';
import { syslog } from './syslog.ts';
import { windows } from './windows.ts';
import { zeekJson } from './zeek-json.ts';
import { zeekTsv } from './zeek-tsv.ts';

/** Every format, in the order help texts show. */
export const formats: readonly Format[] = [
  zeekTsv,
  zeekJson,
  eve,
  ecs,
  windows,
  ndjson,
  bind,
  unbound,
  dnsmasq,
  access,
  csv,
  syslog,
  raw,
];

export function getFormat(name: FormatName): Format {
  const found = formats.find((format) => format.name === name);
  if (found === undefined) throw new Error(`Assertion failed: no format ${name}`);
  return found;
}

const sampleBytesMax = 64 * 1024;
const sampleLinesMax = 64;

/** The sample of an input from its first bytes. */
export function sampleOf(bytes: Uint8Array): Sample {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, sampleBytesMax)).latin1Slice();
  const lines: string[] = [];
  for (const line of text.split('\n', 4 * sampleLinesMax)) {
    const trimmed = line.endsWith('\r') ? line.slice(0, -1) : line;
    if (trimmed.trim() !== '' && lines.length < sampleLinesMax) lines.push(trimmed);
  }
  return { text, lines };
}

/** The format that claims the sample most surely; `raw` when none does. */
export function detectFormat(sample: Sample): Format {
  let best: Format = raw;
  let bestScore = 0;
  for (const format of formats) {
    const score = format.detect(sample);
    if (score > bestScore) [best, bestScore] = [format, score];
  }
  return best;
}

/** Share of the sample's lines a test accepts, 0 to 1; comment lines aside. */
export function shareOf(sample: Sample, accepts: (line: string) => boolean): number {
  const lines = sample.lines.filter((line) => !line.startsWith('#'));
  return lines.length === 0 ? 0 : lines.filter(accepts).length / lines.length;
}
