import { ComityError } from '@comity/protocol/base';
import type { PlacedMatch } from '../screening/index.ts';
import type { Exit, ShareableObject } from '../sharing/index.ts';
import type { ToldMatch } from './form/told-match.ts';
import { tellMatch } from './tell-match.ts';

/** Why a match was kept here though no rule of sharing says so. */
const ownRules = {
  noObject: 'outlet.indicator-gone',
  guard: 'guard',
} as const;

/** A batch, ready to be sent. */
export interface Packed {
  /** Each was read by the guard as it stands. */
  readonly texts: readonly string[];
  /** Position of the last match that is done with once they are sent. */
  readonly through: number;
  readonly withheld: number;
  readonly withheldBy: ReadonlyMap<string, number>;
}

export interface PackOptions {
  readonly alarmsOnly: boolean;
  /** Bytes of all texts together; the first is taken whatever it has. */
  readonly bytesMax: number;
}

export interface PackDeps {
  readonly exit: Exit;
  readonly findObject: (id: string) => ShareableObject | undefined;
  /** Writes a match as the document that is sent, and has the guard read that: what it returns is what leaves. */
  readonly write: (match: ToldMatch) => string;
}

/**
 * Decides on each match by its indicator's object, and writes those that may leave, in their order, until the batch is full.
 * What may not leave is counted under every rule that stands against it.
 */
export function packMatches(
  placed: readonly PlacedMatch[],
  { alarmsOnly, bytesMax }: PackOptions,
  deps: PackDeps,
): Packed {
  const texts: string[] = [];
  const withheldBy = new Map<string, number>();
  const before = new Map(deps.exit.count.deniedBy);
  let withheld = 0;
  let bytes = 0;
  let through = 0;
  const withhold = (rule?: string): void => {
    withheld += 1;
    if (rule !== undefined) withheldBy.set(rule, (withheldBy.get(rule) ?? 0) + 1);
  };
  for (const { position, match } of placed) {
    if (alarmsOnly && !match.alarm) {
      through = position;
      continue;
    }
    const object = match.indicator.id === '' ? undefined : deps.findObject(match.indicator.id);
    const [admitted] = object === undefined ? [] : deps.exit.admit([object]);
    if (admitted === undefined) withhold(object === undefined ? ownRules.noObject : undefined);
    else {
      const text = guarded(() => deps.write(tellMatch(match, admitted)));
      if (text === undefined) withhold(ownRules.guard);
      else {
        bytes += Buffer.byteLength(text);
        // Decided on again with the next batch, as everything that is sent again is.
        if (texts.length > 0 && bytes > bytesMax) break;
        texts.push(text);
      }
    }
    through = position;
  }
  for (const [rule, count] of deps.exit.count.deniedBy) {
    const added = count - (before.get(rule) ?? 0);
    if (added > 0) withheldBy.set(rule, added);
  }
  return { texts, through, withheld, withheldBy };
}

/** Undefined: the guard stopped it. */
function guarded(write: () => string): string | undefined {
  try {
    return write();
  } catch (error) {
    if (error instanceof ComityError && error.code === 'SHARING_REFUSED') return undefined;
    throw error;
  }
}
