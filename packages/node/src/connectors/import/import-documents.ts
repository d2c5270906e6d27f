import { setImmediate as nextTurn } from 'node:timers/promises';
import { ComityError } from '@comity/protocol/base';
import { admitBatchMax } from '../../intel/index.ts';
import type { Candidate, Import, ImportReport, Intel, IntelSource } from '../../intel/index.ts';
import type { IntelligenceFormat, IntelligenceInput, Item, ReadOptions } from '../item.ts';
import { shownUrl } from '../pull/shown-url.ts';
import { readIntelligence } from '../read/read-intelligence.ts';

/** One document of an import: how it is called in places, and where its items come from. */
export interface ImportDocument {
  readonly input: IntelligenceInput;
  /** Put before every place, when an import has several documents. */
  readonly label?: string;
  /** Overrides {@link ReadOptions.freeText} for this document. */
  readonly freeText?: boolean;
  /** Overrides {@link ReadOptions.format} for this document. */
  readonly format?: IntelligenceFormat;
  /** {@link ReadOptions.pagesFollow}. */
  readonly pagesFollow?: boolean;
  /**
   * Called with the number of its objects and values when all of them are on the disk, before the next document is asked for.
   * Not called when the document itself could not be read whole: some of it may be missing.
   */
  readonly onAdmitted?: (count: number) => Promise<void>;
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
        ...(document.format !== undefined && { format: document.format }),
      };
      let count = 0;
      let isSound = true;
      for await (const item of readIntelligence(document.input, read)) {
        if (item.kind === 'object' || item.kind === 'value') count += 1;
        else if (item.kind === 'rejected' && isOfDocument(item.error)) isSound = false;
        await session.take(item, prefix);
        if (options.signal?.aborted === true) return await session.stop();
      }
      if (document.onAdmitted !== undefined && isSound) {
        await session.flush();
        await document.onAdmitted(count);
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

/** What may be wrong with one object of a sound document. */
const objectFaults: ReadonlySet<string> = new Set(['STIX_MALFORMED', 'INPUT_TOO_LARGE', 'INPUT_TOO_DEEP']);

/** Whether it is the document that could not be read: what is no JSON may have swallowed more than the object it shows in. */
function isOfDocument({ code, details }: ComityError): boolean {
  return !objectFaults.has(code) || details['place'] === 'objects' || details['place'] === 'input';
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
  /** Whether something beside the batch waits to be written with it. */
  #hasNotes = false;

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
    this.#hasNotes ||= item.kind === 'rejected' || item.kind === 'alert' || item.kind === 'loss';
    this.#items += 1;
    if (this.#batch.length >= admitBatchMax) await this.#admit();
    else if (this.#items % itemsATurn === 0) await nextTurn();
  }

  async reject(place: string, error: ComityError): Promise<void> {
    (await this.#open('unknown')).reject(place, error);
  }

  /** Everything that was taken, and every rejection, is on the disk. */
  async flush(): Promise<void> {
    if (this.#hasNotes) await this.#write();
    else await this.#admit();
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
    if (this.#batch.length > 0) await this.#write();
  }

  async #write(): Promise<void> {
    const batch = this.#batch;
    this.#batch = [];
    this.#hasNotes = false;
    const opened = await this.#open('unknown');
    await opened.admit(batch);
    this.#options.onProgress?.({ items: this.#items, importId: opened.id });
    await nextTurn();
  }
}
