import { parentPort, workerData } from 'node:worker_threads';
import { runScript } from './run-script.ts';
import { drawScript } from './script.ts';

/** Seeds one thread runs: every so many, from the first, before the end. */
export interface Stripe {
  readonly members: number;
  readonly steps: number;
  readonly first: number;
  readonly end: number;
  readonly step: number;
}

/** What is said after each seed. */
export interface StripeNews {
  readonly seed: number;
  readonly broken: { readonly seed: number; readonly rule: string; readonly says: string } | undefined;
}

const { members, steps, first, end, step } = workerData as Stripe;
for (let seed = first; seed < end; seed += step) {
  const [found] = await runScript(drawScript(seed, { members, steps }));
  const news: StripeNews = { seed, broken: found && { seed, rule: found.rule, says: found.says } };
  parentPort?.postMessage(news);
  if (found !== undefined) break;
}
