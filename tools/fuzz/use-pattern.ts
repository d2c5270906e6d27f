import type { JsonObject } from '@comity/protocol/base';
import {
  arePatternsEquivalent,
  createPatternStream,
  matchPattern,
  normalPattern,
  parsePattern,
  planPattern,
  printPattern,
} from '@comity/protocol/pattern';
import type { Observation } from '@comity/protocol/pattern';

/** What the seeds of patterns ask for, and what is malformed beside it, in two observations a second apart. */
const observations: readonly Observation[] = [0, 1].map((second) => ({
  firstUs: 1_768_000_000_000_000 + second * 1_000_000,
  lastUs: 1_768_000_000_000_000 + (second + 1) * 1_000_000,
  numberObserved: 1 + second,
  objects: new Map<string, JsonObject>([
    [
      '0',
      {
        type: 'file',
        name: 'a.exe',
        hashes: { MD5: 'd41d8cd98f00b204e9800998ecf8427e' },
        magic_number_hex: '4d5',
        size: 3,
      },
    ],
    ['1', { type: 'network-traffic', src_ref: '2', dst_ref: '9', protocols: ['ipv4', 'tcp'], start: 'soon' }],
    ['2', { type: 'ipv4-addr', value: '198.51.100.7', resolves_to_refs: ['2', '3'] }],
    ['3', { type: 'url', value: 'http://evil.example/a' }],
  ]),
}));

/**
 * Reads, prints, plans, evaluates and compares a pattern.
 *
 * @throws {Error} When two ways to the same answer differ: printing and parsing, the normal form of a normal form, a
 *   stream and evaluation in one go.
 */
export function usePattern(bytes: Uint8Array): Promise<{ items: number; rejected: number }> {
  const pattern = parsePattern(Buffer.from(bytes).toString('utf8'));
  const plan = planPattern(pattern);
  // The normal form is a pattern again, and normal.
  const normal = normalPattern(pattern);
  if (normalPattern(parsePattern(normal)) !== normal) throw new Error(`the normal form is not stable: ${normal}`);
  const text = printPattern(pattern);
  if (normalPattern(parsePattern(text)) !== normal) throw new Error(`printed, it has another normal form: ${text}`);
  if (plan.complete === (plan.reason !== undefined)) throw new Error(`a plan that is not complete says why: ${text}`);
  if (!arePatternsEquivalent(pattern, text)) throw new Error(`not equivalent to itself: ${text}`);
  arePatternsEquivalent(pattern, '[file:size = 3]');
  const stream = createPatternStream();
  stream.add('mutant', pattern);
  let since: Observation[] = [];
  let matches = 0;
  for (const observation of observations) {
    since.push(observation);
    const { matched } = matchPattern(pattern, since);
    const streamed = stream.advance(observation, observation.lastUs).length > 0;
    if (matched !== streamed && stream.figures.gaveUp === 0) throw new Error(`the stream says otherwise: ${text}`);
    if (!matched) continue;
    matches++;
    since = [];
  }
  return Promise.resolve({ items: plan.values.length + matches, rejected: 0 });
}
