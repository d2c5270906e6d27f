import { printPattern } from '@comity/protocol/pattern';
import type {
  ComparisonExpression,
  Literal,
  ObjectPath,
  ObservationExpression,
  PathStep,
  Qualifier,
} from '@comity/protocol/pattern';
import type { Random } from '../../packages/testkit/src/index.ts';

/** The text of a random pattern: our printer's form of a random tree, at most a few operators deep. */
export function drawPattern(random: Random): string {
  return printPattern({ root: drawObservation(random, 2) });
}

function drawObservation(random: Random, depth: number): ObservationExpression {
  const roll = depth === 0 ? 0 : random.below(6);
  if (roll < 3) return { kind: 'observation', comparison: drawComparison(random, 2) };
  if (roll === 3) {
    const operand = drawObservation(random, depth - 1);
    return { kind: 'qualified', operand, qualifiers: [random.pick(qualifiers)] };
  }
  const operands = Array.from({ length: 2 + random.below(2) }, () => drawObservation(random, depth - 1));
  return { kind: random.pick(['and', 'or', 'followedby']), operands };
}

const qualifiers: readonly Qualifier[] = [
  { kind: 'within', seconds: '300' },
  { kind: 'within', seconds: '0.5' },
  { kind: 'repeats', times: '5' },
  { kind: 'startstop', start: '2026-01-01T00:00:00Z', stop: '2026-02-01T00:00:00.250Z' },
];

function drawComparison(random: Random, depth: number): ComparisonExpression {
  const roll = depth === 0 ? 0 : random.below(4);
  if (roll < 2) return drawTest(random);
  const operands = Array.from({ length: 2 + random.below(2) }, () => drawComparison(random, depth - 1));
  return { kind: roll === 2 ? 'and' : 'or', operands };
}

function drawTest(random: Random): ComparisonExpression {
  const path = drawPath(random);
  const negated = random.below(5) === 0;
  switch (random.below(6)) {
    case 0:
      return { kind: 'exists', path, negated };
    case 1:
      return { kind: 'test', path, negated, operator: 'IN', literals: drawMany(random) };
    case 2:
      return { kind: 'test', path, negated, operator: random.pick(textOperators), literals: [drawText(random)] };
    default:
      return { kind: 'test', path, negated, operator: random.pick(orders), literals: [drawLiteral(random)] };
  }
}

const textOperators = ['LIKE', 'MATCHES', 'ISSUBSET', 'ISSUPERSET'] as const;
const orders = ['=', '!=', '<', '<=', '>', '>='] as const;

const types = ['file', 'domain-name', 'ipv4-addr', 'network-traffic', 'x-own', 'windows-registry-key'];
const steps: readonly PathStep[] = [
  'name',
  'value',
  'src_ref',
  'x y',
  'SHA-256',
  "it's",
  'AND',
  'a.b',
  0,
  12,
  { any: true },
];

function drawPath(random: Random): ObjectPath {
  const rest = Array.from({ length: random.below(4) }, () => random.pick(steps));
  return { type: random.pick(types), steps: [random.pick(['name', 'value', 'dst_ref', 'extensions', 'in']), ...rest] };
}

const texts = ['evil.example', '%.evil.example', '192.0.2.0/24', "it's", '\\', 'ä\u202e', '', '^a+$', '\t', 'ﷺ'];

function drawText(random: Random): Literal {
  return { kind: 'string', value: random.pick(texts) };
}

const literals: readonly Literal[] = [
  { kind: 'integer', value: '0' },
  { kind: 'integer', value: '-42' },
  { kind: 'integer', value: '99999999999999999999' },
  { kind: 'float', value: '0.5' },
  { kind: 'float', value: '-7.25' },
  { kind: 'binary', value: 'YWI=' },
  { kind: 'hex', value: 'ffd8' },
  { kind: 'timestamp', value: '2026-01-01T00:00:00.250Z' },
];

function drawLiteral(random: Random): Literal {
  return random.below(2) === 0 ? drawText(random) : random.pick(literals);
}

function drawMany(random: Random): Literal[] {
  return Array.from({ length: 1 + random.below(3) }, () => drawLiteral(random));
}

/** Tokens of a pattern, near enough to change one: strings, words with their hyphens and colons, signs. */
const token = /'(?:[^'\\]|\\.)*'|[A-Za-z0-9_.-]+|\s+|[^\s]/gu;

const words = 'AND OR NOT FOLLOWEDBY IN LIKE MATCHES EXISTS ISSUBSET and like WITHIN SECONDS REPEATS TIMES START STOP';
const signs = String.raw`[ ] ( ) , : . [*] [0] [-1] = == != <> < >= ' " \ '' 'x'`;
const constants = "h'ff' h'f' b'YQ==' b'!' t'2026-01-01T00:00:00Z' t'2026-13-01T00:00:00Z' t'2026-01-01'";
const numbers = '1 -1 01 1.0 .5 1. 1e3 +1 true false null True é';
const spaced = [' REPEATS 2 TIMES ', ' WITHIN 1.5 SECONDS ', '\u00a0', '\u2003', '\n', '/*c*/', '//c\n'];
const strays: readonly string[] = [words, signs, constants, numbers].flatMap((list) => list.split(' ')).concat(spaced);

/**
 * A pattern with one to three tokens removed, doubled, replaced or put in. It begins with no comment: stix2-patterns asks for a
 * bracket as the first character before it reads comments.
 */
export function mutatePattern(pattern: string, random: Random): string {
  const tokens = pattern.match(token) ?? [];
  for (let left = 1 + random.below(3); left > 0; left--) changeOne(tokens, random);
  return tokens.join('').replace(/^\s*\/[^]*/, '[');
}

function changeOne(tokens: string[], random: Random): void {
  const at = random.below(Math.max(1, tokens.length));
  const own = tokens[at] ?? '';
  const stray = random.pick(strays);
  const changes: readonly string[][] = [
    [],
    [own, own],
    [stray],
    [stray, own],
    [own, ' ', stray],
    [own.toLowerCase()],
    [own.slice(0, -1)],
    [tokens[random.below(Math.max(1, tokens.length))] ?? ''],
  ];
  tokens.splice(at, 1, ...random.pick(changes));
}
