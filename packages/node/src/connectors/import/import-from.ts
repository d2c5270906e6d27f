import { relative } from 'node:path';
import { limits } from '@comity/protocol/base';
import { openInput, openStream } from '@comity/screen';
import type { OpenedInput } from '@comity/screen';
import type { ImportReport, IntelSource } from '../../intel/index.ts';
import type { CsvMapping, IntelligenceFormat } from '../item.ts';
import { feedDocuments } from '../pull/feed-documents.ts';
import type { FetchUrl } from '../pull/fetch-url.ts';
import { shownUrl } from '../pull/shown-url.ts';
import { importDocuments } from './import-documents.ts';
import type { ImportDeps, ImportDocument, ImportDocumentsOptions } from './import-documents.ts';

export interface ImportFromOptions extends Omit<ImportDocumentsOptions, 'name'> {
  /** Default: the location. */
  readonly name?: string;
  readonly format?: IntelligenceFormat;
  readonly mapping?: CsvMapping;
  /** Whether a URL may lead to a private address. */
  readonly allowPrivate?: boolean;
  /** Read for the location `-`. */
  readonly stdin?: AsyncIterable<Uint8Array>;
}

export interface ImportFromDeps extends ImportDeps {
  readonly fetchUrl: FetchUrl;
}

/** Whether a location is fetched, not opened. */
function isUrl(location: string): boolean {
  return /^https?:\/\//i.test(location);
}

/**
 * Brings in a file, a folder with everything below it, standard input (`-`) or a URL, compressed or not.
 *
 * A folder or URL of a MISP feed is read event by event. One import, one report.
 *
 * @throws {ComityError} `ADDRESS_REFUSED` or `REMOTE_FAILED` when a URL cannot be fetched at all; `ARGUMENT_INVALID`. A file
 *   that cannot be read is a rejection in the report.
 */
export async function importFrom(
  location: string,
  source: IntelSource,
  options: ImportFromOptions,
  deps: ImportFromDeps,
): Promise<ImportReport> {
  const named = { ...options, name: options.name ?? shownUrl(location) };
  if (!isUrl(location)) return importDocuments(fileDocuments(location, options.stdin), source, named, deps);
  const signal = options.signal === undefined ? {} : { signal: options.signal };
  const fetched = await feedDocuments(location, { allowPrivate: options.allowPrivate ?? false, ...signal }, deps);
  if (fetched.kind === 'unchanged')
    throw new Error('Assertion failed: an unconditional request was answered "unchanged"');
  return importDocuments(fetched.documents, source, named, deps);
}

/** Brings in bytes that are there already: an upload, a pasted text. */
export async function importStream(
  name: string,
  chunks: AsyncIterable<Uint8Array>,
  source: IntelSource,
  options: Omit<ImportDocumentsOptions, 'name'>,
  deps: ImportDeps,
): Promise<ImportReport> {
  const opened = openStream(name, chunks, { bytesMax: limits.importBytesMax });
  return importDocuments(labelled(opened, name), source, { ...options, name }, deps);
}

function fileDocuments(location: string, stdin: AsyncIterable<Uint8Array> | undefined): AsyncIterable<ImportDocument> {
  const options = { bytesMax: limits.importBytesMax, ...(stdin === undefined ? {} : { stdin }) };
  return labelled(openInput(location, options), location);
}

/**
 * Documents below a folder or in an archive are told apart in places by their path below it. Running text among them (a README,
 * a licence) is no report that somebody chose.
 */
async function* labelled(inputs: AsyncIterable<OpenedInput>, location: string): AsyncGenerator<ImportDocument> {
  for await (const input of inputs) {
    if (input.name === location) yield { input };
    else
      yield {
        input,
        label: location === '-' ? input.name : relative(location, input.name) || input.name,
        freeText: false,
      };
  }
}
