import { ComityError, hexOf, limits } from '@comity/protocol/base';
import {
  elementBytes,
  findCell,
  lookupInput,
  mayHave,
  nameOfOutput,
  openRecord,
  parseEvaluation,
  parseLookupRecord,
  parseLookupSet,
  printQuestion,
  proofBytes,
  questionsOf,
} from '@comity/protocol/lookup';
import type { LookupRecord, LookupSet } from '@comity/protocol/lookup';
import { recogniseValue } from '@comity/protocol/values';
import type { Value } from '@comity/protocol/values';
import { fetchRecords, nothingFetched } from './fetch-records.ts';
import type { FetchedRecords } from './fetch-records.ts';
import type { KnownKeys } from './known-keys.ts';
import { lookupTextsMax } from './lookup.ts';
import type { LookupActor, LookupAnswer, LookupAsker, LookupLink, LookupResult } from './lookup.ts';
import { onceSeal } from './once-seal.ts';
import type { OprfDesk } from './oprf-desk.ts';
import { inputKeyOf } from './output-book.ts';

/** Members whose sets are kept, and outputs kept of one: a value that was asked for once in an epoch is not asked for again in it. */
const membersKeptMax = 8;
const outputsKeptMax = 50_000;
/** Times a question is begun anew because what is offered changed under it. */
const triesMax = 3;

export interface AskerDeps {
  readonly nowUs: () => number;
  readonly link: LookupLink;
  readonly desk: Pick<OprfDesk, 'do'>;
  readonly keys: KnownKeys;
  /** Whether this node knows a value itself. */
  readonly isKnown: (value: Value) => Promise<boolean>;
  /** Unpredictable, below a number. */
  readonly randomInt: (below: number) => number;
  /** Writes down who asks which member for how many values. Durable when it resolves. */
  readonly noteAsked: (by: LookupActor, member: string, values: number) => Promise<void>;
}

/** What is kept of a member: of one set and the outputs of its epoch. */
interface Kept {
  readonly set: LookupSet;
  readonly key: 'committed' | 'pinned';
  /** By {@link inputKeyOf}. */
  readonly outputs: Map<string, Uint8Array>;
  /** Every record, where all were fetched. */
  cells: readonly Uint8Array[] | undefined;
}

/** A value that was asked for, read. */
interface Asked {
  readonly text: string;
  readonly value: Value | undefined;
  readonly isHere: boolean;
}

/** This node as it asks others. */
export function openAsker({ nowUs, link, desk, keys, isKnown, randomInt, noteAsked }: AskerDeps): LookupAsker {
  const kept = new Map<string, Kept>();

  /** The set in force, fetched when it is another than that which is kept. */
  const follow = async (member: string, signal: AbortSignal): Promise<Kept> => {
    const known = kept.get(member);
    const have = known === undefined ? '' : `?have=${hexOf(known.set.generation)}`;
    const path = `/peer/v1/lookup${have}`;
    const { status, body } = await link.ask(member, {
      method: 'GET',
      path,
      answerBytesMax: limits.lookupAnswerBytesMax,
      signal,
    });
    const fresh = known !== undefined && status === 204 ? known : await readSet(member, body, known);
    if (fresh.set.untilUs <= nowUs())
      throw new ComityError('CONFLICT', 'Cannot use what the member offers: its epoch is over');
    // Last in the order of the map: the one that was not asked for longest goes first.
    kept.delete(member);
    kept.set(member, fresh);
    for (const oldest of kept.keys()) if (kept.size > membersKeptMax) kept.delete(oldest);
    return fresh;
  };

  const readSet = async (member: string, body: Uint8Array, known: Kept | undefined): Promise<Kept> => {
    const set = parseLookupSet(body);
    const key = await keys.check(member, set);
    const isSameKey = known !== undefined && Buffer.from(known.set.publicKey).equals(set.publicKey);
    return { set, key, outputs: isSameKey ? known.outputs : new Map(), cells: undefined };
  };

  /** Has values evaluated that were not before, and gives how many. */
  const evaluate = async (
    member: string,
    { set, outputs }: Kept,
    values: readonly Value[],
    signal: AbortSignal,
  ): Promise<number> => {
    // Whole, since a part would have to be chosen: what is asked for again costs an evaluation.
    if (outputs.size + values.length > outputsKeptMax) outputs.clear();
    const asked = values.filter((value) => !outputs.has(inputKeyOf(value)));
    for (let from = 0; from < asked.length; from += limits.lookupBatchMax) {
      const piece = asked.slice(from, from + limits.lookupBatchMax);
      const inputs = piece.map(lookupInput);
      const blinded = await desk.do({ kind: 'blind', inputs });
      const { body } = await link.ask(member, {
        method: 'POST',
        path: '/peer/v1/lookup/evaluate',
        body: printQuestion({ epoch: set.epoch, elements: blinded.map(({ element }) => element) }),
        answerBytesMax: piece.length * elementBytes + proofBytes,
        signal,
      });
      const { elements, proof } = parseEvaluation(body, piece.length);
      const items = inputs.map((input, index) => ({ input, ...blinded[index]!, evaluated: elements[index]! }));
      const made = await desk.do({ kind: 'finalize', items, publicKey: set.publicKey, proof });
      for (const [index, value] of piece.entries()) outputs.set(inputKeyOf(value), made[index]!);
    }
    return asked.length;
  };

  const recordsOf = async (
    member: string,
    one: Kept,
    names: readonly Uint8Array[],
    signal: AbortSignal,
  ): Promise<FetchedRecords> => {
    if (names.length === 0 || one.cells !== undefined) return { cells: one.cells ?? [], leak: nothingFetched };
    const ask = async (body: Uint8Array, answerBytesMax: number): Promise<Uint8Array> =>
      (await link.ask(member, { method: 'POST', path: '/peer/v1/lookup/records', body, answerBytesMax, signal })).body;
    const fetched = await fetchRecords(names, one.set, ask, randomInt);
    if (fetched.leak.records === 'all') one.cells = fetched.cells;
    return fetched;
  };

  const read = async (text: string): Promise<Asked> => {
    const found = recogniseValue(text, { anySuffix: true });
    if (found === undefined) return { text, value: undefined, isHere: false };
    const { kind, value } = found;
    for (const question of questionsOf({ kind, value }))
      if (await isKnown(question)) return { text, value: { kind, value }, isHere: true };
    return { text, value: { kind, value }, isHere: false };
  };

  const askOnce = async (member: string, asked: readonly Asked[], signal: AbortSignal): Promise<LookupAnswer> => {
    const open = openOf(asked);
    const base = { member, askedUs: nowUs() };
    if (open.length === 0) {
      const leak = { wasAsked: false, evaluated: 0, ...nothingFetched };
      return { ...base, results: asked.map((each) => resultOf(each, undefined)), leak, key: undefined };
    }
    const one = await follow(member, signal);
    const questions = new Map(open.flatMap(questionsOf).map((value) => [inputKeyOf(value), value]));
    const evaluated = await evaluate(member, one, [...questions.values()], signal);
    const hits = [...questions].flatMap(([input, value]) => {
      const output = one.outputs.get(input);
      return output !== undefined && mayHave(one.set.filter, nameOfOutput(output)) ? [{ input, value, output }] : [];
    });
    const names = hits.map(({ output }) => nameOfOutput(output));
    const { cells, leak } = await recordsOf(member, one, names, signal);
    const found = new Map<string, Found>();
    for (const { input, value, output } of hits) {
      const cell = findCell(cells, nameOfOutput(output));
      if (cell === undefined) continue;
      const record = parseLookupRecord(openRecord(output, cell, one.set.generation, onceSeal));
      found.set(input, { listed: value, record });
    }
    const results = asked.map((each) => resultOf(each, found));
    return { ...base, results, leak: { wasAsked: true, evaluated, ...leak }, key: one.key };
  };

  return {
    async ask(member, texts, by, signal) {
      if (texts.length > lookupTextsMax)
        throw new ComityError(
          'ARGUMENT_INVALID',
          `Cannot ask for ${texts.length} values, at most ${lookupTextsMax} at once`,
        );
      const asked: Asked[] = [];
      for (const text of texts) asked.push(await read(text));
      const count = openOf(asked).length;
      if (count > 0) await noteAsked(by, member, count);
      for (let attempt = 1; ; attempt += 1) {
        try {
          return await askOnce(member, asked, signal);
        } catch (error) {
          // What is offered was replaced meanwhile, or its epoch ended: outputs that were proven stay.
          const isStale = error instanceof ComityError && (error.code === 'NOT_FOUND' || error.code === 'CONFLICT');
          if (!isStale || attempt === triesMax || !kept.has(member)) throw error;
        }
      }
    },
  };
}

/** Values nobody here knows. */
function openOf(asked: readonly Asked[]): readonly Value[] {
  return asked.flatMap(({ value, isHere }) => (value === undefined || isHere ? [] : [value]));
}

interface Found {
  readonly listed: Value;
  readonly record: LookupRecord;
}

/** The answer for one value: of several that are listed the nearest, which is asked for first. */
function resultOf({ text, value, isHere }: Asked, found: ReadonlyMap<string, Found> | undefined): LookupResult {
  if (value === undefined) return { text, value, outcome: 'unreadable' };
  if (isHere) return { text, value, outcome: 'here' };
  const hit = questionsOf(value)
    .map((question) => found?.get(inputKeyOf(question)))
    .find((each) => each !== undefined);
  return hit === undefined ? { text, value, outcome: 'none' } : { text, value, outcome: 'there', ...hit };
}
