import type { JsonObject } from '@comity/protocol/base';
import type { IntelCore } from '../intel-core.ts';
import type { Candidate } from '../import.ts';

/** Marking-definitions of the batch itself, then of the store. */
export function markingLookup(
  core: Pick<IntelCore, 'findLiveValue'>,
  candidates: readonly Candidate[],
): (id: string) => JsonObject | undefined {
  let inBatch: Map<string, JsonObject> | undefined;
  return (id) => {
    inBatch ??= new Map(
      candidates.flatMap((candidate) =>
        'object' in candidate && candidate.object.type === 'marking-definition'
          ? [[candidate.object.id, candidate.object.value] as const]
          : [],
      ),
    );
    return inBatch.get(id) ?? core.findLiveValue(id);
  };
}
