import { adversarialInputs } from '../../packages/testkit/src/corpus/index.ts';
import { buildTable } from './corpus.ts';
import type { Corpus } from './corpus.ts';
import { cpuSecondsOf, median, round, scanBuffer } from './measure.ts';

const RUNS = 5;

/** Rate on each hostile input, and its cost at four times the size: about 4 when the scan is linear. */
export function measureAdversarial(corpus: Corpus, indicatorCount: number, bytes: number): object[] {
  const { table } = buildTable(corpus, indicatorCount);
  const planted = [...corpus.values(1000)];
  return Object.entries(adversarialInputs).map(([name, make]) => {
    const small = make(bytes, planted);
    const large = make(bytes * 4, planted);
    const [kernel, plain] = (['kernel', 'plain'] as const).map((engine) => {
      const secondsOf = (buffer: Buffer): number => cpuSecondsOf(() => scanBuffer(table, buffer, engine));
      // The first look at each also pays for compiling and for memory that was never touched.
      secondsOf(small);
      secondsOf(large);
      const pairs = Array.from({ length: RUNS }, () => [secondsOf(small), secondsOf(large)] as const);
      const largeS = median(pairs.map((pair) => pair[1]));
      return { rate: round((bytes * 4) / 1e6 / largeS), cost: round(largeS / median(pairs.map((pair) => pair[0]))) };
    });
    return {
      name,
      mb_per_cpu_s: kernel!.rate,
      cost_at_4x: kernel!.cost,
      plain_mb_per_cpu_s: plain!.rate,
      plain_cost_at_4x: plain!.cost,
      hits: scanBuffer(table, large, 'kernel'),
    };
  });
}
