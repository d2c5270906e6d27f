import { mispSuite } from './misp.ts';
import { patternMatchSuite } from './pattern-match.ts';
import { patternSuite } from './pattern.ts';
import { sigmaSuite } from './sigma.ts';
import { stixBundleSuite } from './stix-bundles.ts';
import { stixInteropSuite } from './stix-interop.ts';
import { stixLibrarySuite } from './stix-library.ts';
import { stixParseSuite } from './stix-parse.ts';
import { stixValidatorSuite } from './stix-validator.ts';
import { canonicalSuite, stixSuite } from './stix.ts';
import type { Suite } from './suite.ts';
import { tlogSuite } from './tlog.ts';

/** Every set of foreign vectors, in the order it is run. */
export const suites: readonly Suite[] = [
  patternSuite,
  patternMatchSuite,
  stixSuite,
  stixValidatorSuite,
  stixParseSuite,
  stixLibrarySuite,
  stixBundleSuite,
  stixInteropSuite,
  canonicalSuite,
  mispSuite,
  sigmaSuite,
  tlogSuite,
];
