import { randomInt } from 'node:crypto';
import { ComityError, limits, quote } from '@comity/protocol/base';
import { parsePattern, planPattern } from '@comity/protocol/pattern';
import type { StixObject } from '@comity/protocol/stix';
import { whyTooBroad } from '@comity/protocol/values';
import type { ListedValue } from '@comity/protocol/values';
import { openInput, Table } from '@comity/screen';
import type { ListedRow } from '@comity/screen';
import { readIntelligence } from '../../connectors/index.ts';
import type { IntelligenceInput } from '../../connectors/index.ts';
import type { KnownGoodGate } from '../../intel/index.ts';
import type { NamedTable } from './saved-table.ts';

/** What the lists of a run list. */
export interface IndicatorRows {
  readonly rows: readonly ListedRow[];
  /** The lists, as given or joined below a folder; a row's `ref` is the index of its list. */
  readonly sources: readonly string[];
  /** Values the known-good gate kept out, each counted once. */
  readonly heldBack: number;
  /** Values that are too broad to be looked for. */
  readonly tooBroad: number;
}

/** The indicators of a run, compiled. */
export interface Indicators extends Omit<IndicatorRows, 'rows'> {
  readonly table: Table;
}

export interface LoadIndicatorsDeps {
  readonly knownGood: KnownGoodGate | undefined;
  /**
   * Which values of a pattern are used: `decided`: only where seeing one is all the pattern asks; `named`: every value it
   * names, also beside conditions that nobody checks here.
   */
  readonly patterns: 'decided' | 'named';
  openUrl(url: string): AsyncIterable<IntelligenceInput>;
  /** Told of a list that cannot be read; the others are used. */
  fail(error: unknown): void;
  /** Told what was left out of a list that could be read. */
  note(text: string): void;
}

/**
 * Reads every list as {@link readIndicators} does and compiles what they list.
 *
 * @param saved - a table that what they list is added to.
 */
export async function loadIndicators(
  paths: readonly string[],
  deps: LoadIndicatorsDeps,
  saved?: NamedTable,
): Promise<Indicators> {
  const { rows, ...read } = await readIndicators(paths, deps);
  if (saved === undefined) return { ...read, table: Table.build(rows, { seed: drawSeed() }) };
  for (const { value, ref } of rows) saved.table.add(value, saved.sources.length + ref);
  return { ...read, table: saved.table, sources: [...saved.sources, ...read.sources] };
}

/** A list may come from anybody, so nobody may know how its values are hashed. */
export function drawSeed(): number {
  return randomInt(2 ** 32);
}

/**
 * Reads every list.
 *
 * Of STIX and MISP, indicators are used, revoked ones left out. In a folder,
 * free text (a README, a licence) is left out, since the names in it are not meant as indicators; a report that is named
 * itself is read. What is left out is said.
 */
export async function readIndicators(paths: readonly string[], deps: LoadIndicatorsDeps): Promise<IndicatorRows> {
  const rows: ListedRow[] = [];
  const sources: string[] = [];
  const heldBack = new Set<string>();
  let tooBroad = 0;
  for (const path of paths) {
    const inputs = /^https?:\/\//i.test(path)
      ? deps.openUrl(path)
      : openInput(path, { bytesMax: limits.importBytesMax });
    for await (const input of inputs) {
      const ref = sources.push(input.name) - 1;
      const list = await readList(input, { isNamed: input.name === path, deps });
      tooBroad += list.tooBroad;
      for (const value of list.values) {
        if (deps.knownGood?.judge(value) === undefined) rows.push({ value, ref });
        else heldBack.add(`${value.kind} ${value.value}`);
      }
    }
  }
  return { rows, sources, heldBack: heldBack.size, tooBroad };
}

/** So many values of a list that are too broad are told one by one. */
const tooBroadSaid = 10;

async function readList(
  input: IntelligenceInput,
  { isNamed, deps }: { readonly isNamed: boolean; readonly deps: LoadIndicatorsDeps },
): Promise<{ readonly values: readonly ListedValue[]; readonly tooBroad: number }> {
  const values: ListedValue[] = [];
  let tooBroad = 0;
  const keep = (listed: readonly ListedValue[], place: string): void => {
    for (const value of listed) {
      const why = whyTooBroad(value);
      if (why === undefined) values.push(value);
      else if (++tooBroad <= tooBroadSaid) {
        deps.note(`${input.name}: ${quote(value.value)} at ${place} is not looked for: ${why}`);
      }
    }
  };
  const rejected: string[] = [];
  let undecided = 0;
  for await (const item of readIntelligence(input)) {
    if (item.kind === 'format' && item.format === 'text' && !isNamed) {
      deps.note(`left out ${input.name}: free text in a folder; name the file itself to use the values in it`);
      break;
    }
    if (item.kind === 'value') {
      keep([item.value], item.place);
    } else if (item.kind === 'object') {
      const listed = listedBy(item.object, deps.patterns);
      if (listed === undefined) undecided++;
      else keep(listed, item.place);
    } else if (item.kind === 'rejected') {
      if (item.place === input.name) deps.fail(item.error);
      else rejected.push(`${item.place}: ${item.error.message}`);
    }
  }
  if (rejected.length > 0)
    deps.note(
      `${input.name}: ${counted(rejected.length, 'entry', 'entries')} could not be used, the first at ${rejected[0]}`,
    );
  if (undecided > 0)
    deps.note(`${input.name}: ${counted(undecided, 'pattern', 'patterns')} left out: values alone do not decide them`);
  if (tooBroad > tooBroadSaid) {
    deps.note(`${input.name}: ${tooBroad - tooBroadSaid} more are not looked for: they are too broad`);
  }
  return { values, tooBroad };
}

/** Values an object lists; undefined when it is an indicator whose pattern values alone do not decide. */
function listedBy(object: StixObject, patterns: 'decided' | 'named'): readonly ListedValue[] | undefined {
  const { type, pattern, pattern_type: patternType, revoked } = object.value;
  if (type !== 'indicator' || revoked === true) return [];
  if (typeof pattern !== 'string' || (patternType !== undefined && patternType !== 'stix')) return undefined;
  try {
    const plan = planPattern(parsePattern(pattern));
    return plan.complete || patterns === 'named' ? plan.values : undefined;
  } catch (error) {
    if (error instanceof ComityError) return undefined;
    throw error;
  }
}

function counted(count: number, one: string, many: string): string {
  return `${count} ${count === 1 ? one : many}`;
}
