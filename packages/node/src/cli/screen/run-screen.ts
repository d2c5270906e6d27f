import { ComityError, quote } from '@comity/protocol/base';
import { createScreen, formatTitles, openInput } from '@comity/screen';
import type { FormatName, OpenedInput, Table } from '@comity/screen';
import type { IntelligenceInput } from '../../connectors/index.ts';
import { plain } from '../terminal.ts';
import { loadIndicators } from './load-indicators.ts';
import { loadKnownGood } from './load-known-good.ts';
import { createMatchPrinter } from './match-printer.ts';
import type { MatchPrinter } from './match-printer.ts';
import { createOutput } from './output.ts';
import type { Output, OutputStream } from './output.ts';
import { createProgress } from './progress.ts';
import type { Progress } from './progress.ts';

/** What was asked for on the command line. */
export interface RunScreenOptions {
  /** Files, folders and URLs; at least one. */
  readonly indicators: readonly string[];
  /** Folder of MISP warninglists. */
  readonly knownGood?: string;
  /** A name of `formatTitles`, or `auto`. */
  readonly format?: string;
  readonly json: boolean;
  readonly quiet: boolean;
  /** Files, folders, `-`; none: standard input. */
  readonly files: readonly string[];
}

/** The surroundings of the command. */
export interface RunScreenDeps {
  readonly stdin: AsyncIterable<Uint8Array>;
  readonly stdout: OutputStream;
  readonly stderr: OutputStream;
  /** Milliseconds; for the rate and the time left only. */
  readonly clock: () => number;
  /** Opens a URL of indicators, its checks of size, time and address applied; throws `ComityError`. */
  readonly openUrl: (url: string) => AsyncIterable<IntelligenceInput>;
}

/** Output is handed over at least every so many bytes of input. */
const flushBytes = 1024 * 1024;

/**
 * Screens files or standard input against indicators, without a node.
 *
 * One thread: files one after another, so that the output has the order of the arguments. A match whose record names
 * another port than the listed ones is printed and counts for nothing. When the reader of standard output goes away
 * (`| head -1`) the command stops at once, without an error.
 *
 * @returns The exit code: 0 with a match, 1 without, 2 when anything could not be read, whatever was found in the rest.
 */
export async function runScreen(options: RunScreenOptions, deps: RunScreenDeps): Promise<0 | 1 | 2> {
  let failed = false;
  const say = (text: string): void => {
    deps.stderr.write(`comity screen: ${plain(text)}\n`);
  };
  const fail = (error: unknown): void => {
    if (!(error instanceof ComityError)) throw error;
    failed = true;
    say(error.message);
  };
  const output = createOutput(deps.stdout);
  try {
    const format = parseFormat(options.format ?? 'auto');
    if (options.indicators.length === 0) {
      throw new ComityError(
        'ARGUMENT_INVALID',
        'Cannot screen without indicators: name a file or URL with --indicators',
      );
    }
    const knownGood = options.knownGood === undefined ? undefined : await loadKnownGood(options.knownGood, fail);
    const indicators = await loadIndicators(options.indicators, {
      knownGood,
      patterns: 'decided',
      openUrl: deps.openUrl,
      fail,
      note: say,
    });
    if (indicators.table.count === 0 && failed) return 2;
    if (indicators.table.count === 0) say('the lists hold no value that can be looked for');

    const printer = createMatchPrinter({ json: options.json, sources: indicators.sources }, { output });
    const files = options.files.length === 0 ? ['-'] : options.files;
    const progress = options.quiet
      ? undefined
      : await createProgress(files, { stream: deps.stderr, clock: deps.clock });
    const run: Run = { table: indicators.table, format, printer, output, progress };
    for (const file of files) {
      for await (const input of openInput(file, { stdin: deps.stdin })) {
        try {
          await screenInput(input, run);
        } catch (error) {
          progress?.clear();
          fail(error);
        }
        if (output.closed) break;
      }
      if (output.closed) break;
    }
    progress?.clear();
    if (output.error !== undefined) {
      throw new ComityError('FILE_UNREADABLE', `Cannot write the matches: ${output.error.message}`, {
        cause: output.error,
      });
    }
    if (indicators.heldBack > 0 && !options.quiet) {
      say(`${indicators.heldBack} ${indicators.heldBack === 1 ? 'value was' : 'values were'} held back as known good`);
    }
    if (failed) return 2;
    return printer.alarms > 0 ? 0 : 1;
  } catch (error) {
    fail(error);
    return 2;
  } finally {
    output.release();
  }
}

interface Run {
  readonly table: Table;
  readonly format: FormatName | 'auto';
  readonly printer: MatchPrinter;
  readonly output: Output;
  readonly progress: Progress | undefined;
}

/** @throws {ComityError} what reading the input throws; matches found before are printed. */
async function screenInput(input: OpenedInput, run: Run): Promise<void> {
  const { printer, output, progress } = run;
  const screen = createScreen(
    run.table,
    { format: run.format },
    { match: (found) => printer.print(input.name, found) },
  );
  const isShared = output.isTerminal;
  const handOver = async (matchesBefore: number): Promise<void> => {
    if (printer.matches > matchesBefore && isShared) progress?.clear();
    await output.flush();
  };
  let bytes = 0;
  let matches = printer.matches;
  try {
    for await (const chunk of input.chunks) {
      screen.push(chunk);
      bytes += chunk.length;
      if (printer.matches > matches || bytes >= flushBytes) {
        await handOver(matches);
        matches = printer.matches;
        bytes = 0;
      }
      if (output.closed) return;
      progress?.update(input, printer.alarms);
    }
  } finally {
    // Also after an error: what was read until then is judged.
    if (!output.closed) {
      screen.end();
      await handOver(matches);
    }
    progress?.done(input);
  }
}

function parseFormat(text: string): FormatName | 'auto' {
  if (text === 'auto' || Object.hasOwn(formatTitles, text)) return text as FormatName | 'auto';
  throw new ComityError(
    'ARGUMENT_INVALID',
    `Cannot read records as ${quote(text)}: choose auto, ${Object.keys(formatTitles).join(', ')}`,
  );
}
