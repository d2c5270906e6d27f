import type { SeenKeys } from '../seen/index.ts';
import type { Table } from '../table/index.ts';
import { scanAddressRuns } from './address-run.ts';
import { scanDigests } from './digest.ts';
import { ByteMasks } from './byte-masks.ts';
import type { HitList } from './hits.ts';
import { scanStateOf } from './scan-state.ts';
import { scanTokens } from './token.ts';

const SPACE = 32;
/** So much is classified and looked through at a time that it stays in the processor's cache. */
const WINDOW_BYTES = 64 * 1024;

/**
 * Appends to `hits` every listed value in `bytes[start, end)`: a line, many whole lines, or one field of a record. What
 * lies outside is not looked at: both ends are borders. No string is made. Linear in the bytes, whatever they are.
 *
 * Hits come in no order; the same value at two places is two hits. A gate is reported where the host of a listed URL or
 * e-mail address stands and none of these matched there. `seen` is told every value that could be listed.
 *
 * Meaning of a match: docs/spec/matching.md. The cost of a matcher is wrongly predicted branches, so first every byte is
 * classified without one; then only what has the dots, colons or digits of something listed is looked at.
 */
export function scan(
  table: Table,
  bytes: Uint8Array,
  start: number,
  end: number,
  hits: HitList,
  seen?: SeenKeys,
): void {
  for (let from = start; from < end;) {
    const to = from + WINDOW_BYTES < end ? behindBorder(bytes, from + WINDOW_BYTES, end) : end;
    scanWindow(table, bytes, from, to, hits, seen);
    from = to;
  }
}

/** Offset, `at` or later, behind a space or control character, which stands in nothing that is listed; or `end`. */
function behindBorder(bytes: Uint8Array, at: number, end: number): number {
  let border = at;
  while (border < end && bytes[border - 1]! > SPACE) border++;
  return border;
}

/** Scans do not nest, so one is enough. */
const masks = new ByteMasks();

function scanWindow(
  table: Table,
  bytes: Uint8Array,
  start: number,
  end: number,
  hits: HitList,
  seen: SeenKeys | undefined,
): void {
  masks.fill(bytes, start, end);
  const state = scanStateOf(table, bytes, start, end, masks, hits, seen);
  const { gates } = table.set;
  scanTokens(state);
  if (gates.readsIpv6 || seen !== undefined) scanAddressRuns(state);
  if (gates.hasDigests || seen !== undefined) scanDigests(state);
}
