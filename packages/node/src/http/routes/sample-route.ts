import type { Clock } from '@comity/protocol/base';
import { importDocuments } from '../../connectors/index.ts';
import type { ImportDocument } from '../../connectors/index.ts';
import type { Intel, IntelSource } from '../../intel/index.ts';
import { makeSample } from '../../sample/index.ts';
import type { Screening } from '../../screening/index.ts';
import type { Handlers } from '../handler.ts';
import { sourceIdOf } from '../source-book.ts';
import type { SourceBook } from '../source-book.ts';
import { importReportView } from '../views/import-view.ts';
import { recordSourceView } from '../views/record-view.ts';

export interface SampleRouteDeps {
  readonly intel: Pick<Intel, 'openImport'>;
  readonly screening: Pick<Screening, 'screenUpload'>;
  readonly sources: SourceBook;
  readonly clock: Clock;
}

const source: IntelSource = {
  id: sourceIdOf('sample', 'Example ISAC'),
  name: 'Example ISAC (sample)',
  kind: 'sample',
  reliability: 'B',
  defaultTlp: 'green',
};

/** Imports the sample's intelligence, then screens its records, which are judged in the background. */
export function sampleRoute({ intel, screening, sources, clock }: SampleRouteDeps): Pick<Handlers, 'loadSample'> {
  return {
    async loadSample() {
      const sample = makeSample(clock());
      sources.note(source);
      const documents = documentsOf({ 'report.json': sample.bundle, 'seen-this-week.txt': sample.list });
      const report = await importDocuments(documents, source, { name: 'Sample' }, { intel });
      const upload = await screening.screenUpload('sample.log', bytesOf(sample.records), { format: 'raw' });
      const bytes = Buffer.byteLength(sample.bundle) + Buffer.byteLength(sample.list);
      return { import: importReportView(report, source, bytes), source: recordSourceView(upload.source) };
    },
  };
}

async function* documentsOf(texts: Readonly<Record<string, string>>): AsyncGenerator<ImportDocument> {
  for (const [name, text] of Object.entries(texts)) yield { input: { name, chunks: bytesOf(text) }, label: name };
}

async function* bytesOf(text: string): AsyncGenerator<Uint8Array> {
  yield Buffer.from(text, 'utf8');
}
