import { setImmediate as nextTurn } from 'node:timers/promises';
import { parseStixId } from '@comity/protocol/base';
import type { RowId } from '@comity/protocol/base';
import type { Arrival } from '../../intel/index.ts';
import { arrivalPieces } from '../../misp/index.ts';
import type { BuildDeps } from '../../misp/index.ts';

/** Events looked for between two turns of the event loop. */
const eventsAtOnce = 50;

interface NewestOptions {
  /** Only events this source told of. */
  readonly source: RowId | undefined;
  /** Whether a version is one to be counted. */
  readonly counts: (arrival: Arrival) => boolean;
}

/**
 * When the newest versions of events are of, in seconds, by uuid. An event that is not here is not named.
 *
 * @param uuids - As they are recognised, each once.
 */
export async function newestVersions(
  uuids: readonly string[],
  { source, counts }: NewestOptions,
  { arrivals }: Pick<BuildDeps, 'arrivals'>,
): Promise<ReadonlyMap<string, number>> {
  const newest = new Map<string, number>();
  for (let from = 0; from < uuids.length; from += eventsAtOnce) {
    const asked = uuids.slice(from, from + eventsAtOnce);
    const ids = asked.flatMap((uuid) => [parseStixId(`report--${uuid}`), parseStixId(`grouping--${uuid}`)]);
    const query = { ids, types: undefined, kinds: undefined, lastOnly: true, source };
    for (const rows of arrivalPieces(query, ids.length, arrivals)) {
      for (const row of rows.filter(counts)) {
        const uuid = row.object.id.slice(row.object.id.indexOf('--') + 2);
        newest.set(uuid, Math.max(newest.get(uuid) ?? 0, row.versionUs / 1_000_000));
      }
      await nextTurn();
    }
  }
  return newest;
}
