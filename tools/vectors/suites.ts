import { mispSuite } from './misp.ts';
import { patternMatchSuite } from './pattern-match.ts';
import { patternSuite } from './pattern.ts';
import { canonicalSuite, stixSuite } from './stix.ts';
import type { Suite } from './suite.ts';

/** Every set of foreign vectors, in the order it is run. */
export const suites: readonly Suite[] = [patternSuite, patternMatchSuite, stixSuite, canonicalSuite, mispSuite];
