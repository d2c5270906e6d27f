import { ComityError, quote } from '@comity/protocol/base';
import { createScreen, formatTitles, openInput } from '@comity/screen';
import type { FormatName, OpenedInput, Table } from '@comity/screen';
import type { IntelligenceInput } from '../../connectors/index.ts';
import { loadIndicators } from './load-indicators.ts';
import { loadKnownGood } from './load-known-good.ts';
import { createMatchPrinter } from './match-printer.ts';
import type { MatchPrinter } from './match-printer.ts';
import { createComplaints } from './complaints.ts';
import { createOutput } from './output.ts';
import type { Output, OutputStream } from './output.ts';
import { createProgress } from './progress.ts';
import type { Progress } from './progress.ts';
import { parseLogsource } from './parse-logsource.ts';
import { RuleJudge } from './rule-judge.ts';
import { RulePrinter } from './rule-printer.ts';

/** What was asked for on the command line. */
export interface RunScreenOptions {
  /** Files, folders and URLs; at least one, unless there are rules. */
  readonly indicators: readonly string[];
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
  const complaints = createComplaints(deps.stderr);
  const { say, fail } = complaints;
  const output = createOutput(deps.stdout);
  try {
    const format = parseFormat(options.format ?? 'auto');
    const rulePaths = options.rules ?? [];
    if (options.indicators.length === 0 && rulePaths.length === 0) {
      throw new ComityError(
        'ARGUMENT_INVALID',
        'Cannot screen without indicators: name a file or URL with --indicators, or rules with --rules',
      );
    }
    const logsource = parseLogsource(options.logsource);
    const knownGood = options.knownGood === undefined ? undefined : await loadKnownGood(options.knownGood, fail);
    const indicators = await loadIndicators(options.indicators, {
      knownGood,
      patterns: 'decided',
      openUrl: deps.openUrl,
      fail,
      note: say,
    });
    // Reading rules is only loaded when there are some: screening for values starts at once.
    const rules =
      rulePaths.length === 0
        ? undefined
        : await (
            await import('./load-rules.ts')
          ).loadRules(rulePaths, { placeholders: options.placeholders, fail, note: say });
    if (indicators.table.count === 0 && (rules?.count ?? 0) === 0 && complaints.failed) return 2;
    if (options.indicators.length > 0 && indicators.table.count === 0) {
      say('the lists hold no value that can be looked for');
    }
    if (rules?.count === 0) say('there is no rule that can be used');

    const printer = createMatchPrinter({ json: options.json, sources: indicators.sources }, { output });
    const rulePrinter = new RulePrinter(options.json, output);
    const judge =
      rules === undefined
        ? undefined
        : new RuleJudge(rules, logsource, { clock: deps.clock, take: (match) => rulePrinter.print(match) });
    const files = options.files.length === 0 ? ['-'] : options.files;
    const progress = options.quiet
      ? undefined
      : await createProgress(files, { stream: deps.stderr, clock: deps.clock });
    const run: Run = { table: indicators.table, format, printer, rulePrinter, judge, output, progress };
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
    if (!output.closed) {
      judge?.end();
      await output.flush();
    }
    if (output.error !== undefined) {
      throw new ComityError('FILE_UNREADABLE', `Cannot write the matches: ${output.error.message}`, {
        cause: output.error,
      });
    }
    if (indicators.heldBack > 0 && !options.quiet) {
      say(`${indicators.heldBack} ${indicators.heldBack === 1 ? 'value was' : 'values were'} held back as known good`);
    }
    if (judge !== undefined && judge.unread > 0 && !options.quiet) {
      say(
        `${judge.unread} ${judge.unread === 1 ? 'record was' : 'records were'} not read by rules: too long or malformed`,
      );
    }
    if (complaints.failed) return 2;
    return printer.alarms + rulePrinter.matches > 0 ? 0 : 1;
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
  readonly rulePrinter: RulePrinter;
  readonly judge: RuleJudge | undefined;
  readonly output: Output;
  readonly progress: Progress | undefined;
}

/** @throws {ComityError} what reading the input throws; matches found before are printed. */
async function screenInput(input: OpenedInput, run: Run): Promise<void> {
  const { printer, rulePrinter, output, progress } = run;
  const printed = (): number => printer.matches + rulePrinter.matches;
  const screen = createScreen(
    run.table,
    { format: run.format },
    { match: (found) => printer.print(input.name, found) },
  );
  const feed = run.judge?.feed(input.name, screen);
  const isShared = output.isTerminal;
  const handOver = async (matchesBefore: number): Promise<void> => {
    if (printed() > matchesBefore && isShared) progress?.clear();
    await output.flush();
  };
  let bytes = 0;
  let matches = printed();
  try {
    for await (const chunk of input.chunks) {
      screen.push(chunk);
      feed?.push(chunk);
      bytes += chunk.length;
      if (printed() > matches || bytes >= flushBytes) {
        await handOver(matches);
        matches = printed();
        bytes = 0;
      }
      if (output.closed) return;
      progress?.update(input, printer.alarms + rulePrinter.matches);
    }
  } finally {
    // Also after an error: what was read until then is judged.
    if (!output.closed) {
      screen.end();
      feed?.end();
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
