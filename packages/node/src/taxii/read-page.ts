import { setImmediate as nextTurn } from 'node:timers/promises';
import { ComityError, isJsonObject, isStixId, parseJson } from '@comity/protocol/base';
import type { StixId } from '@comity/protocol/base';
import { passesVersion } from '@comity/protocol/taxii';
import type { Arrival, ArrivalQuery } from '../intel/index.ts';
import type { Page, PageDeps, PageRecord, PageRequest } from './taxii.ts';

/** Characters of a page beyond which nothing more goes into it, unless a request wants fewer. */
const pageCharsMax = 4 * 1024 * 1024;
/** Objects decided on, and pieces of the order read, for one page: where most may not be given it is short, and goes on. */
const decisionsMax = 2000;
const piecesMax = 200;
/** Rows between two turns of the event loop. */
const rowsAtOnce = 250;
/** Versions of one object looked at to say whether it is there. */
const lookedMax = 1000;

/**
 * A page of what `request` asks for and the exit lets out, in the order it came into the collection. What may not leave is as
 * if it was not there.
 *
 * `nextAfterUs` is there only when something that may be given follows, or when a bound of the work was reached before that
 * was known: then a page may be short, even empty.
 */
export async function readPage(request: PageRequest, deps: PageDeps): Promise<Page> {
  const page = new OpenPage(request, deps);
  const query = queryOf(request);
  if (query === undefined) return page.close(false);
  // One more than fits says whether there is more.
  const rowsMax = Math.min(request.limit + 1, rowsAtOnce);
  for (let piece = 0; piece < piecesMax && page.decisions < decisionsMax; piece += 1) {
    const read = deps.arrivals({ ...query, afterUs: page.upToUs }, rowsMax);
    for (const row of read.rows) if (!page.take(row)) return page.close(true);
    if (read.isEnd) return page.close(false);
    page.upToUs = read.upToUs;
    await Promise.all([deps.exit.room(), nextTurn()]);
  }
  return page.close(true);
}

/** Whether anything of an object is there for the exit: else it is not found. */
export function isThere(request: PageRequest, deps: Pick<PageDeps, 'arrivals' | 'rehearsal'>): boolean {
  const query = queryOf({ ...request, afterUs: 0 });
  if (query === undefined) return false;
  let afterUs = 0;
  for (let looked = 0; looked < lookedMax; looked += rowsAtOnce) {
    const { rows, upToUs, isEnd } = deps.arrivals({ ...query, afterUs, lastOnly: false }, rowsAtOnce);
    if (rows.some(({ object }) => deps.rehearsal.admit([object]).length > 0)) return true;
    if (isEnd) return false;
    afterUs = upToUs;
  }
  return false;
}

/** Undefined when nothing can pass: the collection and the request ask for different things. */
function queryOf({ collection, object, filter, afterUs }: PageRequest): ArrivalQuery | undefined {
  const { types, kinds, source } = collection;
  const { versions } = filter;
  const ids = object === undefined ? filter.ids?.filter(isStixId) : [object];
  const asked = types.length === 0 ? filter.types : (filter.types?.filter((type) => types.includes(type)) ?? types);
  const isNothing = ids?.length === 0 || asked?.length === 0 || filter.specVersions?.includes('2.1') === false;
  if (isNothing) return undefined;
  return {
    afterUs,
    ids: ids === undefined ? undefined : [...new Set(ids)],
    types: asked,
    kinds: kinds.length === 0 ? undefined : kinds,
    source,
    lastOnly: versions.last && !versions.first && !versions.all && versions.atUs.size === 0,
  };
}

class OpenPage {
  readonly #request: PageRequest;
  readonly #deps: PageDeps;
  readonly #records: PageRecord[] = [];
  readonly #texts: string[] = [];
  /** Ids of marking-definitions among the texts. */
  readonly #given = new Set<string>();
  readonly #charsMax: number;
  #chars = 0;
  #isFull = false;
  decisions = 0;
  /** Up to where nothing is left for a later page, µs. */
  upToUs: number;

  constructor(request: PageRequest, deps: PageDeps) {
    this.#request = request;
    this.#deps = deps;
    this.#charsMax = request.charsMax ?? pageCharsMax;
    this.upToUs = request.afterUs;
  }

  /** @returns False when a row has to wait for the next page. */
  take(row: Arrival): boolean {
    if (passesVersion(this.#request.filter.versions, row)) {
      this.decisions += 1;
      const isWaiting = this.#isFull ? this.#mayLeave(row) : !this.#put(row);
      if (isWaiting) return false;
    }
    this.upToUs = row.atUs;
    return true;
  }

  close(isMore: boolean): Page {
    return {
      records: this.#records,
      texts: this.#texts,
      definitionIds: [...this.#given],
      nextAfterUs: isMore ? this.upToUs : undefined,
      upToUs: this.upToUs,
    };
  }

  #mayLeave({ object }: Arrival): boolean {
    return this.#deps.rehearsal.admit([object]).length > 0;
  }

  /** @returns False when there is no room for it beside what is there. */
  #put(row: Arrival): boolean {
    const [admitted] = this.#deps.exit.admit([row.object]);
    if (admitted === undefined) return true;
    const all = admitted.definitions.length === 0 ? [admitted.text] : [...admitted.definitions, admitted.text];
    const chars = all.reduce((sum, { length }) => sum + length, 0);
    const isTooMuch = this.#texts.length + all.length > this.#request.limit || this.#chars + chars > this.#charsMax;
    if (isTooMuch && this.#records.length > 0) return false;
    if (!this.#isPassed(row.object.id, all)) return true;
    this.#texts.push(...admitted.definitions.filter((text) => this.#isNew(idOfText(text))));
    if (this.#isNew(row.object.id)) this.#texts.push(admitted.text);
    this.#chars += chars;
    this.#records.push({ id: row.object.id, addedUs: row.atUs, versionUs: row.versionUs });
    this.#isFull = this.#texts.length >= this.#request.limit || this.#chars >= this.#charsMax;
    return true;
  }

  /** A definition may be an object of the collection itself: it is in a page once. */
  #isNew(id: string): boolean {
    if (!id.startsWith('marking-definition--')) return true;
    if (this.#given.has(id)) return false;
    this.#given.add(id);
    return true;
  }

  /** The second look. What the guard stops is told in the log and is not there for the client, who could not go on else. */
  #isPassed(id: StixId, texts: readonly string[]): boolean {
    if (!this.#deps.isGuarded) return true;
    try {
      for (const text of texts) this.#deps.exit.guard.stix(text);
      return true;
    } catch (error) {
      if (!(error instanceof ComityError) || error.code !== 'SHARING_REFUSED') throw error;
      this.#deps.onStopped(id, error);
      return false;
    }
  }
}

function idOfText(text: string): string {
  const value = parseJson(text, text.length);
  const id = isJsonObject(value) ? value['id'] : undefined;
  return typeof id === 'string' ? id : '';
}
