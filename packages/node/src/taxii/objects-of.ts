import { setImmediate as nextTurn } from 'node:timers/promises';
import type { ShareableObject } from '../sharing/index.ts';
import type { Collection, PageDeps } from './taxii.ts';

const rowsAtOnce = 250;

/**
 * What is in a collection, in the version that counts, in the order it came; nothing is decided. Ends behind `objectsMax`, at the
 * end of a piece: whoever counts sees that there may be more.
 */
export async function* objectsOf(
  { types, kinds, source }: Collection,
  arrivals: PageDeps['arrivals'],
  objectsMax: number,
): AsyncGenerator<readonly ShareableObject[]> {
  const filter = {
    types: types.length === 0 ? undefined : types,
    kinds: kinds.length === 0 ? undefined : kinds,
    source,
    ids: undefined,
    lastOnly: true,
  };
  let afterUs = 0;
  for (let count = 0; count < objectsMax;) {
    const { rows, upToUs, isEnd } = arrivals({ ...filter, afterUs }, rowsAtOnce);
    yield rows.map(({ object }) => object);
    if (isEnd) return;
    count += rows.length;
    afterUs = upToUs;
    await nextTurn();
  }
}
