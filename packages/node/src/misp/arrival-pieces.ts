import type { Arrival, ArrivalQuery } from '../intel/index.ts';
import type { Arrivals } from './event-index.ts';

/**
 * All that passes of the order of arrival, a piece at a time: an object may have more versions than are looked at at once. Each
 * piece is bounded work, behind which whoever asks for many awaits a turn of the event loop.
 *
 * @param rowsMax - Rows of one piece.
 */
export function* arrivalPieces(
  query: Omit<ArrivalQuery, 'afterUs'>,
  rowsMax: number,
  arrivals: Arrivals,
): Generator<readonly Arrival[]> {
  for (let afterUs = 0; ;) {
    const { rows, upToUs, isEnd } = arrivals({ ...query, afterUs }, rowsMax);
    yield rows;
    if (isEnd) return;
    afterUs = upToUs;
  }
}
