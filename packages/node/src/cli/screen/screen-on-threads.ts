import { stat } from 'node:fs/promises';
import { filesBelow } from '@comity/screen';
import type { FormatName, LogThreads, Table } from '@comity/screen';
import type { MatchPrinter } from './match-printer.ts';
import type { Output } from './output.ts';
import type { Progress } from './progress.ts';

/** How often the bar hears of what was read, also while nothing is found. */
const progressMs = 100;

export interface ScreenOnThreadsDeps {
  readonly printer: MatchPrinter;
  readonly output: Output;
  readonly progress: Progress | undefined;
  /** Told of what cannot be read; the rest is screened. */
  readonly fail: (error: unknown) => void;
}

/** Screens files on threads and prints what they find, as one thread would. */
export async function screenOnThreads(
  threads: LogThreads,
  what: { readonly table: Table; readonly files: readonly string[]; readonly format: FormatName | 'auto' },
  { printer, output, progress, fail }: ScreenOnThreadsDeps,
): Promise<void> {
  const run = threads.screen(what.table, what.files, { format: what.format });
  const asInput = { sizeBytes: undefined, readBytes: () => run.counts.readBytes };
  const report = (): void => progress?.update(asInput, printer.alarms);
  const timer = progress === undefined ? undefined : setInterval(report, progressMs);
  try {
    for await (const findings of run.batches()) {
      for (const finding of findings) {
        if (finding.type === 'match') printer.print(finding.file, finding);
        else {
          progress?.clear();
          fail(finding.error);
        }
      }
      if (output.isTerminal) progress?.clear();
      await output.flush();
      if (output.closed) return;
      report();
    }
  } finally {
    clearInterval(timer);
  }
}

/** Whether files, and what lies below folders, have so many bytes together. Looks no further than that. */
export async function haveBytes(paths: readonly string[], bytesMin: number): Promise<boolean> {
  let bytes = 0;
  for (const path of paths) {
    for await (const file of filesBelow(path)) {
      try {
        if (file.error === undefined) bytes += (await stat(file.path)).size;
      } catch {
        // Opening it later says what is wrong; here it only counts for nothing.
      }
      if (bytes >= bytesMin) return true;
    }
  }
  return false;
}
