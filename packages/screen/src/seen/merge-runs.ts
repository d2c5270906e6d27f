import { CellList, mergeCells } from './cell-list.ts';
import { RunCursor, RunFile } from './run-file.ts';
import { RunWriter } from './run-writer.ts';
import type { WrittenRun } from './run-writer.ts';

/** Keys merged between two pauses. */
const KEYS_PER_STEP = 20_000;

/**
 * Merges runs of one day and one seed into one that replaces them, a step at a time: whoever iterates decides how long it rests
 * between steps. The runs themselves stay; stopping before the end leaves nothing.
 *
 * @throws {RunDamaged}
 */
export function* mergeRuns(dir: string, files: readonly string[]): Generator<undefined, WrittenRun, void> {
  const runs: RunFile[] = [];
  let writer: RunWriter | undefined;
  try {
    for (const file of files) runs.push(new RunFile(file));
    const [{ header }] = runs as [RunFile];
    writer = new RunWriter(dir, {
      day: header.day,
      seedPrint: header.seedPrint,
      sources: [...new Set(runs.flatMap((run) => run.header.sources))].sort((left, right) => left - right),
      replaces: runs.flatMap((run) => [run.header.id]),
    });
    yield* copyKeys(runs, writer);
    const written = writer.finish();
    writer = undefined;
    return written;
  } finally {
    writer?.abandon();
    for (const run of runs) run.close();
  }
}

function* copyKeys(runs: readonly RunFile[], writer: RunWriter): Generator<undefined, void, void> {
  const cursors = runs.map((run) => new RunCursor(run)).filter((cursor) => cursor.next());
  let merged = new CellList();
  let spare = new CellList();
  for (let keys = 1; cursors.length > 0; keys++) {
    const { section, hi, lo } = smallest(cursors);
    merged.clear();
    for (let index = cursors.length - 1; index >= 0; index--) {
      const cursor = cursors[index]!;
      if (cursor.hi !== hi || cursor.lo !== lo || cursor.section !== section) continue;
      mergeCells(merged, cursor.cells, spare);
      [merged, spare] = [spare, merged];
      if (!cursor.next()) cursors.splice(index, 1);
    }
    writer.add(section, hi, lo, merged);
    if (keys % KEYS_PER_STEP === 0) yield;
  }
}

function smallest(cursors: readonly RunCursor[]): { section: number; hi: number; lo: number } {
  let least = cursors[0]!;
  for (let index = 1; index < cursors.length; index++) {
    const cursor = cursors[index]!;
    if (cursor.section > least.section) continue;
    const isLess =
      cursor.section < least.section || cursor.hi < least.hi || (cursor.hi === least.hi && cursor.lo < least.lo);
    if (isLess) least = cursor;
  }
  return { section: least.section, hi: least.hi, lo: least.lo };
}
