/**
 * Transparency logs as C2SP specifies them: all that making, reading and verifying one needs, without a disk, a clock or a network.
 */
export {
  emptyRoot,
  isConsistent,
  isIncluded,
  isSubtreeConsistent,
  isSubtreeIncluded,
  leafHash,
  nodeHash,
} from './tree.ts';
export type { ConsistencyClaim, InclusionClaim, SubtreeClaim, SubtreeInclusionClaim } from './tree.ts';
export { foldHashes, planConsistency, planInclusion, planRoot, planSubtree } from './plan.ts';
export type { HashPlan, TreeNode } from './plan.ts';
export {
  hashesOfTile,
  isTileConsistent,
  nodeHashes,
  parseTilePath,
  placeOfNode,
  planTile,
  printTilePath,
  rootOfHashes,
  tilesBetween,
  tilesOfPlan,
  tileWidth,
} from './tile.ts';
export type { Tile, TilePlace } from './tile.ts';
export { beginningOfTile, parseEntryBundle, printEntryBundle } from './bundle.ts';
export { growEdge, rootOfEdge } from './edge.ts';
export { growTiles, partialTiles, readTilesInMaking, rootOfTiles } from './tiles-in-making.ts';
export type { MadeTile, TileInMaking } from './tiles-in-making.ts';
export { checkLog } from './check-log.ts';
export type { LogFault } from './check-log.ts';
export { algorithmBytes } from './crypto.ts';
export type { Sha256, SignatureAlgorithm, SignatureClaim, TlogCrypto } from './crypto.ts';
export { portableCrypto } from './portable-crypto.ts';
export { makeVerifierKey, parseVerifierKey, printVerifierKey, signatureKinds } from './key.ts';
export type { SignatureKind, VerifierKey } from './key.ts';
export { openNote, parseNote, printNote, printSignatureLine, signText } from './note.ts';
export type { Note, NoteSignature, NoteSigner, OpenedNote, VerifiedSignature } from './note.ts';
export { parseCheckpoint, printCheckpoint } from './checkpoint.ts';
export type { Checkpoint } from './checkpoint.ts';
export { openCheckpoint } from './open-checkpoint.ts';
export type { KnownLog, OpenedCheckpoint } from './open-checkpoint.ts';
export { parseTlogProof, printTlogProof, verifyTlogProof } from './proof-file.ts';
export type { ProvenEntry, TlogProof } from './proof-file.ts';
export { isQuorum, logOfPolicy, makePolicy, quorumOf, witnessedBy } from './policy.ts';
export type { Policy, PolicyGroup, PolicyLog, PolicyWitness, WitnessOfPolicy } from './policy.ts';
export { parsePolicy, printPolicy } from './policy-text.ts';
export { monitoringPathOf, parseAddCheckpoint, printAddCheckpoint } from './witness-request.ts';
export type { AddCheckpointRequest, ParsedRequest } from './witness-request.ts';
export { decideAddCheckpoint } from './witness-decision.ts';
export type { WitnessDecision, WitnessedLog, WitnessedTree } from './witness-decision.ts';
export { printWitnessAnswer, readWitnessAnswer, sizeMediaType } from './witness-answer.ts';
export type { ReadAnswer, WitnessAnswer } from './witness-answer.ts';
export { findEquivocation, verifyEquivocation } from './evidence.ts';
export type { Equivocation } from './evidence.ts';
export { areBytesEqual, parseBase64 } from './text.ts';
