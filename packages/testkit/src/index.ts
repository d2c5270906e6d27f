export { findShared, sharedDir, skipWithout } from './shared.ts';
export { createRandom } from './random.ts';
export type { Random } from './random.ts';
export { createSigner, nativeCrypto, signerOfSeed } from './native-crypto.ts';
export { inventEntries, makeLog } from './made-log.ts';
export type { MadeLog } from './made-log.ts';
export {
  inventBytes,
  inventSalt,
  makeBatch,
  makeLoan,
  makeMember,
  makeObject,
  makeRecall,
  makeReceipt,
  makeStatement,
  makeTerms,
  signStatement,
  statedUs,
} from './made-exchange.ts';
export type { MadeBatch, MadeMember } from './made-exchange.ts';
export { MemoryDisk } from './memory-disk.ts';
export { servePuppet } from './puppet.ts';
export type { Puppet, PuppetAnswer, PuppetAsked, Tweak } from './puppet.ts';
export { testOprf } from './oprf-cases.ts';
export {
  madeTimes,
  makeBallot,
  makeDecision,
  makeHead,
  makeHistory,
  makeProposal,
  makeStamp,
  makeVotes,
  nameAll,
  say,
} from './made-votes.ts';
export type { CharterChange, MadeBallot, MadeVoter, MadeVotes } from './made-votes.ts';
