import { setImmediate } from 'node:timers/promises';
import { parentPort, workerData } from 'node:worker_threads';
import { hunt, openSeenFolder, readFresh, SeenTable, tendRuns, writeTable } from '@comity/screen';
import type { KeySeed } from '@comity/screen';
import type { ScreenedValue, ValueReader, ValueReaderModule } from '../value-reader.ts';
import { rescanSource } from './rescan.ts';
import type {
  FollowAnswer,
  SeenAnswers,
  SeenJob,
  SeenQuestions,
  SeenReply,
  SeenRequest,
  SeenWorkerData,
} from './seen-jobs.ts';
import type { JournalRow } from './seen-journal.ts';

/** Values asked for at once: their answers are one message. */
const valuesPerHunt = 5000;

const { dir, seenDir, valueReaderModule } = workerData as SeenWorkerData;
const port = parentPort;
if (port === null) throw new Error('Assertion failed: this file runs on a worker thread');
const seed: KeySeed = openSeenFolder(seenDir);
/** Opened by the first job that needs it. */
let reader: ValueReader | undefined;
/** Active values of a table whose changes are no longer known, of which the rest is still to be asked for. */
let rest: { readonly sequence: number; readonly values: Iterator<ScreenedValue> } | undefined;

/** Each source and hour becomes a run. */
function recover(rows: readonly JournalRow[]): null {
  const tables = new Map<string, { source: number; hour: number; table: SeenTable }>();
  for (const { source, hour, keys } of rows) {
    const place = `${source} ${hour}`;
    const entry = tables.get(place) ?? { source, hour, table: new SeenTable(seed) };
    readFresh(keys, entry.table);
    tables.set(place, entry);
  }
  for (const { source, hour, table } of tables.values()) writeTable(seenDir, seed, table, source, hour);
  return null;
}

async function tend({ retention, nowMs }: SeenQuestions['tend']): Promise<SeenAnswers['tend']> {
  const steps = tendRuns(seenDir, seed, retention, nowMs);
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
    // A hunt need not wait for the end of a merge.
    await setImmediate();
  }
}

async function openReader(): Promise<ValueReader> {
  if (reader === undefined) {
    const { openValueReader } = (await import(valueReaderModule)) as ValueReaderModule;
    reader = await openValueReader({ dir });
  }
  return reader;
}

async function follow({ sequence, through }: SeenQuestions['follow']): Promise<FollowAnswer> {
  const from = await openReader();
  if (rest === undefined) {
    const deltas = from.changesSince(sequence);
    if (deltas !== undefined) {
      const due = deltas.filter((delta) => delta.sequence <= through);
      const last = due.at(-1);
      if (last === undefined) return { ...nothing, sequence };
      return { ...askFor(due.flatMap(({ added }) => added)), sequence: last.sequence, hasMore: true };
    }
    // What became active behind `through` may be among them; it is asked for again when its turn comes.
    rest = { sequence: through, values: from.activeValues().values[Symbol.iterator]() };
  }
  const values: ScreenedValue[] = [];
  for (let next = rest.values.next(); next.done !== true; next = rest.values.next()) {
    values.push(next.value);
    if (values.length === valuesPerHunt) return { ...askFor(values), sequence, hasMore: true };
  }
  const { sequence: reached } = rest;
  rest = undefined;
  return { ...askFor(values), sequence: reached, hasMore: true };
}

const nothing = { hasMore: false, asked: 0, places: [], left: 0, damaged: [] };

/** A value that several list is asked for once, as one of no port if there is one. */
function askFor(listed: readonly ScreenedValue[]): Omit<FollowAnswer, 'sequence' | 'hasMore'> {
  const byValue = new Map<string, ScreenedValue>();
  for (const each of listed) {
    const key = `${each.value.kind} ${each.value.value}`;
    const known = byValue.get(key);
    if (known === undefined || (known.value.port !== undefined && each.value.port === undefined))
      byValue.set(key, each);
  }
  const values = [...byValue.values()];
  const found = { places: [] as FollowAnswer['places'][number][], left: 0, damaged: [] as FollowAnswer['damaged'] };
  for (let from = 0; from < values.length; from += valuesPerHunt) {
    const part = values.slice(from, from + valuesPerHunt);
    const { places, left, damaged } = hunt(
      seenDir,
      seed,
      part.map(({ value }) => value),
    );
    for (const { index, ...place } of places) found.places.push({ ...place, value: part[index]! });
    found.left += left;
    found.damaged = damaged;
  }
  return { asked: values.length, ...found };
}

const jobs: { [Job in SeenJob]: (question: SeenQuestions[Job]) => SeenAnswers[Job] | Promise<SeenAnswers[Job]> } = {
  recover: ({ rows }) => recover(rows),
  tend,
  ask: ({ values, sinceHour }) => hunt(seenDir, seed, values, sinceHour === undefined ? {} : { sinceHour }),
  follow,
  rescan: ({ values, source, from }) => rescanSource(values, source, from),
};

async function answer({ id, job, question }: SeenRequest): Promise<void> {
  const post = (reply: SeenReply): void => port?.postMessage(reply);
  try {
    const act = jobs[job] as (question: SeenQuestions[SeenJob]) => SeenAnswers[SeenJob] | Promise<SeenAnswers[SeenJob]>;
    post({ id, answer: await act(question) });
  } catch (error) {
    // What the system does is an answer; anything else is a bug and ends this thread.
    if (!(error instanceof Error) || (error as NodeJS.ErrnoException).code === undefined) throw error;
    post({ id, error: error.message });
  }
}

port.on('message', (request: SeenRequest) => void answer(request));
