import type { Clock } from '@comity/protocol/base';
import type { Feeds } from '../connectors/index.ts';
import type { Intel } from '../intel/index.ts';
import type { Outlets } from '../outlets/index.ts';
import type { Screening } from '../screening/index.ts';
import type { Live } from './live.ts';
import type { SourceBook } from './source-book.ts';
import { instantOfMs } from './views/instants.ts';
import { feedView, importReportView } from './views/import-view.ts';
import { outletView } from './views/outlet-view.ts';
import { matchView, recordSourceView } from './views/record-view.ts';

export interface LiveEventsDeps {
  readonly live: Live;
  readonly intel: Pick<Intel, 'onImport'>;
  readonly screening: Pick<Screening, 'onMatch' | 'onSource' | 'rates' | 'table'>;
  readonly feeds: Pick<Feeds, 'onChange'>;
  readonly outlets: Pick<Outlets, 'waiting'> & { readonly book: Pick<Outlets['book'], 'onChange'> };
  readonly sources: SourceBook;
  readonly clock: Clock;
  readonly onFault: (error: unknown) => void;
}

const beatEveryMs = 15_000;

/** Turns what happens in the subjects into live events. Returns how to stop. */
export function publishEvents({
  live,
  intel,
  screening,
  feeds,
  outlets,
  sources,
  clock,
  onFault,
}: LiveEventsDeps): () => void {
  const stops = [
    screening.onMatch((matches, more) => {
      for (const match of matches) live.publish('match', matchView(match));
      if (more > 0) live.publish('lost', { count: more });
    }),
    screening.onSource((source) => live.publish('source', recordSourceView(source))),
    outlets.book.onChange((outlet) => live.publish('outlet', outletView(outlet, outlets.waiting(outlet)))),
    feeds.onChange((feed) => live.publish('feed', feedView(feed))),
    intel.onImport((report) => {
      sources
        .find(report.source)
        .then((source) => live.publish('import', importReportView(report, source, 0)))
        .catch(onFault);
    }),
  ];
  const beat = setInterval(() => {
    const { sequence } = screening.table();
    live.publish('beat', { at: instantOfMs(clock()), ...screening.rates(), tableSequence: sequence });
  }, beatEveryMs);
  beat.unref();
  return () => {
    clearInterval(beat);
    for (const stop of stops) stop();
  };
}
