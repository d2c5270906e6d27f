import { kernelOn, placeKinds, WINDOW_BYTES } from '../kernel/index.ts';
import type { Gates, Kernel } from '../kernel/index.ts';
import type { SeenKeys } from '../seen/index.ts';
import type { Table } from '../table/index.ts';
import { scanAddressRun } from './address-run.ts';
import { ByteMasks } from './byte-masks.ts';
import { scanDigestAt } from './digest.ts';
import type { HitList } from './hits.ts';
import { notePlaces } from './note-places.ts';
import { scan } from './scan.ts';
import { scanStateOf } from './scan-state.ts';
import { scanAddressAt, scanNameAt } from './token.ts';

const SPACE = 32;
/** A call of the kernel costs more than a scan of so few bytes. */
const BYTES_MIN = 512;

/**
 * The same as {@link scan}, at close to the speed at which bytes can be read: the kernel says where something listed may stand,
 * and the matcher looks there only. Where there is no kernel it is {@link scan}.
 *
 * @param gates - which gates are reported at least.
 * @param seen - is told every value that could be listed, as {@link scan} tells it; those met a moment ago are only counted.
 */
export function fastScan(
  table: Table,
  bytes: Uint8Array,
  start: number,
  end: number,
  hits: HitList,
  gates: Gates = 'all',
  seen?: SeenKeys,
): void {
  if (end - start < BYTES_MIN) {
    scan(table, bytes, start, end, hits, seen);
    return;
  }
  for (let from = start; from < end;) {
    const to = windowEnd(bytes, from, end);
    // Of what is new the kernel keeps a list with room for one window.
    const isNotable = seen === undefined || to - from <= WINDOW_BYTES;
    const kernel = isNotable ? kernelOn(table.set.memory, to - from) : undefined;
    if (kernel === undefined) scan(table, bytes, from, to, hits, seen);
    else scanPlaces(kernel, table, bytes, from, to, { hits, gates, seen });
    from = to;
  }
}

/** Behind the last space or control character, which stands in nothing that is listed, of a window; behind the next one if it has none. */
function windowEnd(bytes: Uint8Array, from: number, end: number): number {
  if (end - from <= WINDOW_BYTES) return end;
  let to = from + WINDOW_BYTES;
  while (to > from && bytes[to - 1]! > SPACE) to--;
  if (to > from) return to;
  to = from + WINDOW_BYTES;
  while (to < end && bytes[to - 1]! > SPACE) to++;
  return to;
}

/** Scans do not nest, so one is enough. */
const masks = new ByteMasks();

function scanPlaces(
  kernel: Kernel,
  table: Table,
  bytes: Uint8Array,
  from: number,
  to: number,
  { hits, gates, seen }: { readonly hits: HitList; readonly gates: Gates; readonly seen: SeenKeys | undefined },
): void {
  const count = kernel.find(bytes, from, to, gates);
  if (count === 0 && seen === undefined) return;
  masks.use(kernel.masks, from, to - from);
  if (seen !== undefined) notePlaces(kernel, scanStateOf(table, bytes, from, to, masks, hits, seen), seen);
  const state = scanStateOf(table, bytes, from, to, masks, hits);
  let runEnd = from;
  for (let place = 0; place < count; place++) {
    const at = from + kernel.offsetOf(place);
    switch (kernel.kindOf(place)) {
      case placeKinds.inName:
        scanNameAt(
          state,
          from + kernel.borderOf(place),
          at + 1,
          from + kernel.nameStartOf(place),
          kernel.hashOf(place),
        );
        break;
      case placeKinds.inQuad:
        scanAddressAt(state, from + kernel.borderOf(place), at + 1, kernel.prefixesOf(place));
        break;
      case placeKinds.atColon:
        if (at >= runEnd) runEnd = scanAddressRun(state, at, runEnd);
        break;
      default:
        scanDigestAt(state, at, from + kernel.borderOf(place), kernel.hashOf(place));
    }
  }
}
