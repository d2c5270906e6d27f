import { access } from './access.ts';
import { bind } from './bind.ts';
import { csv } from './csv.ts';
import { dnsmasq } from './dnsmasq.ts';
import { ecs } from './ecs.ts';
import { eve } from './eve.ts';
import type { Format, FormatName, Sample } from './format.ts';
import { ndjson } from './ndjson.ts';
import { raw } from './raw.ts';
import { syslog } from './syslog.ts';
import { unbound } from './unbound.ts';
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

/** The format of that name. */
export function getFormat(name: FormatName): Format {
  const found = formats.find((format) => format.name === name);
  if (found === undefined) throw new Error(`Assertion failed: no format ${name}`);
  return found;
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
