import { assert, asOwnError, hasTimestampForm, parseTimestampUs, recogniseTimestampUs } from '@comity/protocol/base';
import { compareTimestamps, cutTimestampUs, formatTimestampUs } from '@comity/protocol/stix';

/**
 * Reads a timestamp by every way there is, writes it in every precision and reads that again.
 *
 * @throws {Error} When two ways differ, also from what `Date` says of the same millisecond.
 */
export function useTime(bytes: Uint8Array): Promise<{ items: number; rejected: number }> {
  const text = Buffer.from(bytes).toString('utf8');
  const us = recogniseTimestampUs(text);
  if (us === undefined) {
    try {
      parseTimestampUs(text);
    } catch (error) {
      asOwnError(error);
      return Promise.resolve({ items: 0, rejected: 1 });
    }
    throw new Error(`read by one way only: ${text}`);
  }
  assert(hasTimestampForm(text) && parseTimestampUs(text) === us, `read by one way only: ${text}`);
  // Date knows no leap second and no more than nine digits, and neither does it refuse 24:00.
  const ms = Date.parse(`${text.slice(0, 19).replace(/:60$/, ':59')}Z`) + (text.slice(17, 19) === '60' ? 1000 : 0);
  // Before 1685 and beyond 2255 a double holds no single microsecond: a fraction may round up to the next second.
  const slack = Number.isSafeInteger(us) ? 0 : 8;
  const fractionUs = us - ms * 1000;
  assert(fractionUs >= -slack && fractionUs < 1_000_000 + slack, `Date reads another second: ${text}`);
  assert(compareTimestamps(text, text) === 0, `it is itself: ${text}`);
  if (us < -62_167_219_200_000_000) return Promise.resolve({ items: 1, rejected: 0 });
  for (const precision of ['any', 'second', 'millisecond'] as const) {
    for (const constraint of ['exact', 'min'] as const) {
      const written = formatTimestampUs(us, { precision, constraint });
      const cut = cutTimestampUs(us, { precision, constraint });
      // A leap second at the end of 9999 is the year 10000, which has no timestamp.
      if (written.length > 30) continue;
      assert(parseTimestampUs(written) === cut, `written as ${written}: ${text}`);
      assert(compareTimestamps(written, text) <= 0, `cut to what is later: ${written} after ${text}`);
    }
  }
  return Promise.resolve({ items: 1, rejected: 0 });
}
