import { ComityError, quote } from '@comity/protocol/base';
import { DigestList, FileScreen, loadDigestCache, saveDigestCache } from '@comity/screen';
import type { DigestCache, FileFault } from '@comity/screen';
import { builtInLists, compileKnownGood } from '../../intel/index.ts';
import { cachePlace } from './cache-place.ts';
import { createFileMatchPrinter } from './file-match-printer.ts';
import { fileSummary, showFileProgress } from './file-progress.ts';
import { drawSeed, readIndicators } from './load-indicators.ts';
import { loadKnownGood } from './load-known-good.ts';
import { createComplaints } from './complaints.ts';
import { createOutput } from './output.ts';
import type { RunScreenDeps, RunScreenOptions } from './run-screen.ts';

/** What was asked for on the command line. */
export interface RunFileScreenOptions extends RunScreenOptions {
  /** File of the cache; else {@link cachePlace}. */
  readonly cache?: string;
  readonly noCache: boolean;
}

/** The surroundings of the command. */
export interface RunFileScreenDeps extends Omit<RunScreenDeps, 'stdin'> {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Ends the run early; what was read until then is kept. */
  readonly stop: AbortSignal;
}

/**
 * Compares files, folders and what their archives hold by digest with indicators, without a node.
 *
 * Digests of the empty file are always held back: a list that has one would name every empty file. When the reader of
 * standard output goes away the command stops, without an error.
 *
 * @returns The exit code: 0 with a match, 1 without, 2 when anything could not be read, whatever was found in the rest.
 */
export async function runFileScreen(options: RunFileScreenOptions, deps: RunFileScreenDeps): Promise<0 | 1 | 2> {
  const complaints = createComplaints(deps.stderr);
  const { say, fail } = complaints;
  const output = createOutput(deps.stdout);
  try {
    assertUsable(options);
    const knownGood =
      options.knownGood === undefined
        ? compileKnownGood(builtInLists)
        : await loadKnownGood(options.knownGood, fail, builtInLists);
    const read = await readIndicators(options.indicators, {
      knownGood,
      patterns: 'decided',
      openUrl: deps.openUrl,
      fail,
      note: say,
    });
    const list = DigestList.build(read.rows, { seed: drawSeed() });
    if (list.count === 0 && complaints.failed) return 2;
    if (list.count === 0) say('the lists hold no digest that files could have: none is read');
    const cache = await openCache(options, deps, say);
    const screen = new FileScreen(
      options.files,
      { list, ...(cache !== undefined && { cache: cache.cache }) },
      { clock: deps.clock, signal: deps.stop },
    );
    const ecs = options.ecs === true ? await (await import('./ecs-lines.ts')).ecsLines(deps.clock) : undefined;
    const printer = createFileMatchPrinter({ json: options.json, ecs, sources: read.sources }, { output });
    const progress = options.quiet
      ? undefined
      : showFileProgress(() => screen.counts, { stream: deps.stderr, clock: deps.clock });
    try {
      for await (const finding of screen) {
        progress?.clear();
        if (finding.type === 'match') printer.print(finding);
        else fail(named(finding));
        await output.flush();
        if (output.closed) break;
      }
    } finally {
      progress?.end();
    }
    if (cache !== undefined) await keepCache(cache, say);
    if (output.error !== undefined) {
      throw new ComityError('FILE_UNREADABLE', `Cannot write the matches: ${output.error.message}`, {
        cause: output.error,
      });
    }
    if (!options.quiet && !output.closed) {
      if (list.count > 0) say(fileSummary(screen.counts));
      if (read.heldBack > 0)
        say(`${read.heldBack} ${read.heldBack === 1 ? 'value was' : 'values were'} held back as known good`);
    }
    if (deps.stop.aborted) {
      say('stopped before the end');
      return 2;
    }
    if (complaints.failed) return 2;
    return screen.counts.matches > 0 ? 0 : 1;
  } catch (error) {
    fail(error);
    return 2;
  } finally {
    output.release();
  }
}

function assertUsable(options: RunFileScreenOptions): void {
  const refuse = (message: string): never => {
    throw new ComityError('ARGUMENT_INVALID', message);
  };
  if (options.indicators.length === 0) refuse('Cannot screen without indicators: name a file or URL with --indicators');
  if (options.files.length === 0) refuse('Cannot screen files: name a file or a folder');
  if (options.files.includes('-')) refuse('Cannot screen standard input by its digest: name a file or a folder');
  if (options.format !== undefined) refuse('Cannot use --format with --files: files are not read as records');
  if (options.cache !== undefined && options.noCache) refuse('Cannot use --cache together with --no-cache');
}

/** A message that names its file, also where it is about a member or comes from a library. */
function named({ file, member, error }: FileFault): ComityError {
  const place = member === undefined ? file : `${file}/${member}`;
  const isNamed = error.message.includes(quote(place)) || error.message.includes(quote(file));
  return isNamed ? error : new ComityError(error.code, `${place}: ${error.message}`);
}

interface OpenedCache {
  readonly cache: DigestCache;
  readonly file: string;
}

async function openCache(
  options: RunFileScreenOptions,
  deps: RunFileScreenDeps,
  say: (text: string) => void,
): Promise<OpenedCache | undefined> {
  if (options.noCache) return undefined;
  const file = options.cache ?? cachePlace(deps.env);
  if (file === undefined) {
    if (!options.quiet) say('no digests are kept: neither HOME nor XDG_CACHE_HOME says where; --cache FILE does');
    return undefined;
  }
  try {
    const { cache, note } = await loadDigestCache(file);
    if (note !== undefined) say(note);
    return { cache, file };
  } catch (error) {
    // Where nobody named one, a cache that cannot be used only costs time.
    if (options.cache !== undefined || !(error instanceof ComityError)) throw error;
    say(error.message);
    return undefined;
  }
}

/** The matches are right without it, so that it cannot be saved is only said. */
async function keepCache({ cache, file }: OpenedCache, say: (text: string) => void): Promise<void> {
  try {
    await saveDigestCache(cache, file);
  } catch (error) {
    if (!(error instanceof ComityError)) throw error;
    say(error.message);
  }
}
