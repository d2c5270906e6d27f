import { parseRowId, parseStixId } from '@comity/protocol/base';
import type { StixId } from '@comity/protocol/base';
import { compareTlp, strictestTlp, tlpOfMarkingId } from '@comity/protocol/markings';
import type { Tlp } from '@comity/protocol/markings';
import type {
  Candidate,
  Description,
  Import,
  ImportReport,
  IntelDetail,
  IntelSource,
  Outcome,
  StoredObject,
} from '../../packages/node/src/intel/index.ts';
import type { FederationIntel } from '../../packages/node/src/federation/index.ts';

/** What one source tells of an object, and lends it for. */
interface Told {
  readonly tlp: Tlp;
  readonly untilUs: number | undefined;
  readonly ended: boolean;
}

/** An object as the simulated intelligence has it. */
export interface LightRow {
  readonly ref: number;
  readonly id: StixId;
  readonly type: string;
  text: string;
  modifiedUs: number;
  own: boolean;
  /** The source whose text counts: who told first, or ourselves. */
  by: string;
  tlp: Tlp;
  arrivedUs: number;
  readonly told: Map<string, Told>;
}

/** All of it that lasts; `order` is that of arrival, with places that were left behind. */
export interface LightImage {
  readonly rows: ReadonlyMap<string, LightRow>;
}

/** Faults that are planted to see them found. */
export interface IntelFaults {
  /** What is lent is used for ever. */
  readonly ignoresLeaseEnds?: boolean;
  /** What was taken back stays in use. */
  readonly ignoresEnds?: boolean;
}

/**
 * Intelligence without an index, a disk and a screen, with the lending of the real one (`admit/loan-book.ts`): an object that only members
 * told of is used as long as one of them lends it; and with its word on who changes an object (`admit/version-book.ts`). Each call is done at once, as a transaction is.
 */
export class LightIntel implements FederationIntel {
  readonly #rows = new Map<string, LightRow>();
  readonly #byRef: LightRow[] = [];
  #order: { readonly atUs: number; readonly row: LightRow }[] = [];
  readonly #nowUs: () => number;
  readonly #faults: IntelFaults;
  readonly #isAlive: () => boolean;

  /** @param isAlive - Nothing changes once its member stopped. */
  constructor(nowUs: () => number, isAlive: () => boolean, faults: IntelFaults = {}, image?: LightImage) {
    this.#nowUs = nowUs;
    this.#isAlive = isAlive;
    this.#faults = faults;
    for (const row of image?.rows.values() ?? []) {
      const copy = { ...row, told: new Map(row.told) };
      this.#rows.set(row.id, copy);
      this.#byRef[row.ref] = copy;
      this.#order.push({ atUs: row.arrivedUs, row: copy });
    }
    this.#order.sort((one, other) => one.atUs - other.atUs);
  }

  image(): LightImage {
    return { rows: new Map([...this.#rows].map(([id, row]) => [id, { ...row, told: new Map(row.told) }])) };
  }

  openImport(source: IntelSource): Promise<Import> {
    const run = {
      id: parseRowId('imp-simulated'),
      admit: (candidates: readonly Candidate[]) =>
        this.#done(() => candidates.map((candidate) => this.#admit(source, candidate))),
      reject: () => undefined,
      loss: () => undefined,
      alert: () => undefined,
      finish: () => this.#done(() => ({}) as ImportReport),
      fail: () => this.#done(() => ({}) as ImportReport),
    };
    return this.#done(() => run);
  }

  changeLoans(lender: string, changes: Parameters<FederationIntel['changeLoans']>[1]): Promise<number> {
    return this.#done(() => {
      let count = 0;
      for (const change of changes) {
        const row = this.#rows.get(change.id);
        const told = row?.told.get(lender);
        if (row === undefined || told?.untilUs === undefined) continue;
        const isEnd = 'ended' in change;
        if (isEnd && (told.ended || this.#faults.ignoresEnds === true)) continue;
        if (isEnd) this.#tell(row, lender, { ...told, ended: true });
        else {
          const tlp = strictestTlp([told.tlp, change.tlp ?? told.tlp]);
          this.#tell(row, lender, { tlp, untilUs: change.untilUs, ended: false });
        }
        count += 1;
      }
      return count;
    });
  }

  renewLoans(lender: string, beforeUs: number, untilUs: number): Promise<number> {
    return this.#done(() => {
      let count = 0;
      for (const row of this.#rows.values()) {
        const told = row.told.get(lender);
        if (told?.untilUs === undefined || told.ended) continue;
        if (told.untilUs > Math.min(beforeUs, untilUs - 1) || told.untilUs <= this.#nowUs()) continue;
        this.#tell(row, lender, { ...told, untilUs });
        count += 1;
      }
      return count;
    });
  }

  arrivals({ afterUs }: { readonly afterUs: number }, rowsMax: number): ReturnType<FederationIntel['arrivals']> {
    const rows = [];
    let upToUs = afterUs;
    let at = this.#placeBehind(afterUs);
    for (; at < this.#order.length && rows.length < rowsMax; at += 1) {
      const { atUs, row } = this.#order[at]!;
      upToUs = atUs;
      if (row.arrivedUs !== atUs || !this.isUsed(row)) continue;
      rows.push({ atUs, object: this.#stored(row), versionUs: row.modifiedUs, isFirst: false, isLast: true });
    }
    return { rows, upToUs, isEnd: at >= this.#order.length };
  }

  /** What stands beside is not kept. */
  findKept(id: StixId, isWanted: (text: string) => boolean): string | undefined {
    const text = this.#rows.get(id)?.text;
    return text !== undefined && isWanted(text) ? text : undefined;
  }

  isOwnWord(id: StixId, text: string): boolean {
    const row = this.#rows.get(id);
    return row?.own === true && row.text === text;
  }

  findStored(id: string): StoredObject | undefined {
    const row = this.#rows.get(id);
    return row === undefined ? undefined : this.#stored(row);
  }

  object(id: StixId): Promise<IntelDetail | undefined> {
    const row = this.#rows.get(id);
    if (row === undefined) return Promise.resolve(undefined);
    const { tlp, ref, text } = row;
    return Promise.resolve({ id, tlp, refs: [ref], object: JSON.parse(text) } as unknown as IntelDetail);
  }

  describe(refs: readonly number[]): Promise<ReadonlyMap<number, Description>> {
    const found = refs.flatMap((ref) => {
      const row = this.#byRef[ref];
      return row === undefined ? [] : [[ref, { ref, indicator: row.id, otherIndicators: [] as StixId[] }] as const];
    });
    return Promise.resolve(new Map(found) as unknown as ReadonlyMap<number, Description>);
  }

  get rows(): ReadonlyMap<string, LightRow> {
    return this.#rows;
  }

  /** Whether records are screened for it now. */
  isUsed(row: LightRow): boolean {
    const told = [...row.told.values()];
    if (told.some(({ untilUs }) => untilUs === undefined)) return true;
    return told.some(
      ({ untilUs, ended }) => !ended && (untilUs! > this.#nowUs() || this.#faults.ignoresLeaseEnds === true),
    );
  }

  #done<T>(fn: () => T): Promise<T> {
    return this.#isAlive() ? Promise.resolve(fn()) : new Promise(() => undefined);
  }

  #admit(source: IntelSource, candidate: Candidate): Outcome {
    if (!('object' in candidate)) throw new Error('Assertion failed: members send objects');
    const { object, loan } = candidate;
    const { id, type, text, modifiedUs = 0 } = object;
    const label = labelOf(object.value['object_marking_refs']) ?? source.defaultTlp;
    const told: Told = {
      tlp: loan === undefined ? label : strictestTlp([label, loan.tlp]),
      untilUs: loan?.untilUs,
      ended: false,
    };
    const known = this.#rows.get(id);
    if (known === undefined) {
      const ref = this.#byRef.length;
      const own = source.own === true;
      const row: LightRow = {
        ref,
        id: parseStixId(id),
        type,
        text,
        modifiedUs,
        own,
        by: source.id,
        tlp: told.tlp,
        arrivedUs: 0,
        told: new Map(),
      };
      this.#rows.set(id, row);
      this.#byRef.push(row);
      row.told.set(source.id, told);
      this.#arrive(row);
      return { kind: 'taken', id, change: 'new' };
    }
    const becomesOurs = source.own === true && !known.own;
    const isSame = known.text === text;
    if (!isSame && !becomesOurs && known.by !== source.id) return { kind: 'taken', id, change: 'conflict' };
    if (becomesOurs) [known.own, known.by] = [true, source.id];
    const isNewer = modifiedUs > known.modifiedUs || (becomesOurs && !isSame);
    const isOlder = !isNewer && modifiedUs < known.modifiedUs;
    if (isNewer) {
      known.text = text;
      known.modifiedUs = modifiedUs;
    }
    if (isOlder || (!isNewer && !isSame)) return { kind: 'taken', id, change: isOlder ? 'old-version' : 'conflict' };
    this.#tell(known, source.id, told);
    if (isNewer) this.#arrive(known);
    return isNewer ? { kind: 'taken', id, change: 'new-version' } : { kind: 'duplicate', id };
  }

  #tell(row: LightRow, source: string, told: Told): void {
    const wasUsed = this.isUsed(row);
    row.told.set(source, told);
    const tlp = strictestTlp([...row.told.values()].map((each) => each.tlp))!;
    const isOther = compareTlp(tlp, row.tlp) !== 0;
    row.tlp = tlp;
    if (this.isUsed(row) && (isOther || !wasUsed)) this.#arrive(row);
  }

  #arrive(row: LightRow): void {
    row.arrivedUs = Math.max(this.#nowUs(), (this.#order.at(-1)?.atUs ?? 0) + 1);
    this.#order.push({ atUs: row.arrivedUs, row });
    if (this.#order.length > 4 * this.#rows.size + 64)
      this.#order = this.#order.filter(({ atUs, row: each }) => each.arrivedUs === atUs);
  }

  #placeBehind(afterUs: number): number {
    let [from, to] = [0, this.#order.length];
    while (from < to) {
      const middle = (from + to) >> 1;
      if (this.#order[middle]!.atUs <= afterUs) from = middle + 1;
      else to = middle;
    }
    return from;
  }

  #stored(row: LightRow): StoredObject {
    const { id, type, text, modifiedUs, tlp, own } = row;
    const told = [...row.told.values()];
    const running = told.filter(({ ended }) => !ended);
    const isLent = told.every(({ untilUs }) => untilUs !== undefined);
    const leaseUntilUs = isLent && running.length > 0 ? Math.max(...running.map(({ untilUs }) => untilUs!)) : undefined;
    return { id, type, text, modifiedUs, tlp, own, leaseUntilUs, recalled: isLent && running.length === 0 };
  }
}

function labelOf(refs: unknown): Tlp | undefined {
  if (!Array.isArray(refs)) return undefined;
  return strictestTlp(refs.flatMap((ref) => tlpOfMarkingId(String(ref)) ?? []));
}
