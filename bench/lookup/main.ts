import { createHash, randomBytes } from 'node:crypto';
import { cpus, loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import { limits } from '../../packages/protocol/src/base/index.ts';
import {
  buildFuseFilter,
  lookupInput,
  mayHave,
  portableOprf,
  printFuseFilter,
  sealRecord,
} from '../../packages/protocol/src/lookup/index.ts';
import type { Oprf } from '../../packages/protocol/src/lookup/index.ts';
import { onceSeal } from '../../packages/node/src/lookup/once-seal.ts';
import { loadSodiumOprf } from '../../packages/node/src/lookup/index.ts';
import { cpuSecondsOf, median, round } from '../screen/measure.ts';

/**
 * `npm run bench -- lookup [--json] [--quick]`: the function on one core, in libsodium and in JavaScript; filters made and asked,
 * records sealed.
 */
const { values: options } = parseArgs({
  options: { json: { type: 'boolean', default: false }, quick: { type: 'boolean', default: false } },
});
const runs = options.quick ? 1 : 5;
const namesCount = options.quick ? 20_000 : 180_000;
const random = (count: number): Uint8Array => randomBytes(count);
const batch = limits.lookupBatchMax;

/** Values a CPU second, each step of the function. */
function measureOprf(oprf: Oprf, count: number) {
  const key = oprf.deriveKey(random(32), random(3));
  const inputs = Array.from({ length: count }, (_, index) =>
    lookupInput({ kind: 'domain', value: `name-${index}.example` }),
  );
  const asked = inputs.slice(0, batch).map((input) => ({ input, ...oprf.blind(input, random) }));
  const elements = asked.map(({ element }) => element);
  const { elements: evaluated, proof } = oprf.blindEvaluate(key, elements, random);
  const items = asked.map((each, index) => ({ ...each, evaluated: evaluated[index]! }));
  return {
    evaluate: rate(count, () => inputs.forEach((input) => void oprf.evaluate(key.secretKey, input))),
    blind: rate(batch, () => asked.forEach(({ input }) => void oprf.blind(input, random))),
    evaluate_blinded_with_proof: rate(batch, () => void oprf.blindEvaluate(key, elements, random)),
    verify_and_unblind: rate(batch, () => void oprf.finalize(items, key.publicKey, proof)),
  };
}

const digest = (text: string): Uint8Array => createHash('sha512').update(text).digest();
const outputs = Array.from({ length: namesCount }, (_, index) => digest(`in ${index}`));
const names = outputs.map((output) => output.subarray(0, 16)).toSorted((a, b) => Buffer.compare(a, b));
const strangers = Array.from({ length: 100_000 }, (_, index) => digest(`out ${index}`).subarray(0, 16));

function measureFilter(bits: 8 | 16) {
  const filter = buildFuseFilter(names, bits);
  const wrong = strangers.filter((name) => mayHave(filter, name)).length;
  return {
    names: namesCount,
    bytes_a_name: Math.round((printFuseFilter(filter).length / namesCount) * 1000) / 1000,
    names_built: rate(namesCount, () => void buildFuseFilter(names, bits)),
    names_asked: rate(strangers.length, () => strangers.forEach((name) => void mayHave(filter, name))),
    wrong_yes_in_100000: wrong,
  };
}

const form = { generation: random(16), cellBytes: 384 };
const text = 'x'.repeat(250);
const someOutputs = outputs.slice(0, 5000);

const report = {
  per_cpu_second: {
    libsodium: measureOprf(await loadSodiumOprf(), options.quick ? 500 : 4000),
    portable: measureOprf(portableOprf, options.quick ? 50 : 400),
    records_sealed: rate(someOutputs.length, () =>
      someOutputs.forEach((output) => void sealRecord(output, text, form, onceSeal)),
    ),
  },
  filter_8_bits: measureFilter(8),
  filter_16_bits: measureFilter(16),
  machine: `${cpus()[0]?.model ?? 'unknown'}, Node ${process.version}`,
  load_average: round(loadavg()[0] ?? 0),
  runs,
};
process.stdout.write(options.json ? `${JSON.stringify(report)}\n` : `${JSON.stringify(report, undefined, 2)}\n`);

/** Median, least and most a CPU second of several runs. */
function rate(count: number, run: () => void): { median: number; least: number; most: number } {
  const rates = Array.from({ length: runs }, () => count / cpuSecondsOf(run));
  return { median: round(median(rates)), least: round(Math.min(...rates)), most: round(Math.max(...rates)) };
}
