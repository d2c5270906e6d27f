import type { Suite } from './suite.ts';
import { rekorScores, sunlightScores, tesseraScores } from './tlog-logs.ts';
import { cosignatureScore, noteScores, sigsumScore } from './tlog-notes.ts';
import { tlogFolder } from './tlog-set.ts';
import { merkleScores, pathScore, treeScore } from './tlog-tree.ts';
import { policyScores, proofFileScores, witnessScore } from './tlog-wire.ts';

/** Trees, notes, tiles, proofs, policies and witnesses of other implementations of transparency logs, and logs in use. */
export const tlogSuite: Suite = {
  name: 'tlog',
  needs: [tlogFolder],
  run: () => [
    ...merkleScores(),
    treeScore(),
    pathScore(),
    ...noteScores(),
    cosignatureScore(),
    sigsumScore(),
    ...tesseraScores(),
    ...rekorScores(),
    ...sunlightScores(),
    ...proofFileScores(),
    ...policyScores(),
    witnessScore(),
  ],
};
