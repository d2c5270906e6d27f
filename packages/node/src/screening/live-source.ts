import { timestampOfUs } from '@comity/protocol/base';
import type { Clock } from '@comity/protocol/base';
import { RateMeter } from './rate-meter.ts';
import type { RecordSource, RecordSourceStatus } from './record-source.ts';
import { sourceIdOf } from './source-rows.ts';
import type { SourceRow } from './source-rows.ts';
import type { Batch, FromWorker } from './worker-messages.ts';

/** A source as the main thread knows it: what is stored, and how it stands at this moment. */
export class LiveSource {
  row: SourceRow;
  /** Index of the thread it runs on; undefined while it does not run. */
  worker: number | undefined;
  /** Counted up with each start: batches of an earlier one no longer count. */
  epoch = 0;
  readonly #clock: Clock;
  readonly #rate: RateMeter;
  #status: RecordSourceStatus = 'waiting';
  #sinceUs: number;
  #error: string | undefined;
  #lagBytes: number | undefined;
  #filesOpen = 0;

  constructor(row: SourceRow, clock: Clock) {
    this.row = row;
    this.#clock = clock;
    this.#rate = new RateMeter(clock);
    this.#sinceUs = row.changedUs;
    if (row.state === 'paused' || row.state === 'done') this.#status = row.state;
    if (row.state === 'failed') this.#status = 'failing';
    this.#error = row.error;
  }

  get status(): RecordSourceStatus {
    return this.#status;
  }

  /** Takes a new status; true when it differs from the one before. */
  set(status: RecordSourceStatus, error: string | undefined): boolean {
    const isNew = status !== this.#status || error !== this.#error;
    if (status !== this.#status) this.#sinceUs = this.#clock() * 1000;
    this.#status = status;
    this.#error = error;
    return isNew;
  }

  hear(message: Extract<FromWorker, { type: 'status' }>): boolean {
    this.#lagBytes = message.lagBytes;
    this.#filesOpen = message.filesOpen;
    return this.set(message.status, message.error);
  }

  /** A batch is durable. */
  count(batch: Batch, matches: number, nowUs: number): void {
    const { row } = this;
    this.row = {
      ...row,
      bytes: row.bytes + batch.bytes,
      records: row.records + batch.records,
      matches: row.matches + matches,
      dropped: row.dropped + batch.dropped,
      lastRecordUs: batch.records > 0 ? nowUs : row.lastRecordUs,
    };
    this.#rate.add(batch.bytes, batch.records);
  }

  rates(): { bytesPerSecond: number; recordsPerSecond: number } {
    return this.#rate.rates();
  }

  view(): RecordSource {
    const { row } = this;
    return {
      id: sourceIdOf(row.id),
      name: row.name,
      kind: row.kind,
      location: row.kind === 'upload' ? row.name : row.location,
      format: row.format,
      from: row.startFrom,
      status: this.#status,
      since: timestampOfUs(this.#sinceUs),
      ...(this.#error === undefined ? {} : { lastError: this.#error }),
      bytes: row.bytes,
      records: row.records,
      matches: row.matches,
      bytesPerSecond: this.#rate.rates().bytesPerSecond,
      ...(this.#lagBytes === undefined ? {} : { lagBytes: this.#lagBytes }),
      dropped: row.dropped,
      filesOpen: this.#filesOpen,
      ...(row.lastRecordUs === undefined ? {} : { lastRecordAt: timestampOfUs(row.lastRecordUs) }),
    };
  }
}
