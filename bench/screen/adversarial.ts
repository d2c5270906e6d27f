import { adversarialInputs } from '../../packages/testkit/src/corpus/index.ts';
import { buildTable } from './corpus.ts';
import type { Corpus } from './corpus.ts';
import { cpuSecondsOf, median, round, scanBuffer } from './measure.ts';

const RUNS = 3;

/** Rate on each hostile input, and its cost at four times the size: about 4 when the scan is linear. */
export function measureAdversarial(corpus: Corpus, indicatorCount: number, bytes: number): object[] {
  const { table } = buildTable(corpus, indicatorCount);
  const planted = [...corpus.values(1000)];
  return Object.entries(adversarialInputs).map(([name, make]) => {
    const small = make(bytes, planted);
    const large = make(bytes * 4, planted);
    const [kernel, plain] = (['kernel', 'plain'] as const).map((engine) => {
      scanBuffer(table, small, engine);
      const secondsOf = (buffer: Buffer): number =>
        median(Array.from({ length: RUNS }, () => cpuSecondsOf(() => scanBuffer(table, buffer, engine))));
      const largeS = secondsOf(large);
      return { rate: round((bytes * 4) / 1e6 / largeS), cost: round(largeS / secondsOf(small)) };
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
