import { ComityError, parseRowId, quote } from '@comity/protocol/base';
import type { RowId } from '@comity/protocol/base';
import { feedDocuments, importDocuments, importStream, intelligenceFormats, shownUrl } from '../../connectors/index.ts';
import type { CsvMapping, FetchUrl, ImportDocumentsOptions, IntelligenceFormat } from '../../connectors/index.ts';
import type { Import, ImportReport, Intel, IntelSource, SentAs } from '../../intel/index.ts';
import { numbersOfCursor } from '../cursor.ts';
import type { Handlers } from '../handler.ts';
import { SentBody } from '../sent-body.ts';
import { sourceIdOf } from '../source-book.ts';
import type { SourceBook } from '../source-book.ts';
import { importReportView, importRowView } from '../views/import-view.ts';
import { optional } from '../views/instants.ts';

export interface ImportRoutesDeps {
  readonly intel: Pick<Intel, 'openImport' | 'findSentImport' | 'imports' | 'importReport' | 'importRows'>;
  readonly fetchUrl: FetchUrl;
  readonly sources: SourceBook;
  /** Aborts when the node stops: imports that run in the background end at their next batch. */
  readonly stop: AbortSignal;
  /** Told of what a background import throws beside our own errors: a bug or the store failing. */
  readonly onFault: (error: unknown) => void;
}

type ImportRoutes = Pick<Handlers, 'createImport' | 'importUrl' | 'listImports' | 'getImport' | 'importRows'>;

/** Imports at once; each holds a document's parser in memory and they share one writer. */
const importsAtOnceMax = 4;
/** Imports whose size is remembered. */
const sizesKept = 1000;
const mappingFields: ReadonlySet<string> = new Set<keyof CsvMapping>([
  'value',
  'port',
  'type',
  'description',
  'labels',
  'firstSeen',
  'validUntil',
  'confidence',
]);

export function importRoutes(deps: ImportRoutesDeps): ImportRoutes {
  const { intel, sources } = deps;
  const sizes = new Map<RowId, { readonly bytes: number }>();
  const keysUnderWay = new Set<string>();
  let running = 0;

  const viewOf = async (report: ImportReport) =>
    importReportView(report, await sources.find(report.source), sizes.get(report.id)?.bytes ?? 0);
  const getReport = async (id: string): Promise<ImportReport> => {
    const report = await intel.importReport(parseRowId(id));
    if (report === undefined) throw new ComityError('NOT_FOUND', `Cannot find the import ${quote(id)}`);
    return report;
  };
  const takeTurn = (key?: string): (() => void) => {
    if (key !== undefined && keysUnderWay.has(key)) {
      throw new ComityError('CONFLICT', `Cannot import: what was sent under the key ${quote(key)} is being imported`);
    }
    if (running >= importsAtOnceMax) {
      throw new ComityError('TOO_MANY_REQUESTS', `Cannot import yet: ${running} imports run`, {
        details: { retryAfterSeconds: 5 },
      });
    }
    running += 1;
    if (key !== undefined) keysUnderWay.add(key);
    return () => {
      running -= 1;
      if (key !== undefined) keysUnderWay.delete(key);
    };
  };
  const remember = (id: RowId, size: { readonly bytes: number }): void => {
    sizes.set(id, size);
    if (sizes.size > sizesKept) for (const oldest of sizes.keys()) if (sizes.delete(oldest)) break;
  };
  /** The subject, telling `onOpen` when the import has its id. */
  const openingWith = (onOpen: (opened: Import) => void, sentAs?: SentAs): Pick<Intel, 'openImport'> => ({
    openImport: async (source, options) => {
      const opened = await intel.openImport(source, { ...options, ...optional('sentAs', sentAs) });
      onOpen(opened);
      return opened;
    },
  });

  return {
    async createImport({ query, body, signal, idempotencyKey: key }) {
      const options = { ...readOptions(query.format, query.mapping), signal: AbortSignal.any([signal, deps.stop]) };
      const name = query.source ?? query.name;
      const source = sourceWith({ kind: 'upload', id: sourceIdOf('upload', name), name }, query);
      const done = takeTurn(key);
      try {
        const sent = new SentBody(body, query);
        const known = key === undefined ? undefined : await intel.findSentImport(key);
        if (known !== undefined) {
          await sent.readToEnd();
          if (sent.print() === known.print) return await viewOf(known.report);
          throw new ComityError(
            'IDEMPOTENCY_KEY_REUSED',
            `Cannot import: something else was sent under the key ${quote(key ?? '')}`,
          );
        }
        sources.note(source);
        const sentAs = key === undefined ? undefined : { key, print: () => sent.print() };
        const report = await importStream(query.name, sent, source, options, {
          intel: openingWith((opened) => remember(opened.id, sent), sentAs),
        });
        return await viewOf(report);
      } finally {
        done();
      }
    },
    async importUrl({ body }) {
      const options = readOptions(body.format, undefined);
      // A key in the query is for the server that is asked, not for who reads the list of imports.
      const url = shownUrl(body.url);
      const name = body.name ?? url;
      const source = sourceWith({ kind: 'file', id: sourceIdOf('file', body.url), name, url }, body);
      sources.note(source);
      const done = takeTurn();
      try {
        const fetched = await feedDocuments(body.url, { allowPrivate: body.allowPrivate, signal: deps.stop }, deps);
        if (fetched.kind === 'unchanged')
          throw new ComityError('REMOTE_FAILED', `Cannot import ${quote(url)}: nothing was sent`);
        const { documents } = fetched;
        const opened = await new Promise<Import>((resolve, reject) => {
          importDocuments(documents, source, { ...options, name, signal: deps.stop }, { intel: openingWith(resolve) })
            .catch((error: unknown) => {
              reject(error instanceof Error ? error : new Error(String(error)));
              if (!(error instanceof ComityError)) deps.onFault(error);
            })
            .finally(done);
        });
        return await viewOf(await getReport(opened.id));
      } catch (error) {
        done();
        throw error;
      }
    },
    async listImports({ query }) {
      const page = await intel.imports({ limit: query.limit, ...optional('cursor', query.cursor) });
      return { rows: await Promise.all(page.imports.map(viewOf)), ...optional('next', page.cursor) };
    },
    getImport: async ({ params }) => await viewOf(await getReport(params.id)),
    async importRows({ params, query }) {
      const { id } = await getReport(params.id);
      const { outcome, limit } = query;
      if (outcome === 'taken' || outcome === 'duplicate') return { rows: [] };
      const after = query.cursor === undefined ? undefined : numbersOfCursor(query.cursor, 1)[0];
      const rows = await intel.importRows(id, { limit, ...optional('outcome', outcome), ...optional('after', after) });
      const last = rows.at(-1);
      return {
        rows: rows.map(importRowView),
        ...(last !== undefined && rows.length === limit && { next: String(last.number) }),
      };
    },
  };
}

function sourceWith(
  base: Pick<IntelSource, 'id' | 'kind' | 'name' | 'url'>,
  asked: {
    readonly reliability: IntelSource['reliability'];
    readonly tlp?: IntelSource['defaultTlp'] | undefined;
    readonly own?: boolean | 'true' | 'false' | undefined;
  },
): IntelSource {
  return {
    ...base,
    reliability: asked.reliability,
    defaultTlp: asked.tlp ?? 'amber+strict',
    own: asked.own === true || asked.own === 'true',
  };
}

/** @throws {ComityError} `ARGUMENT_INVALID` for a format or a mapping that is none. */
function readOptions(format: string, mapping: string | undefined): Pick<ImportDocumentsOptions, 'format' | 'mapping'> {
  if (format !== 'auto' && !Object.hasOwn(intelligenceFormats, format)) {
    throw new ComityError(
      'ARGUMENT_INVALID',
      `Cannot import as ${quote(format)}: it is auto or one of ${Object.keys(intelligenceFormats).join(', ')}`,
    );
  }
  return {
    ...(format !== 'auto' && { format: format as IntelligenceFormat }),
    ...(mapping !== undefined && { mapping: parseMapping(mapping) }),
  };
}

/** `value=ioc,type=kind`: our field and the column it is in. */
function parseMapping(text: string): CsvMapping {
  const entries = text.split(',').map((pair) => pair.split('=', 2) as [string, string | undefined]);
  for (const [field, column] of entries) {
    if (mappingFields.has(field) && column !== undefined && column !== '') continue;
    throw new ComityError(
      'ARGUMENT_INVALID',
      `Cannot use the mapping ${quote(`${field}=${column ?? ''}`)}: it is FIELD=COLUMN with a field of ${[...mappingFields].join(', ')}`,
    );
  }
  const { value, ...rest } = Object.fromEntries(entries);
  if (value === undefined)
    throw new ComityError('ARGUMENT_INVALID', 'Cannot use the mapping: it names no column for value');
  return { ...rest, value };
}
