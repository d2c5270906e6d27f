import { closeSync, openSync, writeSync } from 'node:fs';
import type { ListedValue } from '../../packages/protocol/src/values/index.ts';
import { Table } from '../../packages/screen/src/table/index.ts';
import type { ListedRow } from '../../packages/screen/src/table/index.ts';
import { inventIndicators, inventLogs, inventTraffic } from '../../packages/testkit/src/corpus/index.ts';
import { cpuSecondsOf } from './measure.ts';
import type { Piece } from './peers.ts';

export const SEED = 42;
const PLANTED = 1000;

/** Traffic to be screened, and what is listed; a smaller list is the beginning of a larger one. */
export class Corpus {
  readonly #traffic = inventTraffic(SEED);

  values(count: number): Iterable<ListedValue> {
    return inventIndicators(count, SEED + 1, this.#traffic.hosts.slice(0, 200));
  }

  rows(count: number): ListedRow[] {
    return Array.from(this.values(count), (value, ref) => ({ value, ref }));
  }

  /** Writes so many bytes of logs, one line in ten thousand of which shows one of the first values. */
  write(file: string, bytes: number): Piece {
    return this.#write(file, bytes, (piece) => piece);
  }

  /** Writes so many bytes of the Zeek records among such logs: JSON of one format, as a data base can read it. */
  writeZeek(file: string, bytes: number): Piece {
    return this.#write(file, bytes, (piece) =>
      Buffer.from(
        piece
          .toString('latin1')
          .split('\n')
          .filter((line) => line.startsWith('{"ts":'))
          .map((line) => `${line}\n`)
          .join(''),
        'latin1',
      ),
    );
  }

  #write(file: string, bytes: number, keep: (piece: Buffer) => Buffer): Piece {
    const planted = [...this.values(PLANTED)];
    const descriptor = openSync(file, 'w');
    let written = 0;
    const options = { bytes: Number.POSITIVE_INFINITY, seed: SEED + 2, linesPerPlanted: 10_000, planted };
    for (const piece of inventLogs(this.#traffic, options)) {
      written += writeSync(descriptor, keep(piece));
      if (written >= bytes) break;
    }
    closeSync(descriptor);
    return { file, bytes: written };
  }
}

/** A table of so many values, and the CPU seconds of compiling it; the values themselves are let go. */
export function buildTable(corpus: Corpus, count: number): { readonly table: Table; readonly compileS: number } {
  const rows = corpus.rows(count);
  let table: Table | undefined;
  const compileS = cpuSecondsOf(() => (table = Table.build(rows, { seed: SEED })));
  return { table: table!, compileS };
}
