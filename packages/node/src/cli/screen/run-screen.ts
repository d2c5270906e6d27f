import { availableParallelism } from 'node:os';
import { ComityError, quote } from '@comity/protocol/base';
import { formatTitles, LogThreads, openInput } from '@comity/screen';
import type { FormatName } from '@comity/screen';
import type { IntelligenceInput } from '../../connectors/index.ts';
import { loadIndicators } from './load-indicators.ts';
import type { Indicators } from './load-indicators.ts';
import { loadKnownGood } from './load-known-good.ts';
import { createMatchPrinter } from './match-printer.ts';
import { createComplaints } from './complaints.ts';
import type { Complaints } from './complaints.ts';
import { createOutput } from './output.ts';
import type { OutputStream } from './output.ts';
import { createProgress } from './progress.ts';
import { parseLogsource } from './parse-logsource.ts';
import { RuleJudge } from './rule-judge.ts';
import { RulePrinter } from './rule-printer.ts';
import { loadNamedTable, saveNamedTable } from './saved-table.ts';
import { screenInput } from './screen-input.ts';
import type { ScreenInputDeps } from './screen-input.ts';
import { haveBytes, screenOnThreads } from './screen-on-threads.ts';

/** What was asked for on the command line. */
export interface RunScreenOptions {
  /** Files, folders and URLs; at least one, unless there are rules or a table. */
  readonly indicators: readonly string[];
  /** File of a table that was saved; what `indicators` list is added to it. */
  readonly table?: string;
  /** Where to save the table. */
  readonly saveTable?: string;
  /** Threads that screen, if there is enough to do; default one a core. */
  readonly threads?: number;
  /** Less input is screened on one thread. */
  readonly threadsFromBytes?: number;
  /** Files and folders of Sigma rules and STIX patterns. */
  readonly rules?: readonly string[];
  /** JSON file with the values of placeholders. */
  readonly placeholders?: string;
  /** `product=github,service=audit` */
  readonly logsource?: string;
  /** Folder of MISP warninglists. */
  readonly knownGood?: string;
  /** A name of `formatTitles`, or `auto`. */
  readonly format?: string;
  readonly json: boolean;
  /** Documents of the Elastic Common Schema, one a line. */
  readonly ecs?: boolean;
  readonly quiet: boolean;
  /** Files, folders, `-`; none: standard input, or nothing when a table is saved. */
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

/** Threads take a moment to start, in which one screens so much. */
const threadsFromBytes = 32 * 1024 * 1024;

/**
 * Screens files or standard input against indicators, without a node.
 *
 * The output has the order of the arguments and lines, however many threads screen. Standard input, little input, and all that rules
 * look at, whose state goes from one record to the next, is screened on this thread alone. A match whose record names
 * another port than the listed ones is printed and counts for nothing. When the reader of standard output goes away
 * (`| head -1`) the command stops at once, without an error.
 *
 * @returns The exit code: 0 with a match, or when a table was saved and nothing was to be screened; 1 without, 2 when anything could not be read, whatever was found in the rest.
 */
export async function runScreen(options: RunScreenOptions, deps: RunScreenDeps): Promise<0 | 1 | 2> {
  const complaints = createComplaints(deps.stderr);
  const { say, fail } = complaints;
  const output = createOutput(deps.stdout);
  let threads: LogThreads | undefined;
  try {
    const format = parseFormat(options.format ?? 'auto');
    const rulePaths = options.rules ?? [];
    assertUsable(options);
    const logsource = parseLogsource(options.logsource);
    // They start while the lists are read.
    threads = await startThreads(options);
    const indicators = await loadTableAndLists(options, deps, complaints);
    // Reading rules is only loaded when there are some: screening for values starts at once.
    const rules =
      rulePaths.length === 0
        ? undefined
        : await (
            await import('./load-rules.ts')
          ).loadRules(rulePaths, { placeholders: options.placeholders, fail, note: say });
    if (indicators.table.count === 0 && (rules?.count ?? 0) === 0 && complaints.failed) return 2;
    if (indicators.table.count === 0 && rules === undefined && indicators.tooBroad > 0) {
      throw new ComityError('ARGUMENT_INVALID', 'Cannot screen: all that is listed is too broad to be looked for');
    }
    if (options.indicators.length > 0 && indicators.table.count === 0) {
      say('the lists hold no value that can be looked for');
    }
    if (rules?.count === 0) say('there is no rule that can be used');
    if (options.saveTable !== undefined) {
      if (complaints.failed) say('the table is not saved, since not every list could be read');
      else await saveNamedTable(indicators, options.saveTable);
    }

    const ecs = options.ecs === true ? await (await import('./ecs-lines.ts')).ecsLines(deps.clock) : undefined;
    const printer = createMatchPrinter({ json: options.json, ecs, sources: indicators.sources }, { output });
    const rulePrinter = new RulePrinter(options.json, output, ecs);
    const judge =
      rules === undefined
        ? undefined
        : new RuleJudge(rules, logsource, { clock: deps.clock, take: (match) => rulePrinter.print(match) });
    const files = filesOf(options);
    const progress = options.quiet
      ? undefined
      : await createProgress(files, { stream: deps.stderr, clock: deps.clock });
    const { table } = indicators;
    if (threads === undefined) {
      await screenHere(files, {
        table,
        format,
        printer,
        rulePrinter,
        judge,
        output,
        progress,
        fail,
        stdin: deps.stdin,
      });
    } else await screenOnThreads(threads, { table, files, format }, { printer, output, progress, fail });
    progress?.clear();
    if (!output.closed) {
      judge?.end();
      await output.flush();
    }
    if (output.error !== undefined) {
      throw new ComityError('FILE_UNREADABLE', `Cannot write the matches: ${output.error.message}`, {
        cause: output.error,
      });
    }
    if (!options.quiet) sayWhatWasLeftOut(indicators.heldBack, judge?.unread ?? 0, say);
    if (complaints.failed) return 2;
    return printer.alarms + rulePrinter.matches > 0 || files.length === 0 ? 0 : 1;
  } catch (error) {
    fail(error);
    return 2;
  } finally {
    await threads?.close();
    output.release();
  }
}

function assertUsable({ indicators, rules = [], table, saveTable, knownGood }: RunScreenOptions): void {
  const refuse = (message: string): never => {
    throw new ComityError('ARGUMENT_INVALID', message);
  };
  if (indicators.length === 0 && rules.length === 0 && table === undefined) {
    refuse(
      'Cannot screen without indicators: name a file or URL with --indicators, a saved table with --table, or rules with --rules',
    );
  }
  if (table !== undefined && knownGood !== undefined) {
    refuse('Cannot use --known-good with --table: what a table lists was judged when it was saved');
  }
  if (saveTable !== undefined && indicators.length === 0 && table === undefined) {
    refuse('Cannot save a table without indicators: name a file or URL with --indicators');
  }
}

/** Nothing to screen is what is asked for when a table is saved. */
function filesOf({ files, saveTable }: RunScreenOptions): readonly string[] {
  return files.length === 0 && saveTable === undefined ? ['-'] : files;
}

/** Threads when there is enough for them to do; undefined where this one is as good. */
async function startThreads(options: RunScreenOptions): Promise<LogThreads | undefined> {
  const { rules = [], threads = availableParallelism() } = options;
  const files = filesOf(options);
  if (threads === 1 || rules.length > 0 || files.includes('-')) return undefined;
  return (await haveBytes(files, options.threadsFromBytes ?? threadsFromBytes))
    ? new LogThreads({ threads })
    : undefined;
}

/** What the saved table and the lists list together. */
async function loadTableAndLists(
  { indicators, table, knownGood }: RunScreenOptions,
  { openUrl }: RunScreenDeps,
  { fail, say }: Complaints,
): Promise<Indicators> {
  const saved = table === undefined ? undefined : loadNamedTable(table);
  const gate = knownGood === undefined ? undefined : await loadKnownGood(knownGood, fail);
  return await loadIndicators(indicators, { knownGood: gate, patterns: 'decided', openUrl, fail, note: say }, saved);
}

async function screenHere(
  files: readonly string[],
  deps: ScreenInputDeps & { readonly stdin: AsyncIterable<Uint8Array>; readonly fail: (error: unknown) => void },
): Promise<void> {
  for (const file of files) {
    for await (const input of openInput(file, { stdin: deps.stdin })) {
      try {
        await screenInput(input, deps);
      } catch (error) {
        deps.progress?.clear();
        deps.fail(error);
      }
      if (deps.output.closed) return;
    }
  }
}

function sayWhatWasLeftOut(heldBack: number, unread: number, say: (text: string) => void): void {
  if (heldBack > 0) say(`${heldBack} ${heldBack === 1 ? 'value was' : 'values were'} held back as known good`);
  if (unread > 0) {
    say(`${unread} ${unread === 1 ? 'record was' : 'records were'} not read by rules: too long or malformed`);
  }
}

function parseFormat(text: string): FormatName | 'auto' {
  if (text === 'auto' || Object.hasOwn(formatTitles, text)) return text as FormatName | 'auto';
  throw new ComityError(
    'ARGUMENT_INVALID',
    `Cannot read records as ${quote(text)}: choose auto, ${Object.keys(formatTitles).join(', ')}`,
  );
}
