/** How far into a record its time is looked for, in characters. */
const lookedAtChars = 1024;

const rfc3339 = /(\d{4}-\d{2}-\d{2})[T ](\d{2}:\d{2}:\d{2})(?:[.,](\d{1,9}))?(Z|[+-]\d{2}:?\d{2})/;
/** Seconds since the epoch at the start of a line or as the value of a `ts`-like field (Zeek), years 2001 to 2286. */
const epochSeconds = /(?:^|"(?:ts|time|timestamp|_time)"\s*:\s*"?)(\d{10})(?:\.(\d{1,9}))?(?=[\s,"}]|$)/;

/**
 * The time a record states near its beginning, in µs since the Unix epoch, or undefined.
 *
 * Only forms that name their offset from UTC or count from the epoch are taken: a syslog `Nov 23 08:31:37` says neither
 * the year nor the zone, and a guess would be worse than the time we saw the record.
 */
export function recordTimeUs(record: string): number | undefined {
  const text = record.slice(0, lookedAtChars);
  const written = rfc3339.exec(text);
  if (written !== null) {
    const [, day, time, fraction = '', zone = 'Z'] = written;
    const ms = Date.parse(`${day}T${time}${zone.length === 5 ? `${zone.slice(0, 3)}:${zone.slice(3)}` : zone}`);
    if (!Number.isNaN(ms)) return ms * 1000 + Number(fraction.padEnd(6, '0').slice(0, 6));
  }
  const counted = epochSeconds.exec(text);
  if (counted === null) return undefined;
  return Number(counted[1]) * 1_000_000 + Number((counted[2] ?? '').padEnd(6, '0').slice(0, 6));
}
