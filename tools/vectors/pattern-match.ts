import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ComityError } from '@comity/protocol/base';
import type { JsonObject } from '@comity/protocol/base';
import { compilePattern, observationsOf, parsePattern } from '@comity/protocol/pattern';
import type { EvaluationOptions, PatternOptions } from '@comity/protocol/pattern';
import { findShared } from '../../packages/testkit/src/index.ts';
import { disagreements } from './pattern-disagreements.ts';
import { scoreOf } from './suite.ts';
import type { Score, Suite } from './suite.ts';

const matcherCases = 'vectors/pattern-matcher/match-cases.json';
const matrixCases = 'vectors/pattern-matcher/oracle-matrix.json';
const fieldCases = 'vectors/rsigma/rstix/pattern/sco-fields';
const semanticsPage = join(import.meta.dirname, '../../docs/spec/pattern-semantics.md');

/** Evaluation against what the OASIS matcher asserts and answers, and the fields of every observable as rstix reads them. */
export const patternMatchSuite: Suite = {
  name: 'pattern evaluation',
  needs: [matcherCases, matrixCases, fieldCases],
  run: () => {
    const { fixtures, cases } = readJson(matcherCases) as MatcherFile;
    const told: string[] = [];
    const current = cases.filter((each) => each.stix_version !== '2.0');
    const old = cases.filter((each) => each.stix_version === '2.0');
    return [
      scoreOf('matcher 2.1, read as it reads', current, 422, (each) => faultOf(each, fixtures, '2.1', asMatcher)),
      scoreOf('matcher 2.0, read as it reads', old, 390, (each) => faultOf(each, fixtures, '2.0', asMatcher)),
      scoreOf('matcher 2.1, by the standard', current, 414, (each) => {
        const fault = faultOf(each, fixtures, '2.1', {});
        if (fault === undefined) return undefined;
        told.push(each.pattern);
        return `${fault}${reasonOf(each.pattern)}`;
      }),
      matrixScore(fixtures, told),
      disagreementScore(told),
      fieldScore(),
    ];
  },
};

/** How the OASIS matcher reads what it reads otherwise than the standard. */
const asMatcher: ReadingOptions = { window: 'closed', qualifiers: 'any' };

type ReadingOptions = EvaluationOptions & PatternOptions;
type Verdict = 'match' | 'no-match' | 'error';
type Fixtures = Record<string, readonly JsonObject[]>;

interface MatcherCase {
  readonly pattern: string;
  readonly stix_version: string;
  readonly observations: string;
  readonly expect: Verdict;
}

interface MatcherFile {
  readonly fixtures: Fixtures;
  readonly cases: readonly MatcherCase[];
}

function faultOf(
  each: MatcherCase,
  fixtures: Fixtures,
  version: '2.0' | '2.1',
  options: ReadingOptions,
): string | undefined {
  const verdict = verdictOf(each.pattern, fixtures[each.observations] ?? [], { version, ...options });
  return verdict === each.expect ? undefined : `${each.expect}, not ${verdict}: ${each.observations} ${each.pattern}`;
}

interface MatrixFile {
  readonly fixtures: readonly string[];
  readonly cases: readonly { readonly pattern: string; readonly verdicts: string }[];
}

function matrixScore(fixtures: Fixtures, told: string[]): Score {
  const matrix = readJson(matrixCases) as MatrixFile;
  const cells = matrix.cases.flatMap(({ pattern, verdicts }) =>
    matrix.fixtures.map((fixture, index) => ({ pattern, fixture, oracle: verdicts.charAt(index) })),
  );
  return scoreOf('matcher matrix', cells, 10_591, ({ pattern, fixture, oracle }) => {
    const verdict = verdictOf(pattern, fixtures[fixture] ?? [], {});
    // What is refused matches nothing (STIX 2.1 §9.4).
    if ((verdict === 'match') === (oracle === '1')) return undefined;
    told.push(pattern);
    return `${oracle === '1' ? 'match' : 'no-match'}, not ${verdict}: ${fixture} ${pattern}${reasonOf(pattern)}`;
  });
}

function reasonOf(pattern: string): string {
  const known = disagreements.find((each) => each.pattern === pattern);
  return known === undefined ? '' : ` (§${known.section}: ${known.why})`;
}

/** Every disagreement is one of those explained, and each of those is on the page. */
function disagreementScore(told: readonly string[]): Score {
  const known = new Map(disagreements.map((each) => [each.pattern, each]));
  const page = readFileSync(semanticsPage, 'utf8');
  const patterns = [...new Set([...told, ...known.keys()])];
  return scoreOf('matcher disagreements explained', patterns, patterns.length, (pattern) => {
    const entry = known.get(pattern);
    if (entry === undefined) return `not explained: ${pattern}`;
    if (!told.includes(pattern)) return `explained, but there is none: ${pattern}`;
    return page.includes(`\`${pattern}\``) ? undefined : `not on the page: ${pattern}`;
  });
}

interface FieldCase {
  readonly pattern: string;
  readonly expect: boolean;
}

/** One pattern a field of every observable. Where the matcher and rstix differ, the standard is with the matcher. */
function fieldScore(): Score {
  const cases = readJson(`${fieldCases}/manifest.json`) as FieldCase[];
  const { disagree } = readJson(`${fieldCases}/oracle-disagreements.json`) as {
    disagree: readonly { readonly pattern: string; readonly stix2_matcher: boolean }[];
  };
  const bundle = readJson(`${fieldCases}/full-bundle.json`) as { objects: JsonObject[] };
  const observed: JsonObject = {
    type: 'observed-data',
    id: 'observed-data--00000000-0000-4000-8000-000000000000',
    first_observed: '2024-01-01T00:00:00Z',
    last_observed: '2024-01-01T00:00:00Z',
    number_observed: 1,
    object_refs: bundle.objects.map((object) => object['id'] ?? null),
  };
  return scoreOf('fields of observables', cases, 276, ({ pattern, expect }) => {
    const other = disagree.find((each) => pattern.startsWith(each.pattern));
    const expected = (other?.stix2_matcher ?? expect) ? 'match' : 'no-match';
    const verdict = verdictOf(pattern, [observed, ...bundle.objects], {});
    return verdict === expected ? undefined : `${expected}, not ${verdict}: ${pattern}`;
  });
}

/** The matcher stops at a malformed property; we say so beside the verdict. */
function verdictOf(text: string, objects: readonly JsonObject[], options: ReadingOptions): Verdict {
  try {
    const compiled = compilePattern(parsePattern(text, options), options);
    const { matched, faults } = compiled.match(observationsOf(objects.map(withPublishedType)));
    if (matched) return 'match';
    return faults.length > 0 ? 'error' : 'no-match';
  } catch (error) {
    if (error instanceof ComityError) return 'error';
    throw error;
  }
}

/** One fixture for STIX 2.0 still calls observed-data by its name in a draft. */
function withPublishedType(object: JsonObject): JsonObject {
  return object['type'] === 'cybox-container' ? { ...object, type: 'observed-data' } : object;
}

function readJson(path: string): unknown {
  return JSON.parse(readFileSync(findShared(path) ?? path, 'utf8'));
}
