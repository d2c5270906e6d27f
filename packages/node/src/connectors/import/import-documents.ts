import { setImmediate as nextTurn } from 'node:timers/promises';
import { ComityError } from '@comity/protocol/base';
import { admitBatchMax } from '../../intel/index.ts';
import type { Candidate, Import, ImportReport, Intel, IntelSource } from '../../intel/index.ts';
import type { IntelligenceInput, Item, ReadOptions } from '../item.ts';
import { shownUrl } from '../pull/shown-url.ts';
import { readIntelligence } from '../read/read-intelligence.ts';

/** One document of an import: how it is called in places, and where its items come from. */
export interface ImportDocument {
  readonly input: IntelligenceInput;
  /** Put before every place, when an import has several documents. */
  readonly label?: string;
  /** Overrides {@link ReadOptions.freeText} for this document. */
  readonly freeText?: boolean;
  /** {@link ReadOptions.pagesFollow}. */
  readonly pagesFollow?: boolean;
}

export interface ImportDocumentsOptions extends ReadOptions {
  /** Name of the import, for people. */
  readonly name: string;
  /** Called after each batch with how many items were dealt with so far. */
  readonly onProgress?: (progress: ImportProgress) => void;
  /** Stops the import between two batches; what was admitted stays and the report says so. */
  readonly signal?: AbortSignal;
}

export interface ImportProgress {
  readonly items: number;
  readonly importId: string;
}

export interface ImportDeps {
  readonly intel: Pick<Intel, 'openImport'>;
}

/**
 * Reads documents and brings what they hold in, in batches of one transaction each, with a turn of the event loop between.
 *
 * Every import ends with a report, also one of a document that no format fits. When the documents themselves fail half-way
 * (a broken archive, a lost connection) the rest is noted as rejected and what came before stays.
 *
 * @throws {ComityError} `ARGUMENT_INVALID` for a mapping that does not fit; the store's own errors. The import is then failed.
 */
export async function importDocuments(
  documents: AsyncIterable<ImportDocument>,
  source: IntelSource,
  options: ImportDocumentsOptions,
  deps: ImportDeps,
): Promise<ImportReport> {
  // A source is kept and shown for ever: what its URL holds of credentials is for the fetcher alone.
  const kept = source.url === undefined ? source : { ...source, url: shownUrl(source.url) };
  const session = new Session(kept, options, deps);
  try {
    for await (const document of documents) {
      const prefix = document.label === undefined ? '' : `${document.label}: `;
      const read = {
        ...options,
        defaultTlp: options.defaultTlp ?? source.defaultTlp,
        freeText: document.freeText ?? options.freeText ?? true,
        pagesFollow: document.pagesFollow ?? false,
      };
      for await (const item of readIntelligence(document.input, read)) {
        await session.take(item, prefix);
        if (options.signal?.aborted === true) return await session.stop();
      }
    }
  } catch (error) {
    // What stops the import may stop its documents first, in the middle of a read.
    if (error instanceof ComityError && options.signal?.aborted === true) return await session.stop();
    if (error instanceof ComityError && error.code !== 'ARGUMENT_INVALID') await session.reject(options.name, error);
    else {
      await session.fail(error instanceof Error ? error.message : String(error));
      throw error;
    }
  }
  return session.finish();
}

/** Items read between two turns of the event loop. */
const itemsATurn = 250;

class Session {
  readonly #source: IntelSource;
  readonly #options: ImportDocumentsOptions;
  readonly #deps: ImportDeps;
  #opened: Import | undefined;
  #batch: Candidate[] = [];
  #items = 0;

  constructor(source: IntelSource, options: ImportDocumentsOptions, deps: ImportDeps) {
    this.#source = source;
    this.#options = options;
    this.#deps = deps;
  }

  async take(item: Item, prefix: string): Promise<void> {
    switch (item.kind) {
      case 'format':
        await this.#open(item.format);
        return;
      case 'value':
        this.#batch.push({ value: item.value, place: prefix + item.place, context: item.context });
        break;
      case 'object':
        this.#batch.push({ object: item.object, place: prefix + item.place });
        break;
      case 'withdrawal': {
        const { id: withdraw, atUs, reason, loss } = item.withdrawal;
        this.#batch.push({ withdraw, atUs, reason, loss, place: prefix + item.place });
        break;
      }
      case 'rejected':
        (await this.#open('unknown')).reject(prefix + item.place, item.error);
        break;
      case 'alert':
        (await this.#open('unknown')).alert(prefix + item.place, item.message);
        break;
      case 'loss':
        (await this.#open('unknown')).loss(item.field, item.count, item.reason);
        break;
    }
    this.#items += 1;
    if (this.#batch.length >= admitBatchMax) await this.#admit();
    else if (this.#items % itemsATurn === 0) await nextTurn();
  }

  async reject(place: string, error: ComityError): Promise<void> {
    (await this.#open('unknown')).reject(place, error);
  }

  async finish(): Promise<ImportReport> {
    await this.#admit();
    return (await this.#open('unknown')).finish();
  }

  async stop(): Promise<ImportReport> {
    await this.#admit();
    return (await this.#open('unknown')).fail('stopped before its end');
  }

  async fail(reason: string): Promise<void> {
    await this.#opened?.fail(reason);
  }

  async #open(format: string): Promise<Import> {
    this.#opened ??= await this.#deps.intel.openImport(this.#source, { format, name: this.#options.name });
    return this.#opened;
  }

  async #admit(): Promise<void> {
    if (this.#batch.length === 0) return;
    const batch = this.#batch;
    this.#batch = [];
    const opened = await this.#open('unknown');
    await opened.admit(batch);
    this.#options.onProgress?.({ items: this.#items, importId: opened.id });
    await nextTurn();
  }
}
