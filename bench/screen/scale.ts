import { buildTable } from './corpus.ts';
import type { Corpus } from './corpus.ts';
import { cpuSecondsOf, round, scanFile, spreadOf } from './measure.ts';
import { measureWc } from './peers.ts';
import type { Piece } from './peers.ts';

/**
 * Rates of the same corpus with lists of each size, in turn, so that what else the machine does weighs on all alike; needs some 4 GB for ten
 * million values.
 */
export function measureScale(corpus: Corpus, piece: Piece, sizes: readonly number[], runs: number): object[] {
  const built = sizes.map((size) => {
    const { table, compileS } = buildTable(corpus, size);
    const bytes = table.bytes / size;
    return { size, table, bytes, compileUs: (compileS * 1e6) / size, hits: scanFile(table, piece.file, 'kernel') };
  });
  const rates = built.map((): number[] => []);
  for (let run = 0; run < runs; run++) {
    for (const [index, { table }] of built.entries()) {
      rates[index]!.push(piece.bytes / 1e6 / cpuSecondsOf(() => scanFile(table, piece.file, 'kernel')));
    }
  }
  const wc = measureWc(piece).mb_per_cpu_s;
  const first = spreadOf(rates[0]!).mb_per_cpu_s;
  return built.map(({ size, bytes, compileUs, hits }, index) => {
    const { mb_per_cpu_s, min, max } = spreadOf(rates[index]!);
    return {
      indicators: size,
      mb_per_cpu_s,
      mb_per_cpu_s_spread: [min, max],
      percent_of_first: round((mb_per_cpu_s / first) * 100),
      percent_of_wc: round((mb_per_cpu_s / wc) * 100),
      bytes_per_indicator: round(bytes),
      compile_us_per_indicator: round(compileUs),
      hits,
    };
  });
}
