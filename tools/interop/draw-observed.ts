import { timestampOfUs } from '@comity/protocol/base';
import type { JsonObject } from '@comity/protocol/base';
import { printPattern } from '@comity/protocol/pattern';
import type { ComparisonExpression, ObservationExpression, Qualifier } from '@comity/protocol/pattern';
import { deterministicId } from '@comity/protocol/stix';
import type { Random } from '../../packages/testkit/src/index.ts';

/** A pattern and the observed data it is asked of. */
export interface Asked {
  readonly pattern: string;
  readonly bundle: JsonObject;
}

/** A random pattern over few values, and one to six observations of them within some minutes: often it matches. */
export function drawAsked(random: Random): Asked {
  const count = 1 + random.below(6);
  const observed = Array.from({ length: count }, (_, index) => drawObserved(random, index)).flat();
  const objects = [...new Map(observed.map((object) => [object['id'], object])).values()];
  return {
    pattern: printPattern({ root: drawObservation(random, 2) }),
    bundle: { type: 'bundle', id: 'bundle--2f4ae6ab-7b0e-4f3c-9b4e-0c1f7f0f3a11', objects },
  };
}

const values = ['a.example', 'b.example', '192.0.2.1', '198.51.100.7'];
const startUs = 1_767_614_400_000_000;

function drawObserved(random: Random, index: number): JsonObject[] {
  const seen = Array.from({ length: 1 + random.below(2) }, () => drawObservable(random));
  const atUs = startUs + random.below(300) * 1_000_000;
  const id = `observed-data--00000000-0000-4000-8000-${index.toString().padStart(12, '0')}`;
  const observed = {
    type: 'observed-data',
    spec_version: '2.1',
    id,
    created: timestampOfUs(startUs),
    modified: timestampOfUs(startUs),
    first_observed: timestampOfUs(atUs),
    last_observed: timestampOfUs(atUs + random.pick([0, 0, 30_000_000])),
    number_observed: random.pick([1, 1, 2]),
    object_refs: seen.map((object) => object['id'] ?? ''),
  };
  return [observed, ...seen];
}

function drawObservable(random: Random): JsonObject {
  const value = random.pick(values);
  const type = /\d$/.test(value) ? 'ipv4-addr' : 'domain-name';
  return { type, spec_version: '2.1', id: deterministicId(type, { value }) ?? '', value };
}

function drawObservation(random: Random, depth: number): ObservationExpression {
  const roll = depth === 0 ? 0 : random.below(6);
  if (roll < 2) return { kind: 'observation', comparison: drawComparison(random) };
  const operands = [drawObservation(random, depth - 1), drawObservation(random, depth - 1)];
  if (roll < 5) return { kind: random.pick(['and', 'or', 'followedby']), operands };
  return { kind: 'qualified', operand: drawObservation(random, depth - 1), qualifiers: [random.pick(qualifiers)] };
}

const qualifiers: readonly Qualifier[] = [
  { kind: 'within', seconds: '60' },
  { kind: 'within', seconds: '200' },
  { kind: 'repeats', times: '2' },
  { kind: 'startstop', start: timestampOfUs(startUs), stop: timestampOfUs(startUs + 150_000_000) },
];

function drawComparison(random: Random): ComparisonExpression {
  const value = random.pick(values);
  const path = { type: /\d$/.test(value) ? 'ipv4-addr' : 'domain-name', steps: ['value'] };
  return {
    kind: 'test',
    path,
    negated: random.below(6) === 0,
    operator: random.pick(['=', '=', '=', '!=']),
    literals: [{ kind: 'string', value }],
  };
}
