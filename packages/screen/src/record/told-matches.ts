import type { PortVerdict } from './match.ts';

/** Which verdict says more: an alarm goes before none. */
export const verdictRank: Readonly<Record<PortVerdict, number>> = { same: 2, unknown: 1, other: 0 };
/** A listing without port decides for all. */
const rankWithoutVerdict = 3;
/** So many matches of one record are remembered, some 10 MB: a record may hold every listed value there is. */
const toldMax = 65_536;

/**
 * The matches of a record in pieces that were told already, so that each counts once however many pieces show it.
 *
 * Beyond {@link toldMax} a match is told once a piece: repeated rather than lost.
 */
export class ToldMatches {
  private readonly ranks = new Map<string, number>();

  /** Whether the match is to be told: it is new, or its port now says more. */
  add(key: string, port: PortVerdict | undefined): boolean {
    const rank = port === undefined ? rankWithoutVerdict : verdictRank[port];
    const known = this.ranks.get(key);
    if (known !== undefined && known >= rank) return false;
    if (known !== undefined || this.ranks.size < toldMax) this.ranks.set(key, rank);
    return true;
  }

  /** Another record begins, or another table, in which the keys mean something else. */
  clear(): void {
    this.ranks.clear();
  }
}
