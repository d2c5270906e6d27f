import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { ComityError, limits, quote, timestampOfUs } from '@comity/protocol/base';
import type { StixId } from '@comity/protocol/base';
import type { StixObject } from '@comity/protocol/stix';
import type { Value, ValueKind } from '@comity/protocol/values';
import { writeStream } from './commit-batch.ts';
import { sweepPushes } from './kept-pushes.ts';
import { LiveSource } from './live-source.ts';
import { MatchEvents } from './match-events.ts';
import { KeptMatches } from './kept-matches.ts';
import { hourCounts, refStats, seenValueRows } from './match-rows.ts';
import type { MatchFilter, MatchPage, PlacedMatch, ScreeningMatch } from './match.ts';
import { minimisedSighting } from './minimised-sighting.ts';
import type { NewRecordSource, PushOutcome, RecordSource } from './record-source.ts';
import type { HuntReport } from './seen/hunt-report.ts';
import type { HuntOptions, Screening, ScreeningDeps, ScreeningOptions } from './screening.ts';
import { forgetSeen, SeenValues, seenDirOf } from './seen/seen-values.ts';
import type { SeenStats } from './seen/seen-values.ts';
import { SourceHost } from './source-host.ts';
import { isStillThere, joinedAtEnd, parseRecordFormat, parseSourcePlace } from './source-place.ts';
import { findSource, insertSource, isEnded, listSources, setSourceName, sourceRowOf } from './source-rows.ts';
import type { SourceRow } from './source-rows.ts';
import {
  endedFolderStreams,
  findSweepLimit,
  sweepFolderStreams,
  sweepMatches,
  sweepRowsMax,
  sweepSources,
  sweepStreams,
} from './sweep-matches.ts';
import { UploadSpool } from './upload-spool.ts';
import type { TableFigures } from './worker-messages.ts';

/** How often a source's counts are told while they change. */
const sourceEventMs = 1000;
const sweepEveryMs = 600_000;
const dayUs = 86_400_000_000;
/** How long a finished stream is remembered, to know its file again under another name. */
const streamKeptUs = 7 * dayUs;
/** How long an upload is listed after its end. Its matches keep their link to it. */
const uploadListedUs = 7 * dayUs;
/** How long what was noted is kept by a node that notes no more. */
const seenKeptDays = 30;
/** How long a push can be sent again under its key. */
const pushKeptUs = 7 * dayUs;

/** Opens the screening subject on a store whose schemas include `screeningSchema`. Nothing runs before `start`. */
export function openScreening(options: ScreeningOptions, deps: ScreeningDeps): Screening {
  return new LiveScreening(options, deps);
}

class LiveScreening implements Screening {
  readonly #options: ScreeningOptions;
  readonly #deps: ScreeningDeps;
  readonly #host: SourceHost;
  readonly #spool: UploadSpool;
  readonly #matches: KeptMatches;
  readonly #events: MatchEvents;
  /** Undefined when nothing seen is kept. */
  readonly #seen: SeenValues | undefined;
  readonly #sourceListeners = new Set<(source: RecordSource) => void>();
  readonly #changed = new Set<LiveSource>();
  readonly #uploads = new Map<number, PromiseWithResolvers<RecordSource>>();
  #sourceTimer: NodeJS.Timeout | undefined;
  #sweepTimer: NodeJS.Timeout | undefined;

  constructor(options: ScreeningOptions, deps: ScreeningDeps) {
    this.#options = { ...options, dir: resolve(options.dir) };
    this.#deps = deps;
    this.#spool = new UploadSpool(this.#options.dir);
    this.#matches = new KeptMatches(deps);
    this.#events = new MatchEvents((rows) => this.#matches.get(rows));
    const { workers = 1, pollMs = 200, rotationGraceMs = 5000, partialLineMs = 60_000 } = options;
    const { seenDays, seenBytesMax = 2 * 1024 ** 3, huntDelayMs = 2000 } = options;
    const { valueReaderModule } = deps;
    this.#host = new SourceHost(
      {
        workers,
        workerData: {
          dir: this.#options.dir,
          valueReaderModule,
          seenDir: (seenDays ?? 0) > 0 ? seenDirOf(this.#options.dir) : undefined,
          pollMs,
          rotationGraceMs,
          partialLineMs,
        },
      },
      {
        store: deps.store,
        clock: deps.clock,
        onDelta: deps.onDelta,
        onMatches: (rows) => this.#events.add(rows),
        onSource: (source) => this.#tellSource(source),
        onDone: (source) => void this.#uploadDone(source),
        cuts: () => this.#seen?.cuts,
        onSeenTrouble: (trouble) => this.#seen?.complain(trouble),
        beforeSources: async (sequence) => this.#seen?.begin(sequence),
        onTable: () => this.#seen?.tableChanged(),
      },
    );
    if (seenDays === undefined ? existsSync(seenDirOf(this.#options.dir)) : seenDays > 0) {
      this.#seen = new SeenValues(
        {
          dataDir: this.#options.dir,
          valueReaderModule,
          days: seenDays ?? seenKeptDays,
          bytesMax: seenBytesMax,
          delayMs: huntDelayMs,
        },
        {
          store: deps.store,
          clock: deps.clock,
          spill: () => this.#host.spillSeen(),
          sequence: () => this.#host.sequence,
          isRunning: (source, epoch) => this.#host.isRunning(source, epoch),
          onMatches: (rows) => this.#events.add(rows),
        },
      );
    }
    // Before the start too: a command that only looks composes a node and never starts it.
    for (const row of this.#listed()) this.#host.add(row);
  }

  async start(): Promise<void> {
    const spooled = this.#listed().filter((row) => row.kind === 'upload' && !isEnded(row));
    this.#spool.clean(new Set(spooled.map((row) => row.location)));
    if (this.#options.seenDays === 0) forgetSeen(this.#options.dir);
    await this.#seen?.open();
    await this.#host.start();
    this.#seen?.start();
    this.#sweepTimer = setInterval(() => {
      this.sweep().catch((error: unknown) => {
        // A store that cannot be written now is swept the next time; its writers hear of it by themselves.
        if (!(error instanceof ComityError)) throw error;
      });
    }, sweepEveryMs).unref();
  }

  async close(): Promise<void> {
    clearInterval(this.#sweepTimer);
    clearTimeout(this.#sourceTimer);
    await this.#host.close();
    await this.#seen?.close();
    this.#events.close();
    this.#sourceListeners.clear();
    for (const upload of this.#uploads.values()) {
      upload.reject(
        new ComityError('CONFLICT', 'Cannot finish the file now: the node is stopping; it goes on at the next start'),
      );
    }
  }

  async addSource(source: NewRecordSource): Promise<RecordSource> {
    const place = parseSourcePlace(source, this.#options.dir);
    const startFrom = source.from ?? 'start';
    const streams = startFrom === 'end' ? joinedAtEnd(source.kind, place.location, this.#options.dir) : [];
    const nowUs = this.#nowUs();
    const row = await this.#deps.store.write((db) => {
      const added = insertSource(db, { kind: source.kind, ...place, startFrom }, nowUs);
      for (const stream of streams) writeStream(db, added.id, stream, nowUs);
      return added;
    });
    return this.#host.add(row).view();
  }

  sources(): readonly RecordSource[] {
    return [...this.#host.sources.values()].map((source) => source.view());
  }

  findSource(id: string): RecordSource | undefined {
    return this.#find(id)?.view();
  }

  async renameSource(id: string, name: string): Promise<RecordSource> {
    const source = this.#get(id);
    await this.#deps.store.write((db) => setSourceName(db, source.row.id, name));
    source.row = { ...source.row, name };
    this.#tellSource(source);
    return source.view();
  }

  async pauseSource(id: string): Promise<RecordSource> {
    const source = this.#get(id);
    if (source.row.state === 'on') await this.#host.setState(source, 'paused');
    this.#tellSource(source);
    return source.view();
  }

  async resumeSource(id: string): Promise<RecordSource> {
    const source = this.#get(id);
    if (source.row.state === 'paused') await this.#host.setState(source, 'on');
    this.#tellSource(source);
    return source.view();
  }

  async removeSource(id: string): Promise<void> {
    const source = this.#get(id);
    await this.#host.setState(source, 'gone');
    this.#host.sources.delete(source.row.id);
    if (source.row.kind === 'upload') this.#spool.remove(source.row.location);
    const why = new ComityError('NOT_FOUND', `Cannot finish the file: ${id} was removed`);
    this.#uploads.get(source.row.id)?.reject(why);
    this.#uploads.delete(source.row.id);
  }

  async push(
    id: string,
    body: Uint8Array | AsyncIterable<Uint8Array>,
    options: { readonly batchId?: string } = {},
  ): Promise<PushOutcome> {
    const source = this.#get(id);
    if (source.row.kind !== 'http') {
      throw new ComityError('CONFLICT', `Cannot push records to ${id}: it is of kind "${source.row.kind}", not "http"`);
    }
    if ((options.batchId?.length ?? 0) > 200) {
      throw new ComityError('ARGUMENT_INVALID', 'Cannot push records: the batch id is longer than 200 characters');
    }
    return this.#host.push(source, body instanceof Uint8Array ? [body] : body, options.batchId);
  }

  async screenUpload(
    name: string,
    body: AsyncIterable<Uint8Array>,
    options: { readonly format?: string; readonly bytesMax?: number } = {},
  ): Promise<{ readonly source: RecordSource; readonly done: Promise<RecordSource> }> {
    const format = parseRecordFormat(options.format);
    const location = await this.#spool.write(body, options.bytesMax ?? limits.importBytesMax);
    // From here on the upload survives a crash; before, nothing says that it was ever there.
    const nowUs = this.#nowUs();
    const row = await this.#deps.store.write((db) =>
      insertSource(db, { kind: 'upload', name, location, format, startFrom: 'start' }, nowUs),
    );
    const done = Promise.withResolvers<RecordSource>();
    // Who does not wait for the end reads it from the source.
    done.promise.catch(() => undefined);
    this.#uploads.set(row.id, done);
    return { source: this.#host.add(row).view(), done: done.promise };
  }

  matches(filter: MatchFilter = {}): Promise<MatchPage> {
    return this.#matches.page(filter);
  }

  findMatch(id: string): Promise<ScreeningMatch | undefined> {
    return this.#matches.find(id);
  }

  matchesAfter(position: number, limit: number): Promise<readonly PlacedMatch[]> {
    return this.#matches.after(position, limit);
  }

  matchesWaiting(position: number, alarmsOnly: boolean): number {
    return this.#matches.waiting(position, alarmsOnly);
  }

  newestMatch(): number {
    return this.#matches.newest();
  }

  seenValue(kind: ValueKind, value: string): { readonly count: number; readonly lastAt?: string } {
    const { count, lastUs } = seenValueRows(this.#deps.store.reader, kind, value);
    return { count, ...(lastUs === undefined ? {} : { lastAt: timestampOfUs(lastUs) }) };
  }

  matchCount(refs: readonly number[]): number {
    return refStats(this.#deps.store.reader, refs).count;
  }

  matchesPerHour(): { readonly last24h: number; readonly alarms24h: number; readonly perHour: readonly number[] } {
    const { matches, alarms } = hourCounts(this.#deps.store.reader, this.#nowUs());
    return { last24h: matches.reduce((sum, count) => sum + count, 0), alarms24h: alarms, perHour: matches };
  }

  rates(): { readonly recordsPerSecond: number; readonly bytesPerSecond: number } {
    let recordsPerSecond = 0;
    let bytesPerSecond = 0;
    for (const source of this.#host.sources.values()) {
      const rates = source.rates();
      recordsPerSecond += rates.recordsPerSecond;
      bytesPerSecond += rates.bytesPerSecond;
    }
    return { recordsPerSecond, bytesPerSecond };
  }

  table(): TableFigures {
    return this.#host.table;
  }

  hunt(values: readonly Value[], options: HuntOptions = {}): Promise<HuntReport> {
    if (this.#seen === undefined) {
      throw new ComityError(
        'CONFLICT',
        'Cannot hunt: this node notes nothing of what it sees (comity start --keep-seen 30 changes that)',
      );
    }
    return this.#seen.ask(values, options);
  }

  seenStats(): SeenStats | undefined {
    return this.#seen?.stats();
  }

  onMatch(listener: (matches: readonly ScreeningMatch[], more: number) => void): () => void {
    return this.#events.listen(listener);
  }

  onSource(listener: (source: RecordSource) => void): () => void {
    this.#sourceListeners.add(listener);
    return () => this.#sourceListeners.delete(listener);
  }

  async sweep(): Promise<number> {
    const { matchesMax = 1_000_000, matchAgeDaysMax = 365 } = this.#options;
    const nowUs = this.#nowUs();
    const throughId = findSweepLimit(this.#deps.store.reader, matchesMax);
    const beyond = { throughId, olderThanUs: nowUs - matchAgeDaysMax * dayUs };
    let swept = 0;
    for (let last = sweepRowsMax; last === sweepRowsMax; swept += last) {
      last = await this.#deps.store.write((db) => {
        const gone = sweepMatches(db, beyond);
        this.#deps.onSweep?.(db, gone);
        return gone.length;
      });
    }
    const listed = new Set(this.#listed().map((row) => row.id));
    for (const [id, { row }] of this.#host.sources) if (isEnded(row) && !listed.has(id)) this.#host.sources.delete(id);
    const ended = endedFolderStreams(this.#deps.store.reader, nowUs - streamKeptUs);
    const looked = ended.map((stream) => ({ ...stream, isThere: isStillThere(stream) }));
    await this.#deps.store.write((db) => {
      sweepFolderStreams(db, looked, nowUs);
      sweepStreams(db, nowUs - streamKeptUs);
      sweepSources(db, nowUs - uploadListedUs);
    });
    const sweepOnce = () => this.#deps.store.write((db) => sweepPushes(db, nowUs - pushKeptUs));
    while ((await sweepOnce()) === sweepRowsMax);
    return swept;
  }

  minimisedSighting(indicator: StixId, refs: readonly number[], id: StixId): StixObject | undefined {
    const { count, firstUs, lastUs } = refStats(this.#deps.store.reader, refs);
    if (firstUs === undefined || lastUs === undefined) return undefined;
    return minimisedSighting({ id, indicator, count, firstUs, lastUs });
  }

  #listed(): SourceRow[] {
    return listSources(this.#deps.store.reader, this.#nowUs() - uploadListedUs);
  }

  /** A listed source, or an upload that is over and no longer listed: matches still lead to it. */
  #find(id: string): LiveSource | undefined {
    const number = sourceRowOf(id) ?? -1;
    const listed = this.#host.sources.get(number);
    if (listed !== undefined) return listed;
    const row = findSource(this.#deps.store.reader, number);
    return row === undefined || !isEnded(row) ? undefined : new LiveSource(row, this.#deps.clock);
  }

  #get(id: string): LiveSource {
    const source = this.#find(id);
    if (source === undefined) throw new ComityError('NOT_FOUND', `Cannot find a source ${quote(id)}`);
    return source;
  }

  #nowUs(): number {
    return this.#deps.clock() * 1000;
  }

  async #uploadDone(source: LiveSource): Promise<void> {
    // Durable is: judged to its end. If we crash before the file is gone, the next start removes it.
    this.#spool.remove(source.row.location);
    await this.#host.finish(source);
    const view = source.view();
    this.#uploads.get(source.row.id)?.resolve(view);
    this.#uploads.delete(source.row.id);
    this.#tellSource(source);
  }

  #tellSource(source: LiveSource): void {
    if (this.#sourceListeners.size === 0) return;
    this.#changed.add(source);
    this.#sourceTimer ??= setTimeout(() => {
      this.#sourceTimer = undefined;
      const changed = [...this.#changed];
      this.#changed.clear();
      for (const each of changed) for (const listener of this.#sourceListeners) listener(each.view());
    }, sourceEventMs).unref();
  }
}
