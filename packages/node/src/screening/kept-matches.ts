import type { Store } from '../store/index.ts';
import {
  countMatchRowsAfter,
  findMatchRow,
  getMatchRows,
  listMatchRows,
  matchRowsAfter,
  newestMatchRow,
} from './match-rows.ts';
import type { StoredMatch } from './match-rows.ts';
import { parseMatchId } from './match.ts';
import type { MatchFilter, MatchPage, PlacedMatch, ScreeningMatch } from './match.ts';
import type { MatchIndicator, ScreeningDeps } from './screening.ts';

/** How far matches that wait for somebody are counted. */
const waitingMax = 100_000;

/** Matches as they are kept, each with what its indicator is now: one of an indicator that was withdrawn stays and says so. */
export class KeptMatches {
  readonly #store: Pick<Store, 'reader'>;
  readonly #describe: ScreeningDeps['describe'];

  constructor({ store, describe }: Pick<ScreeningDeps, 'store' | 'describe'>) {
    this.#store = store;
    this.#describe = describe;
  }

  async page(filter: MatchFilter): Promise<MatchPage> {
    const { rows, next } = listMatchRows(this.#store.reader, filter);
    return { rows: await this.#described(rows), ...(next === undefined ? {} : { next }) };
  }

  async find(id: string): Promise<ScreeningMatch | undefined> {
    const row = findMatchRow(this.#store.reader, parseMatchId(id));
    return row === undefined ? undefined : (await this.#described([row]))[0];
  }

  async get(rows: readonly number[]): Promise<readonly ScreeningMatch[]> {
    return await this.#described(getMatchRows(this.#store.reader, rows));
  }

  async after(position: number, limit: number): Promise<readonly PlacedMatch[]> {
    const matches = await this.#described(matchRowsAfter(this.#store.reader, position, limit));
    return matches.map((match) => ({ position: parseMatchId(match.id), match }));
  }

  waiting(position: number, alarmsOnly: boolean): number {
    return countMatchRowsAfter(this.#store.reader, position, alarmsOnly, waitingMax);
  }

  newest(): number {
    return newestMatchRow(this.#store.reader);
  }

  async #described(rows: readonly StoredMatch[]): Promise<ScreeningMatch[]> {
    if (rows.length === 0) return [];
    const known = await this.#describe([...new Set(rows.map((row) => row.ref))]);
    return rows.map(({ listed, ...row }) => ({ ...row, indicator: known.get(row.ref) ?? unknownIndicator(listed) }));
  }
}

/** A listed value nobody keeps any more: the match still says what was listed. */
function unknownIndicator(listed: string): MatchIndicator {
  return {
    id: '',
    listed,
    source: '',
    tlp: 'red',
    state: 'revoked',
    why: 'The indicator is no longer kept; the match stays as it was found',
  };
}
