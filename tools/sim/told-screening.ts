import type { StixId } from '@comity/protocol/base';
import { minimisedSighting } from '../../packages/node/src/screening/minimised-sighting.ts';
import type { ScreeningMatch } from '../../packages/node/src/screening/index.ts';

/** A screen whose matches are what the simulation says they are. */
export function toldScreening(found: readonly { readonly ref: number; readonly atUs: number }[]) {
  return {
    matchesAfter: (position: number) =>
      Promise.resolve(
        found.flatMap(({ ref }, at) => (at < position ? [] : [{ position: at + 1, match: { ref } as ScreeningMatch }])),
      ),
    minimisedSighting(indicator: StixId, refs: readonly number[], id: StixId) {
      const hits = found.filter(({ ref }) => refs.includes(ref));
      const [first, last] = [hits[0]?.atUs, hits.at(-1)?.atUs];
      if (first === undefined || last === undefined) return undefined;
      return minimisedSighting({ id, indicator, count: hits.length, firstUs: first, lastUs: last });
    },
  };
}
